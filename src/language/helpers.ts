import type { Helper } from './helper.ts'
import { addressHelpers } from './helpers-addresses.ts'
import { formatHelpers } from './helpers-formats.ts'
import { listHelpers } from './helpers-lists.ts'
import { logicHelpers } from './helpers-logic.ts'
import { mapHelpers } from './helpers-maps.ts'
import { numberHelpers } from './helpers-numbers.ts'
import { textHelpers } from './helpers-text.ts'

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

/** Every helper by its name: what templates can call, and what "did you mean" knows. */
export const helpers: ReadonlyMap<string, Helper> = new Map(
  Object.values(helperThemes)
    .flat()
    .map((helper) => [helper.name, helper]),
)
