import { defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { quote } from '../../shell/quote.ts'
import { splitWords } from '../../values/words.ts'
import {
  commandOptions,
  concluded,
  type Ended,
  execute,
  type Found,
  noCommand,
  parseCommand,
  planCommand,
  probeCommand,
} from './common.ts'
import type { LookScript } from './looked.ts'
import { programLooks } from './looks.ts'

const declared = options({
  ...commandOptions,
  argv: { type: 'strings', help: 'The program and its arguments as a list.' },
  executable: { type: 'str', help: 'Passed over, with a warning: no shell is used.' },
  expand_argument_vars: {
    type: 'bool',
    help: "Whether $NAME and a leading ~ in the words stand for the host's.",
    default: true,
  },
})

export const command = defineModule<typeof declared, Found>({
  name: 'command',
  summary:
    'Runs a program without a shell: blanks separate its arguments, pipes and redirections mean nothing.',
  options: declared,
  freeForm: 'cmd',
  runsCommands: true,
  refusal: { rc: 256 },
  validate({ cmd, argv }) {
    if (cmd !== undefined && argv !== undefined) return ['only command or argv can be given, not both']
    if (argv?.length === 0 || cmd?.trim() === '') return ['no command given']
    return cmd === undefined ? [] : unfinished(cmd)
  },
  probe: (args, view) => probeCommand(args, lookOf(args), view),
  parse: (output, args, view) => parseCommand(output, args, lookOf(args), view),
  plan(args, found, view) {
    const cmd = wordsOf(args)
    if (cmd.length === 0) return noCommand('write it behind "command:" or as argv')
    const action = { ...execute(lineOf(cmd, args.expand_argument_vars), args), becomes: true as const }
    const plan = planCommand(args, found, view, cmd, action)
    return args.executable === undefined ? plan : { ...plan, warnings: [noExecutable(args.executable)] }
  },
  interpret: ([outcome], args, found) =>
    conclude(outcome ?? found.looked!, wordsOf(args), args.strip_empty_ends, args.chdir),
})

function lookOf(args: ArgsOf<typeof declared>): LookScript | undefined {
  const cmd = wordsOf(args)
  const when = programLooks(cmd)
  return when && { when, script: execute(lineOf(cmd, args.expand_argument_vars), args).script }
}

function noExecutable(executable: string): string {
  return `"executable" is no longer supported by command, which runs no shell: "${executable}" is not used`
}

function wordsOf({ cmd, argv }: { cmd?: string | undefined; argv?: string[] | undefined }): string[] {
  return argv ?? splitWords(cmd ?? '').map((word) => word.text)
}

function lineOf(cmd: readonly string[], isExpanded: boolean): string {
  // exec, so that a builtin of sh (echo, test) does not stand in for the program of that name.
  const start = cmd[0]!.startsWith('-') ? 'exec env --' : 'exec'
  return [start, ...cmd.map(isExpanded ? expandable : quote)].join(' ')
}

/** Ansible's words for a program that is not there. */
function noProgram(name: string): string {
  return `[Errno 2] No such file or directory: b'${name}'`
}

// What dash, bash and busybox say of a program that is not there.
const NOT_FOUND = /^\S*sh: [^\n]*exec: [^\n]*not found\n?$/

function conclude(outcome: Ended, cmd: readonly string[], strip: boolean, chdir: string | undefined) {
  if (outcome.code !== 127 || outcome.stdout !== '' || !NOT_FOUND.test(outcome.stderr))
    return concluded(outcome, strip, chdir)
  const failed = noProgram(cmd[0] ?? '')
  return {
    failed,
    changed: false,
    result: { rc: 2, stdout: '', stderr: '', stdout_lines: [], stderr_lines: [] },
  }
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
