import { createRequire } from 'node:module'
import type jmespath from 'jmespath'
import { str } from '../../python/text.ts'
import { isDict } from '../../python/type-name.ts'
import { Float } from '../../values/float.ts'
import { keysOf } from '../../values/keys.ts'
import { isUndefined, text } from '../given.ts'

/** What an expression of JMESPath (jmespath.org) finds in a value. Raises an Error with a sentence. */
export function jsonQuery(value: unknown, expression: unknown): unknown {
  const written = text(expression)
  if (isUndefined(value)) str(value)
  const { search } = createRequire(import.meta.url)('jmespath') as typeof jmespath
  try {
    return search(plain(value, /[=<>!(]/.test(written)), written)
  } catch (error) {
    throw new Error(`the query "${written}" fails: ${(error as Error).message}`)
  }
}

/**
 * As the library reads values. It compares and computes with plain numbers only; where it does neither, floats that are
 * whole stay what they are.
 */
function plain(value: unknown, computes: boolean): unknown {
  if (computes && value instanceof Float) return value.valueOf()
  if (Array.isArray(value)) return Array.from(value, (item) => plain(item, computes))
  if (!isDict(value)) return value
  const names = keysOf(value).filter((key) => typeof key === 'string')
  return Object.fromEntries(names.map((name) => [name, plain(value[name], computes)]))
}
