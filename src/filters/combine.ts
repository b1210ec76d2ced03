import { contains, equals } from '../python/equality.ts'
import { str } from '../python/text.ts'
import { isTruthy } from '../python/truth.ts'
import { isDict } from '../python/type-name.ts'
import { keysOf, mapOf, nameOf } from '../values/keys.ts'
import { filter, type Named } from './define.ts'
import { isUndefined } from './given.ts'
import { flattened } from './lists.ts'
import { described, entriesOf } from './maps.ts'

const MERGES: Readonly<Record<string, (low: readonly unknown[], high: readonly unknown[]) => unknown[]>> = {
  replace: (_, high) => [...high],
  keep: (low) => [...low],
  append: (low, high) => [...low, ...high],
  prepend: (low, high) => [...high, ...low],
  append_rp: (low, high) => [...low.filter((item) => !contains(high, item)), ...high],
  prepend_rp: (low, high) => [...high, ...low.filter((item) => !contains(high, item))],
}

type Merge = (typeof MERGES)[string]

export const combineFilters = [
  filter(
    'combine',
    ['*terms', '**kwargs'],
    'The entries of all maps, of two with the same key the last; recursive merges maps in them, list_merge lists.',
    (value: unknown, terms: unknown[], { recursive = false, list_merge = 'replace', ...rest }: Named) => {
      const unknown = Object.keys(rest)[0]
      if (unknown !== undefined)
        throw new Error(`combine knows recursive and list_merge, and not "${unknown}"`)
      const maps = flattened([value, ...terms], 1)
      maps.forEach(checkDefined)
      if (maps.length < 2) return maps[0] ?? {}
      const merge = mergeOf(list_merge)
      return maps.reduceRight((high, low) => mergedMaps(low, high, isTruthy(recursive), merge))
    },
  ),
]

/** How lists with the same key are put together. */
export function mergeOf(name: unknown): Merge {
  const found = Object.hasOwn(MERGES, str(name)) ? MERGES[str(name)] : undefined
  if (found === undefined) throw new Error(`list_merge must be one of ${Object.keys(MERGES).join(', ')}`)
  return found
}

/** A map over another one, as Ansible's hash_behaviour merges them. */
export function mergedMaps(
  low: unknown,
  high: unknown,
  recursive: boolean,
  merge: Merge,
): Record<string, unknown> {
  if (!isDict(low) || !isDict(high))
    throw new Error(`combine takes maps, and ${described(isDict(low) ? high : low)} is none`)
  if (keysOf(low).length === 0 || equals(low, high)) return high
  const replaces = merge === MERGES.replace
  // The whole of the upper map may be in the lower one already.
  const pairs = entriesOf(low).map(([key, below]) => {
    const name = nameOf(key)
    if (!Object.hasOwn(high, name)) return [key, below] as const
    const above: unknown = high[name]
    if (recursive && isDict(below) && isDict(above))
      return [key, mergedMaps(below, above, true, merge)] as const
    if (!replaces && Array.isArray(below) && Array.isArray(above)) return [key, merge(below, above)] as const
    return [key, above] as const
  })
  const added = entriesOf(high).filter(([key]) => !Object.hasOwn(low, nameOf(key)))
  return mapOf([...pairs, ...added]) as Record<string, unknown>
}

/** Raises for what is undefined, however deep in maps and lists. */
function checkDefined(value: unknown): void {
  if (isUndefined(value)) str(value)
  else if (isDict(value)) for (const name of Object.keys(value)) checkDefined(value[name])
  else if (Array.isArray(value)) value.forEach(checkDefined)
}
