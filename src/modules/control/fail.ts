import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { toldAs } from './message.ts'

export const fail = defineModule({
  name: 'fail',
  summary: 'Fails the host with a message of its own.',
  options: options({
    msg: { type: 'any', help: 'Why; any value.', default: 'Failed as requested from task' },
  }),
  plan: ({ msg }) => ({ changes: [], failed: toldAs(msg), result: { msg } }),
})
