import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { NOTHING } from '../../sdk/plans.ts'

export const add_host = defineModule({
  name: 'add_host',
  summary:
    'Adds a host, and groups, to the inventory for the rest of the run; other arguments are its variables.',
  options: options({
    name: {
      type: 'str',
      help: 'The host, with a port behind it or not.',
      required: true,
      aliases: ['host', 'hostname'],
    },
    groups: {
      type: 'strings',
      help: 'The groups that it is put into.',
      aliases: ['group', 'groupname'],
      default: [],
    },
  }),
  openEnded: true,
  controls: 'add_host',
  plan: () => NOTHING,
})
