import { contains, keyOf } from '../../python/equality.ts'
import { itemsOf } from '../../python/sequence.ts'
import { isTruthy } from '../../python/truth.ts'
import { isDict } from '../../python/type-name.ts'
import { nameOf } from '../../values/keys.ts'
import { mergedMaps, mergeOf } from '../combine.ts'
import type { Named } from '../define.ts'
import { isList, isText } from '../given.ts'
import { item, sorted } from '../items.ts'
import { described } from '../maps.ts'

/** The maps of several lists, those with the same value of an entry merged, the later ones over the earlier. */
export function listsMergeby(
  value: unknown,
  terms: unknown[],
  { recursive = false, list_merge = 'replace', ...rest }: Named,
): unknown {
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined)
    throw new Error(`lists_mergeby knows recursive and list_merge, and not "${unknown}"`)
  if (terms.length === 0) throw new Error('lists_mergeby takes lists and the name of an entry')
  const index = terms.at(-1)
  const lists = [value, ...terms.slice(0, -1)].flatMap((list) => {
    if (!isList(list) && !isText(list))
      throw new Error(`lists_mergeby takes lists, and ${described(list)} is none`)
    const items = itemsOf(list)
    return items.length === 0
      ? []
      : items.every((element) => isList(element) || isText(element))
        ? items
        : [items]
  })
  if (lists.length < 2) return lists[0] ?? []
  if (!isText(index)) throw new Error(`the last argument names an entry, and ${described(index)} does not`)
  const merge = mergeOf(list_merge)
  return lists.reduceRight((high, low) =>
    mergedLists(itemsOf(low), itemsOf(high), index, (a, b) => mergedMaps(a, b, isTruthy(recursive), merge)),
  )
}

function mergedLists(
  low: readonly unknown[],
  high: readonly unknown[],
  index: string,
  merge: (low: Record<string, unknown>, high: Record<string, unknown>) => Record<string, unknown>,
): unknown[] {
  const found = new Map<string, Record<string, unknown>>()
  for (const element of [...low, ...high]) {
    if (!isDict(element))
      throw new Error(`lists_mergeby takes lists of maps, and ${described(element)} is none`)
    if (!contains(element, index)) continue
    const name = nameOf(keyOf(item(element, index)))
    const known = found.get(name)
    found.set(name, known === undefined ? element : merge(known, element))
  }
  return sorted([...found.values()], (element) => item(element, index))
}
