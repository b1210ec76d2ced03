import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { quote, quotePath } from '../../shell/quote.ts'
import {
  commandOptions,
  concluded,
  execute,
  noCommand,
  parseFound,
  planCommand,
  probeFound,
} from './common.ts'

export const shell = defineModule({
  name: 'shell',
  summary: 'Runs a command line of sh: pipes, redirections and variables mean what they mean there.',
  options: options({
    ...commandOptions,
    executable: { type: 'path', help: 'The shell to use, by its path; /bin/sh if not given.' },
  }),
  freeForm: 'cmd',
  runsCommands: true,
  refusal: { rc: 256 },
  validate: ({ cmd }) => (cmd?.trim() === '' ? ['no command given'] : []),
  probe: probeFound,
  parse: parseFound,
  plan(args, found, view) {
    const { cmd, executable } = args
    if (cmd === undefined) return noCommand('write it behind "shell:"')
    const line = executable === undefined ? cmd : `exec ${quotePath(executable)} -c ${quote(cmd)}`
    return planCommand(args, found, view, cmd, execute(line, args))
  },
  interpret: ([outcome], { strip_empty_ends, chdir }) => concluded(outcome!, strip_empty_ends, chdir),
})
