import { str } from '../../../python/text.ts'
import { Float } from '../../../values/float.ts'
import { isMap, type Value, type ValueMap } from '../../../values/value.ts'
import { literal } from '../postgresql.ts'

export interface Given {
  readonly positional_args?: readonly Value[] | undefined
  readonly named_args?: ValueMap | undefined
}

/** A query with its arguments in it. Raises an Error with a sentence. */
export function filled(query: string, { positional_args = [], named_args = {} }: Given): string {
  const isNamed = Object.keys(named_args).length > 0
  if (positional_args.length === 0 && !isNamed) return query
  let next = 0
  const text = query.replace(/%(?:%|s|\(([^)]*)\)s|)/g, (sign, name: string | undefined) => {
    if (sign === '%%') return '%'
    if (sign === '%') throw new Error('a % of a query with arguments stands before s, (name)s or another %')
    if (isNamed !== (name !== undefined)) throw new Error(`${sign} is no place for these arguments`)
    if (name !== undefined) {
      if (!Object.hasOwn(named_args, name)) throw new Error(`named_args has no ${name}`)
      return sqlOf(named_args[name]!)
    }
    if (next >= positional_args.length)
      throw new Error('positional_args has fewer values than the query takes')
    next += 1
    return sqlOf(positional_args[next - 1]!)
  })
  if (!isNamed && next < positional_args.length)
    throw new Error('positional_args has more values than the query takes')
  return text
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
