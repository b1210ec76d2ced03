import type { Helper } from './helper.ts'
import { logicHelpers } from './helpers-logic.ts'

/** Every helper by its name: what templates can call, what documentation lists and what "did you mean" knows. */
export const helpers: ReadonlyMap<string, Helper> = new Map(
  [...logicHelpers].map((helper) => [helper.name, helper]),
)
