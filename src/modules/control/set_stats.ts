import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'

export const set_stats = defineModule({
  name: 'set_stats',
  summary: 'Tells numbers or other values of the run, which stand in its result.',
  options: options({
    data: { type: 'map', help: 'Names with what is told.', required: true },
    per_host: { type: 'bool', help: "Whether they are the host's own.", default: false },
    aggregate: { type: 'bool', help: 'Whether they are added to what is told already.', default: true },
  }),
  plan: ({ data, per_host, aggregate }) => ({
    changes: [],
    result: { ansible_stats: { data, per_host, aggregate } },
  }),
})
