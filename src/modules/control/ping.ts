import { defineModule, type Plan } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'

export const ping = defineModule({
  name: 'ping',
  summary: 'Shows that the host can be logged in to and has a working sh.',
  options: options({
    data: { type: 'str', help: 'What to answer; "crash" makes it fail.', default: 'pong' },
  }),
  probe: () => ':',
  plan: ({ data }): Plan =>
    data === 'crash'
      ? {
          changes: [],
          failed: 'boom',
          result: { rc: 1, module_stdout: '', module_stderr: 'Exception: boom\n' },
        }
      : { changes: [], result: { ping: data } },
})
