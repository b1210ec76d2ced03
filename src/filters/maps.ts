import { contains, keyOf } from '../python/equality.ts'
import { itemsOf } from '../python/sequence.ts'
import { repr, str } from '../python/text.ts'
import { isTruthy } from '../python/truth.ts'
import { isDict, typeName } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { keysOf, mapOf, nameOf } from '../values/keys.ts'
import { filter } from './define.ts'
import { foldCase, isList, isText, isUndefined, text, tuple } from './given.ts'
import { item, member, sorted } from './items.ts'

/** Maps: as lists, from lists, one of their entries. */
export const mapFilters = [
  filter(
    'dict2items',
    [{ key_name: 'key', value_name: 'value' }],
    'A list of {key, value}, one for each entry of a map.',
    (value: unknown, keyName: unknown, valueName: unknown) => {
      if (!isDict(value)) throw new Error(`dict2items takes a map, and ${described(value)} is none`)
      return entriesOf(value).map(([key, member]) =>
        mapOf([
          [keyOf(keyName), key],
          [keyOf(valueName), member],
        ]),
      )
    },
  ),
  filter(
    'items2dict',
    [{ key_name: 'key', value_name: 'value' }],
    'A map of a list of {key, value}.',
    (value: unknown, keyName: unknown, valueName: unknown) => {
      if (!isList(value)) throw new Error(`items2dict takes a list, and ${described(value)} is none`)
      return mapOf(
        value.map((entry) => {
          const part = (name: unknown) => member(entry, name, `items2dict takes a list of maps with`)
          return [keyOf(part(keyName)), part(valueName)] as const
        }),
      )
    },
  ),
  filter('items', [], 'The entries of a map as pairs.', (value: unknown) => {
    if (isUndefined(value)) return []
    if (!isDict(value)) throw new Error(`items takes a map, and ${described(value)} is none`)
    return entriesOf(value).map(tuple)
  }),
  filter(
    'dictsort',
    [{ case_sensitive: false, by: 'key', reverse: false }],
    'The entries of a map as pairs, in the order of their keys, or of their values.',
    (value: unknown, caseSensitive: unknown, by: unknown, reverse: unknown) => {
      if (by !== 'key' && by !== 'value') throw new Error('dictsort sorts by key or by value')
      if (!isDict(value)) throw new Error(`dictsort takes a map, and ${described(value)} is none`)
      const place = by === 'key' ? 0 : 1
      const partOf = (pair: unknown) => (pair as unknown[])[place]
      return sorted(
        entriesOf(value).map(tuple),
        (pair) => (isTruthy(caseSensitive) ? partOf(pair) : foldCase(partOf(pair))),
        isTruthy(reverse),
      )
    },
  ),
  filter(
    'extract',
    ['container', { morekeys: null }],
    'What a map or a list holds under a key, and under more keys in that.',
    (value: unknown, container: unknown, more: unknown) => {
      const rest = more === null ? [] : Array.isArray(more) ? more : [more]
      return [value, ...rest].reduce((found, key) => item(found, key), container)
    },
  ),
  filter(
    'subelements',
    ['subelements', { skip_missing: false }],
    'Pairs of an item and each entry of a list in it.',
    (value: unknown, path: unknown, skipMissing: unknown) => {
      const elements = isDict(value) ? entriesOf(value).map(([, member]) => member) : value
      if (!Array.isArray(elements))
        throw new Error(`subelements takes a list of maps or a map of them, not ${described(value)}`)
      if (!isText(path) && !isList(path))
        throw new Error('subelements names a list by a text or a list of keys')
      const keys = isText(path) ? path.split('.') : path
      return elements.flatMap((element) =>
        subelementsOf(element, keys, isTruthy(skipMissing)).map((entry) => tuple([element, entry])),
      )
    },
  ),
  filter(
    'rekey_on_member',
    ['key', { duplicates: 'error' }],
    'A map of the maps in a list or a map, by one of their entries.',
    (value: unknown, key: unknown, duplicates: unknown) => {
      if (duplicates !== 'error' && duplicates !== 'overwrite')
        throw new Error(`duplicates must be error or overwrite, and ${str(duplicates)} is neither`)
      isTruthy(value)
      isTruthy(key)
      const elements = isDict(value)
        ? entriesOf(value).map(([, member]) => member)
        : isText(value)
          ? [value]
          : itemsOf(value)
      const pairs = elements.map((element) => {
        if (!isDict(element)) throw new Error(`rekey_on_member takes maps, and ${described(element)} is none`)
        return [keyOf(member(element, key, 'rekey_on_member takes maps with')), element] as const
      })
      const seen = new Set<string>()
      for (const [name] of pairs) {
        if (duplicates === 'error' && seen.has(nameOf(name)))
          throw new Error(`the key ${str(name)} comes twice`)
        seen.add(nameOf(name))
      }
      return mapOf(pairs)
    },
  ),
  filter(
    'attr',
    ['name'],
    'An attribute of an object; undefined where there is none.',
    (value: unknown, name: unknown) =>
      isUndefined(value)
        ? item(value, name)
        : new Undefined({ hint: `there is no attribute "${text(name)}"` }),
  ),
]

/** The entries of a map in its order, each key as it was written. */
export function entriesOf(map: Record<string, unknown>): [key: ReturnType<typeof keyOf>, value: unknown][] {
  return keysOf(map).map((key) => [key, map[nameOf(key)]])
}

function subelementsOf(element: unknown, keys: readonly unknown[], skipMissing: boolean): unknown[] {
  let found = element
  for (const key of keys) {
    if (!isDict(found) && !(isList(found) && typeof key === 'number'))
      throw new Error(`"${str(key)}" should be in a map, and ${described(found)} is none`)
    if (isDict(found) && !contains(found, key)) {
      if (skipMissing) return []
      throw new Error(`there is no "${str(key)}" in ${described(found)}`)
    }
    found = item(found, key)
  }
  if (!Array.isArray(found))
    throw new Error(`"${keys.map(str).join('.')}" should be a list, and ${described(found)} is none`)
  return found
}

/** A value for a message: its repr, cut short. */
export function described(value: unknown): string {
  if (isUndefined(value)) return str(value)
  const shown = repr(value)
  return shown.length > 60 ? `${shown.slice(0, 57)}... (${typeName(value)})` : shown
}
