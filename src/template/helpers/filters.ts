import type { Callable } from '../../filters/define.ts'
import { callFilter, filters } from '../../filters/index.ts'
import { Undefined } from '../../python/undefined.ts'
import type { Value } from '../../values/value.ts'
import type { Helper } from './define.ts'

const NO_VALUE = 'takes the value that it works on'

/** Every filter of Jinja and Ansible as a helper: `{{filter value argument name=value}}`. */
export const filterHelpers: readonly Helper[] = [...filters].map(([name, filter]) => asHelper(name, filter))

/** A filter as a helper. */
export function asHelper(name: string, { usage, help, refusal }: Callable): Helper {
  return {
    name,
    usage: usage === '' ? 'value' : `value ${usage.replaceAll(', ', ' ')}`,
    help,
    lazy: false,
    takesNamed: true,
    refusal: (count, named) => (count === 0 ? NO_VALUE : refusal?.(count - 1, named)),
    call([value, ...args], { named }) {
      if (value === undefined) throw new Error(NO_VALUE)
      const result = callFilter(name, value, args, named)
      return result instanceof Undefined ? undefined : (result as Value)
    },
  }
}
