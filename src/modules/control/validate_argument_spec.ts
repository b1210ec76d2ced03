import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { NOTHING } from '../../sdk/plans.ts'

export const validate_argument_spec = defineModule({
  name: 'validate_argument_spec',
  summary: 'Checks variables against an argument spec, as roles do with their own before they begin.',
  options: options({
    argument_spec: {
      type: 'map',
      help: 'Names of variables with type, required, choices, elements and options.',
      required: true,
    },
    provided_arguments: { type: 'map', help: 'Values that win over variables of their names.', default: {} },
    validate_args_context: { type: 'map', help: 'Said again in the result.', default: {} },
  }),
  controls: 'validate_argument_spec',
  plan: () => NOTHING,
})
