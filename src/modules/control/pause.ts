import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { NOTHING } from '../../sdk/plans.ts'

/** Waits on this machine, and asks no host. Semantics: ansible.builtin.pause, but nobody is asked to go on. */
export const pause = defineModule({
  name: 'pause',
  summary: 'Waits for some seconds or minutes.',
  options: options({
    seconds: { type: 'float', help: 'Seconds to wait.' },
    minutes: { type: 'float', help: 'Minutes to wait.' },
    prompt: { type: 'str', help: 'Taken for the sake of playbooks; what is waited for is time alone.' },
    echo: { type: 'bool', default: true, help: 'Taken for the sake of playbooks.' },
  }),
  validate({ seconds, minutes }, complete) {
    if (seconds !== undefined && minutes !== undefined) return ['give seconds or minutes, not both']
    if (!complete || seconds !== undefined || minutes !== undefined) return []
    return ['pause needs "seconds" or "minutes": nobody is asked to go on']
  },
  controls: 'pause',
  plan: () => NOTHING,
})
