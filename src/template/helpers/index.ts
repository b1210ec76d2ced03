import { added } from '../../filters/index.ts'
import { addressHelpers } from './addresses.ts'
import type { Helper } from './define.ts'
import { asHelper, filterHelpers } from './filters.ts'
import { formatHelpers } from './formats.ts'
import { listHelpers } from './lists.ts'
import { logicHelpers } from './logic.ts'
import { mapHelpers } from './maps.ts'
import { numberHelpers } from './numbers.ts'
import { textHelpers } from './text.ts'

/** The helpers by theme, for the documentation. */
export const helperThemes: Readonly<Record<string, readonly Helper[]>> = {
  logic: logicHelpers,
  text: textHelpers,
  lists: listHelpers,
  maps: mapHelpers,
  'numbers and types': numberHelpers,
  'formats, paths and hashes': formatHelpers,
  addresses: addressHelpers,
}

/** Every helper by its name: what templates can call, and what "did you mean" knows. A filter gives way to a helper. */
export const helpers: ReadonlyMap<string, Helper> = new Map(
  [...filterHelpers, ...Object.values(helperThemes).flat()].map((helper) => [helper.name, helper]),
)

/** The helper that templates call by a name: a filter that a plugin has brought, or one of these. */
export function helperNamed(name: string): Helper | undefined {
  const own = added.filters.get(name)
  return own === undefined ? helpers.get(name) : asHelper(name, own)
}
