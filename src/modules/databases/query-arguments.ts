import type { Value, ValueMap } from '../../values/value.ts'

export interface Given {
  readonly positional_args?: readonly Value[] | undefined
  readonly named_args?: ValueMap | undefined
}

/** A query with its arguments in it, each as `sqlOf` writes it. Raises an Error with a sentence. */
export function filledBy(
  sqlOf: (value: Value) => string,
  query: string,
  { positional_args = [], named_args = {} }: Given,
): string {
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
