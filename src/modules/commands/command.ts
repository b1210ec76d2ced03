import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { quote } from '../../shell/quote.ts'
import { splitWords } from '../../values/words.ts'
import { commandOptions, concludeCommand, execute, parseFound, planCommand, probeFound } from './common.ts'

export const command = defineModule({
  name: 'command',
  summary:
    'Runs a program without a shell: blanks separate its arguments, pipes and redirections mean nothing.',
  options: options({
    ...commandOptions,
    argv: { type: 'strings', help: 'The program and its arguments as a list.' },
    expand_argument_vars: {
      type: 'bool',
      help: "Whether $NAME and a leading ~ in the words stand for the host's.",
      default: true,
    },
  }),
  freeForm: 'cmd',
  runsCommands: true,
  validate({ cmd, argv }) {
    if (cmd !== undefined && argv !== undefined)
      return ['command: the command is given twice, as text and as argv']
    if (argv?.length === 0 || cmd?.trim() === '') return ['command: no command given']
    return cmd === undefined ? [] : unfinished(cmd)
  },
  probe: probeFound,
  parse: ({ text }) => parseFound(text),
  plan(args, found, view) {
    const cmd = wordsOf(args)
    if (cmd.length === 0)
      return { changes: [], failed: 'no command given; write it behind "command:" or as argv' }
    return planCommand(args, found, view, cmd, execute(lineOf(cmd, args.expand_argument_vars), args))
  },
  interpret: ([outcome], { strip_empty_ends }) => concludeCommand(outcome!, strip_empty_ends),
})

function wordsOf({ cmd, argv }: { cmd?: string | undefined; argv?: string[] | undefined }): string[] {
  return argv ?? splitWords(cmd ?? '').map((word) => word.text)
}

function lineOf(cmd: readonly string[], isExpanded: boolean): string {
  // exec, so that a builtin of sh (echo, test) does not stand in for the program of that name.
  const start = cmd[0]!.startsWith('-') ? 'exec env --' : 'exec'
  return [start, ...cmd.map(isExpanded ? expandable : quote)].join(' ')
}

function unfinished(cmd: string): string[] {
  try {
    splitWords(cmd)
    return []
  } catch (error) {
    return [`command: ${(error as Error).message}`]
  }
}

/** A word in which sh expands $NAME, ${NAME} (kept as written when not set) and a leading ~, and nothing else. */
function expandable(word: string): string {
  const home = /^~[A-Za-z0-9_.-]*(?=\/|$)/.exec(word)?.[0] ?? ''
  const parts = word.slice(home.length).split(/(\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\})/)
  const expanded = parts.map((part, index) => {
    if (index % 2 === 0) return part === '' ? '' : quote(part)
    return `"\${${part.replace(/[${}]/g, '')}-${part.replace(/[$}]/g, '\\$&')}}"`
  })
  return home + expanded.join('') || "''"
}
