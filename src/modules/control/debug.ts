import { TOUCHES_NOTHING } from '../../sdk/footprint.ts'
import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'

export const debug = defineModule({
  name: 'debug',
  summary: 'Prints a message or what a variable holds.',
  options: options({
    msg: { type: 'any', help: 'The message; "Hello world!" if neither msg nor var is given.' },
    var: { type: 'expression', help: 'A variable name or expression whose value is printed.' },
    verbosity: { type: 'int', help: 'Say nothing unless the run has at least as many -v.', default: 0 },
  }),
  verboseAlways: true,
  validate: ({ msg, var: expression }) =>
    msg !== undefined && expression !== undefined ? ['debug: msg and var exclude each other'] : [],
  footprint: TOUCHES_NOTHING,
  plan({ msg, var: expression, verbosity }, _state, view) {
    if (verbosity > (view.verbosity ?? 0)) {
      return { changes: [], skipped: `said only with -${'v'.repeat(verbosity)}` }
    }
    if (expression === undefined) return { changes: [], result: { msg: msg ?? 'Hello world!' } }
    const value = expression.value === undefined ? 'VARIABLE IS NOT DEFINED!' : expression.value
    return { changes: [], result: { [expression.text]: value } }
  },
})
