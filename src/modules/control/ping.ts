import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'

export const ping = defineModule({
  name: 'ping',
  summary: 'Shows that the host can be logged in to and has a working sh.',
  options: options({
    data: { type: 'str', help: 'What to answer.', default: 'pong' },
  }),
  probe: () => ':',
  plan: ({ data }) => ({ changes: [], result: { ping: data } }),
})
