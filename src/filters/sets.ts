import { add } from '../python/arithmetic.ts'
import { contains, equalityKey } from '../python/equality.ts'
import { itemsOf } from '../python/sequence.ts'
import { isTruthy } from '../python/truth.ts'
import { filter } from './define.ts'
import { foldCase, isList, isText } from './given.ts'
import { attributeGetter, isHashable, uniqueBy } from './items.ts'

/** Lists as sets: in the order in which things come first, 1 and 1.0 and true are the same. */
export const setFilters = [
  filter(
    'unique',
    [{ case_sensitive: null, attribute: null }],
    'A list without what is in it already; capitals and small letters are the same unless `true` is given.',
    (value: unknown, caseSensitive: unknown, attribute: unknown) => {
      const items = itemsOf(value)
      const get = attributeGetter(attribute)
      const keyed = items.map(
        (item) => [item, isTruthy(caseSensitive ?? false) ? get(item) : foldCase(get(item))] as const,
      )
      if (keyed.every(([, key]) => isHashable(key))) return uniqueBy(keyed)
      if (caseSensitive === false || isTruthy(attribute ?? false))
        throw new Error(
          'unique compares lists and maps only as they are: leave case_sensitive and attribute out',
        )
      return distinct(items)
    },
  ),
  filter('union', ['b'], 'What is in either list.', (a: unknown, b: unknown) => distinct(together(a, b))),
  filter('intersect', ['b'], 'What is in both lists.', (a: unknown, b: unknown) =>
    distinct(itemsOf(a).filter(holder(b))),
  ),
  filter('difference', ['b'], 'What is in the first list only.', (a: unknown, b: unknown) => {
    const isInBoth = holder(b)
    return distinct(itemsOf(a).filter((item) => !isInBoth(item)))
  }),
  filter('symmetric_difference', ['b'], 'What is in one of the lists only.', (a: unknown, b: unknown) => {
    const [isInA, isInB] = [holder(a), holder(b)]
    return distinct(together(a, b)).filter((item) => !isInA(item) || !isInB(item))
  }),
]

/** Two lists in a row; Python's sets for two texts. */
function together(a: unknown, b: unknown): readonly unknown[] {
  return itemsOf(isText(a) && isText(b) ? a + b : add(a, b))
}

/** Whether a list, a text or the keys of a map hold something. */
function holder(container: unknown): (item: unknown) => boolean {
  if (!isList(container)) return (item) => contains(container, item)
  const keys = new Set(container.map(equalityKey))
  return (item) => keys.has(equalityKey(item))
}

/** The first of all items that are the same. */
function distinct(items: readonly unknown[]): unknown[] {
  return uniqueBy(items.map((item) => [item, item] as const))
}
