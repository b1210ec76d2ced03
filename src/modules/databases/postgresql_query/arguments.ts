import { str } from '../../../python/text.ts'
import { Float } from '../../../values/float.ts'
import { isMap, type Value } from '../../../values/value.ts'
import { literal } from '../postgresql.ts'
import { filledBy, type Given } from '../query-arguments.ts'

/** A query with its arguments in it. Raises an Error with a sentence. */
export function filled(query: string, given: Given): string {
  return filledBy(sqlOf, query, given)
}

function sqlOf(value: Value): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return String(value)
  // A sign before it could make a comment of a minus.
  if (typeof value === 'number' || value instanceof Float)
    return Number(value) < 0 ? ` ${str(value)}` : str(value)
  if (Array.isArray(value)) return literal(arrayOf(value))
  if (isMap(value)) throw new Error("can't adapt type 'dict'")
  return literal(value)
}

/** A list as the text of an array. */
function arrayOf(list: readonly Value[]): string {
  const elements = list.map((value) => {
    if (value === null) return 'NULL'
    if (Array.isArray(value)) return arrayOf(value)
    return typeof value === 'string' ? `"${value.replace(/[\\"]/g, '\\$&')}"` : str(value)
  })
  return `{${elements.join(',')}}`
}
