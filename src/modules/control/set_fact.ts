import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { toBoolean } from '../../values/truth.ts'
import type { Value, ValueMap } from '../../values/value.ts'
import { isVariableName } from '../../values/variable-name.ts'

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
      .filter((name) => !isVariableName(name))
      .map((name) => `set_fact: "${name}" is not a variable name; use letters, digits and _, no digit first`)
  },
  plan({ cacheable: _, ...facts }) {
    if (Object.keys(facts).length === 0)
      return { changes: [], failed: 'set_fact sets no variable; write name: value' }
    const read = Object.entries(facts as ValueMap).map(([name, value]) => [name, asRead(value)])
    return { changes: [], result: { ansible_facts: Object.fromEntries(read) } }
  },
})

/** As in Ansible, words that YAML reads as true or false are that, though a template made them. */
function asRead(value: Value): Value {
  const isWord = typeof value === 'string' && /^(true|false|yes|no)$/i.test(value)
  return isWord ? toBoolean(value)! : value
}
