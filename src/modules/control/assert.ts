import { TOUCHES_NOTHING } from '../../sdk/footprint.ts'
import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import type { ValueMap } from '../../values/value.ts'
import { toldAs } from './message.ts'

export const assert = defineModule({
  name: 'assert',
  summary: 'Fails the host unless all conditions hold.',
  options: options({
    that: { type: 'conditions', help: 'A condition, or a list of them.', required: true },
    fail_msg: {
      type: 'any',
      help: 'What to say when one does not hold: a text, or a list of lines.',
      aliases: ['msg'],
    },
    success_msg: { type: 'any', help: 'What to say when all hold.', default: 'All assertions passed' },
    quiet: { type: 'bool', help: 'Say nothing of the conditions that held.', default: false },
  }),
  validate: ({ that }) => (that?.length === 0 ? ['assert: "that" holds no condition'] : []),
  footprint: TOUCHES_NOTHING,
  plan({ that, fail_msg, success_msg, quiet }) {
    const broken = that.find(({ holds }) => !holds)
    if (broken !== undefined) {
      return {
        changes: [],
        failed: fail_msg === undefined ? `this does not hold: ${broken.text}` : toldAs(fail_msg),
        result: {
          assertion: broken.text,
          evaluated_to: false,
          ...(fail_msg !== undefined && { msg: fail_msg }),
        },
      }
    }
    const result: ValueMap = { msg: success_msg }
    if (!quiet) result.assertions = that.map(({ text }) => text)
    return { changes: [], result }
  },
})
