import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'

export const fail = defineModule({
  name: 'fail',
  summary: 'Fails the host with a message of its own.',
  options: options({
    msg: { type: 'str', help: 'Why.', default: 'Failed as requested from task' },
  }),
  plan: ({ msg }) => ({ changes: [], failed: msg }),
})
