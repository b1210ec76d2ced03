import { compare } from '../python/order.ts'
import { itemsOf, lengthOf } from '../python/sequence.ts'
import { str } from '../python/text.ts'
import { isTruthy } from '../python/truth.ts'
import { Undefined } from '../python/undefined.ts'
import { filter } from './define.ts'
import { characters, foldCase, integer, isList, isText, isUndefined } from './given.ts'
import { attributeGetter, attributesGetter, sorted } from './items.ts'

/** Lists, and what they have in common with texts and the keys of maps. */
export const listFilters = [
  filter('list', [], 'A list of items, characters or keys.', (value: unknown) => [...itemsOf(value)]),
  filter('length', [], 'How many items, characters or keys there are.', lengthOf),
  filter('first', [], 'The first item, character or key.', (value: unknown) => {
    const items = itemsOf(value)
    return items.length === 0
      ? new Undefined({ hint: 'there is no first item: the list is empty' })
      : items[0]
  }),
  filter('last', [], 'The last item, character or key.', (value: unknown) => {
    const items = itemsOf(value)
    return items.length === 0
      ? new Undefined({ hint: 'there is no last item: the list is empty' })
      : items.at(-1)
  }),
  filter(
    'join',
    [{ d: '', attribute: null }],
    'The texts of the items, or of an attribute of each, with a text between them.',
    (value: unknown, between: unknown, attribute: unknown) => {
      const get = attributeGetter(attribute)
      return itemsOf(value)
        .map((item) => str(get(item)))
        .join(str(between))
    },
  ),
  filter('reverse', [], 'A text or a list backwards.', (value: unknown) =>
    isText(value) ? characters(value).reverse().join('') : [...itemsOf(value)].reverse(),
  ),
  filter(
    'sort',
    [{ reverse: false, case_sensitive: false, attribute: null }],
    'A list in order, by attributes of its items if they are named; capitals and small letters are the same.',
    (value: unknown, reverse: unknown, caseSensitive: unknown, attribute: unknown) =>
      sorted(itemsOf(value), attributesGetter(attribute, !isTruthy(caseSensitive)), isTruthy(reverse)),
  ),
  filter(
    'min',
    [{ case_sensitive: false, attribute: null }],
    'The least item.',
    (value, caseSensitive, attribute) => extreme(value, caseSensitive, attribute, -1),
  ),
  filter(
    'max',
    [{ case_sensitive: false, attribute: null }],
    'The greatest item.',
    (value, caseSensitive, attribute) => extreme(value, caseSensitive, attribute, 1),
  ),
  filter(
    'batch',
    ['linecount', { fill_with: null }],
    'Lists of so many items each, the last one filled up if a value is given.',
    (value: unknown, count: unknown, filling: unknown) => {
      const items = itemsOf(value)
      const size = Number(integer(count))
      // As Jinja has it: the batch that is begun first is full, and no other one ever is.
      if (size < 1) return items.length === 0 ? [] : size === 0 ? [[], [...items]] : [[...items]]
      const batches = Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
        items.slice(index * size, (index + 1) * size),
      )
      const lacking = size - (batches.at(-1)?.length ?? size)
      if (filling !== null) batches.at(-1)?.push(...Array<unknown>(lacking).fill(filling))
      return batches
    },
  ),
  filter(
    'slice',
    ['slices', { fill_with: null }],
    'So many lists of about the same length, the shorter ones filled up if a value is given.',
    (value: unknown, slices: unknown, filling: unknown) => {
      const items = itemsOf(value)
      const count = Number(integer(slices))
      if (count === 0) throw new Error('there must be at least one slice')
      const each = Math.floor(items.length / count)
      const longer = items.length % count
      return Array.from({ length: Math.max(0, count) }, (_, index) => {
        const from = index * each + Math.min(index, longer)
        const slice = items.slice(from, from + each + (index < longer ? 1 : 0))
        return filling !== null && index >= longer ? [...slice, filling] : slice
      })
    },
  ),
  filter(
    'flatten',
    [{ levels: null, skip_nulls: true }],
    'A list with the items of the lists in it, without none.',
    (value: unknown, levels: unknown, skipNulls: unknown) =>
      flattened(
        value,
        levels === null ? Number.POSITIVE_INFINITY : Number(integer(levels)),
        isTruthy(skipNulls),
      ),
  ),
]

/** The items of the lists in a list, down to so many levels. */
export function flattened(value: unknown, levels: number, skipNulls = true): unknown[] {
  return itemsOf(value).flatMap((item) => {
    if (isUndefined(item)) str(item)
    if (skipNulls && (item === null || item === 'None' || item === 'null')) return []
    return isList(item) && levels >= 1 ? flattened(item, levels - 1, skipNulls) : [item]
  })
}

function extreme(value: unknown, caseSensitive: unknown, attribute: unknown, sign: 1 | -1): unknown {
  const items = itemsOf(value)
  if (items.length === 0) return new Undefined({ hint: 'the list is empty' })
  const get = attributeGetter(attribute)
  const keyOf = (item: unknown) => (isTruthy(caseSensitive) ? get(item) : foldCase(get(item)))
  let [best, bestKey] = [items[0], keyOf(items[0])]
  for (const item of items.slice(1)) {
    const key = keyOf(item)
    if (compare(key, bestKey) * sign > 0) [best, bestKey] = [item, key]
  }
  return best
}
