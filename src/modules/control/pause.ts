import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { NOTHING } from '../../sdk/plans.ts'

/** Waits on this machine, and asks no host. Semantics: ansible.builtin.pause. */
export const pause = defineModule({
  name: 'pause',
  summary: 'Waits for some seconds or minutes, or for somebody to say that it goes on.',
  options: options({
    seconds: { type: 'float', help: 'Seconds to wait.' },
    minutes: { type: 'float', help: 'Minutes to wait.' },
    prompt: {
      type: 'str',
      help: 'What is asked where neither seconds nor minutes are given; the answer is `user_input`.',
    },
    echo: { type: 'bool', default: true, help: 'Whether what is typed is shown.' },
  }),
  validate({ seconds, minutes }) {
    return seconds !== undefined && minutes !== undefined ? ['give seconds or minutes, not both'] : []
  },
  controls: 'pause',
  plan: () => NOTHING,
})
