import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { NOTHING } from '../../sdk/plans.ts'

export const group_by = defineModule({
  name: 'group_by',
  summary: 'Puts the host into a group that is named by its variables, for the rest of the run.',
  options: options({
    key: { type: 'str', help: 'The group; blanks in it become dashes.', required: true },
    parents: { type: 'strings', help: 'Groups that this group is put into.', default: ['all'] },
  }),
  controls: 'group_by',
  plan: () => NOTHING,
})
