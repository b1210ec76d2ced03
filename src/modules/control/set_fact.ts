import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import type { ValueMap } from '../../values/value.ts'

const NAME = /^[A-Za-z_]\w*$/

export const set_fact = defineModule({
  name: 'set_fact',
  summary: 'Sets variables of the host for the rest of the run.',
  options: options({
    cacheable: {
      type: 'bool',
      help: 'Whether they are facts too, which may be kept for other runs (fact_caching).',
      default: false,
    },
  }),
  openEnded: true,
  setsVariables: true,
  validate(args) {
    const names = Object.keys(args).filter((name) => name !== 'cacheable')
    return names
      .filter((name) => !NAME.test(name))
      .map((name) => `set_fact: "${name}" is not a variable name; use letters, digits and _, no digit first`)
  },
  plan({ cacheable: _, ...facts }) {
    if (Object.keys(facts).length === 0)
      return { changes: [], failed: 'set_fact sets no variable; write name: value' }
    return { changes: [], result: { ansible_facts: facts as ValueMap } }
  },
})
