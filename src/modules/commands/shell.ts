import { defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { quote, quotePath } from '../../shell/quote.ts'
import {
  commandOptions,
  concluded,
  execute,
  type Found,
  noCommand,
  parseCommand,
  planCommand,
  probeCommand,
} from './common.ts'
import type { LookScript } from './looked.ts'
import { lineLooks } from './looks.ts'

const declared = options({
  ...commandOptions,
  executable: { type: 'path', help: 'The shell to use, by its path; /bin/sh if not given.' },
})

export const shell = defineModule<typeof declared, Found>({
  name: 'shell',
  summary: 'Runs a command line of sh: pipes, redirections and variables mean what they mean there.',
  options: declared,
  freeForm: 'cmd',
  runsCommands: true,
  refusal: { rc: 256 },
  validate: ({ cmd }) => (cmd?.trim() === '' ? ['no command given'] : []),
  probe: (args, view) => probeCommand(args, lookOf(args), view),
  parse: (output, args, view) => parseCommand(output, args, lookOf(args), view),
  plan(args, found, view) {
    const { cmd, executable } = args
    if (cmd === undefined) return noCommand('write it behind "shell:"')
    const line = executable === undefined ? cmd : inShell(quotePath(executable), cmd)
    return planCommand(args, found, view, cmd, execute(line, args))
  },
  interpret: ([outcome], { strip_empty_ends, chdir }, found) =>
    concluded(outcome ?? found.looked!, strip_empty_ends, chdir),
})

function lookOf(args: ArgsOf<typeof declared>): LookScript | undefined {
  const { cmd, executable } = args
  const when = cmd === undefined ? undefined : lineLooks(cmd, executable)
  if (cmd === undefined || when === undefined) return undefined
  const shell = executable === undefined ? '"$0"' : quotePath(executable)
  return { when, script: execute(inShell(shell, cmd), args).script }
}

function inShell(shell: string, line: string): string {
  return `exec ${shell} -c ${quote(line)}`
}
