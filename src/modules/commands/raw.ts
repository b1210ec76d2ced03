import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { quote, quotePath } from '../../shell/quote.ts'
import { concludeCommand, runs } from './common.ts'

export const raw = defineModule({
  name: 'raw',
  summary: 'Hands a command line to the host as it is.',
  options: options({
    cmd: { type: 'str', help: 'The command line.', required: true },
    executable: { type: 'path', help: 'The shell to use, by its path.' },
  }),
  freeForm: 'cmd',
  runsCommands: true,
  probe: () => '',
  plan({ cmd, executable }, _state, view) {
    if (view.check) return { changes: [], skipped: 'skipped, running in check mode' }
    const script = executable === undefined ? cmd : `exec ${quotePath(executable)} -c ${quote(cmd)}`
    return runs(cmd, { do: 'exec', script })
  },
  interpret: ([outcome]) => concludeCommand(outcome!, false),
})
