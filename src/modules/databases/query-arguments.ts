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

/** Queries as they are written: a text, or a list of them. */
export function listOf(query: Value | undefined): string[] {
  if (Array.isArray(query)) return query.map(String)
  return typeof query === 'string' ? [query] : []
}

/** What is wrong with a text of a query, or a list of them, and with their arguments. */
export function queryProblems({
  query,
  positional_args,
  named_args,
}: Given & { readonly query?: Value | undefined }): string[] {
  const found: string[] = []
  if (positional_args !== undefined && named_args !== undefined)
    found.push('parameters are mutually exclusive: positional_args|named_args')
  const queries = Array.isArray(query) ? query : [query ?? '-']
  if (typeof query !== 'string' && query !== undefined && !Array.isArray(query))
    found.push('the query option value must be a string or list')
  else if (!queries.every((one) => typeof one === 'string'))
    found.push('the elements in query list must be strings')
  else if (queries.some((one) => one.trim() === '')) found.push('query: a query is empty')
  return found
}
