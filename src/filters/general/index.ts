import { contains, equalityKey, keyOf } from '../../python/equality.ts'
import { itemsOf } from '../../python/sequence.ts'
import { str } from '../../python/text.ts'
import { isTruthy } from '../../python/truth.ts'
import { isDict } from '../../python/type-name.ts'
import { type Key, mapOf, nameOf } from '../../values/keys.ts'
import { type Callable, filter } from '../define.ts'
import { isList, isText, text } from '../given.ts'
import { item } from '../items.ts'
import { described } from '../maps.ts'
import { compareLoose } from '../versions.ts'
import { fromCsv } from './csv.ts'
import { jsonQuery } from './json-query.ts'
import { listsMergeby } from './lists-mergeby.ts'
import { randomMac } from './random-mac.ts'
import { timeFilters } from './time.ts'

/** Filters of community.general. */
export const generalFilters: readonly Callable[] = [
  filter('json_query', ['expr'], 'What an expression of JMESPath finds in a value.', jsonQuery),
  filter('dict', [], 'A map of a list of pairs.', (value: unknown) => {
    if (isDict(value)) return value
    return mapOf(
      itemsOf(value).map((pair) => {
        const parts = itemsOf(pair)
        if (parts.length !== 2) throw new Error(`dict takes pairs, and ${described(pair)} is none`)
        return [keyOf(parts[0]), parts[1]] as const
      }),
    )
  }),
  filter('dict_kv', ['key'], 'A map with the value under one key.', (value: unknown, key: unknown) =>
    mapOf([[keyOf(key), value]]),
  ),
  filter(
    'random_mac',
    [{ seed: null }],
    'A MAC address that begins so, by chance; with a seed the same every time.',
    randomMac,
  ),
  filter('counter', [], 'A map of how often each item comes.', (value: unknown) => {
    if (!isList(value) && !isText(value))
      throw new Error(`counter takes a list or a text, and ${described(value)} is neither`)
    const counts = new Map<unknown, [Key, number]>()
    for (const element of itemsOf(value)) {
      const count = counts.get(equalityKey(keyOf(element)))
      if (count === undefined) counts.set(equalityKey(element), [keyOf(element), 1])
      else count[1] += 1
    }
    return mapOf(counts.values())
  }),
  filter(
    'groupby_as_dict',
    ['attribute'],
    'A map of the maps in a list, by one of their entries.',
    (value: unknown, attribute: unknown) => {
      if (!isList(value) && !isText(value))
        throw new Error(`groupby_as_dict takes a list, and ${described(value)} is none`)
      const pairs = itemsOf(value).map((element) => {
        if (!isDict(element)) throw new Error(`groupby_as_dict takes maps, and ${described(element)} is none`)
        if (!contains(element, attribute))
          throw new Error(`there is no "${str(attribute)}" in ${described(element)}`)
        return [keyOf(item(element, attribute)), element] as const
      })
      const names = new Set(pairs.map(([key]) => nameOf(key)))
      if (names.size < pairs.length) throw new Error(`"${str(attribute)}" has the same value twice`)
      return mapOf(pairs)
    },
  ),
  filter(
    'lists_mergeby',
    ['*terms', '**kwargs'],
    'The maps of several lists, those with the same entry merged.',
    listsMergeby,
  ),
  filter(
    'version_sort',
    [{ reverse: false }],
    'A list in the order of versions: 2.9 before 2.10.',
    (value: unknown, reverse: unknown) => {
      const list = itemsOf(value).map(text)
      const ordered = [...list].sort((a, b) => compareLoose(a, b) * (isTruthy(reverse) ? -1 : 1))
      return ordered
    },
  ),
  filter(
    'from_csv',
    [{ dialect: 'excel', fieldnames: null, delimiter: null, skipinitialspace: null, strict: null }],
    'A list of maps, one for each line of CSV behind the first.',
    fromCsv,
  ),
  filter('crc32', [], 'The CRC-32 of a text, in hexadecimal digits.', (value: unknown) =>
    crc32(text(value)).toString(16),
  ),
  filter(
    'unicode_normalize',
    [{ form: 'NFC' }],
    'A text in a normal form of Unicode.',
    (value: unknown, form: unknown) => {
      const forms = ['NFC', 'NFD', 'NFKC', 'NFKD']
      if (!forms.includes(str(form))) throw new Error(`the form must be one of ${forms.join(', ')}`)
      return text(value).normalize(str(form))
    },
  ),
  ...timeFilters,
]

/** Node has one since 20.15. */
function crc32(value: string): number {
  let crc = 0xffffffff
  for (const byte of Buffer.from(value)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
