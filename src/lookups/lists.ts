import { str } from '../python/text.ts'
import { keysOf, nameOf } from '../values/keys.ts'
import { toBoolean } from '../values/truth.ts'
import { isMap, type Value, type ValueMap } from '../values/value.ts'
import { type Lookup, type Lookups, listed } from './define.ts'

/** One level of lists within a list taken away. */
function flat(values: readonly Value[]): Value[] {
  return values.flatMap((value) => listed(value))
}

const indexed_items: Lookup = (terms) => flat(terms).map((item, index) => [index, item])

const together: Lookup = (terms) => {
  if (terms.length === 0) throw new Error('with_together requires at least one element in each list')
  const lists = terms.map(listed)
  const longest = Math.max(...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, at) => flat(lists.map((list) => list[at] ?? null)))
}

/** How many combinations a loop may have. */
const MOST = 100_000

/** Every combination of one item of each list; `name` is who says when they are too many. */
function combinations(terms: readonly Value[], name: string): Value[][] {
  if (terms.length === 0) throw new Error(`${name} takes at least one list`)
  const lists = terms.map(listed)
  const size = lists.reduce((product, list) => product * list.length, 1)
  if (size > MOST) throw new Error(`${name} makes ${size} combinations, and there may be ${MOST}`)
  return lists.reduce<Value[][]>(
    (rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])),
    [[]],
  )
}

const nested: Lookup = (terms) => combinations(terms, 'nested').map(flat)

/** Unlike `nested`, what is a list within a list stays one. */
const cartesian: Lookup = (terms) => combinations(terms, 'cartesian')

const dict: Lookup = (terms) =>
  terms.flatMap((term) => {
    if (!isMap(term)) throw new Error(`with_dict expects a dict, this is ${JSON.stringify(term)}`)
    return keysOf(term).map((key) => ({ key, value: term[nameOf(key)]! }))
  })

const subelements: Lookup = (terms, _named, _context) => {
  const [given, path, flags = {}] = terms
  // As in Ansible, a text or number is a list of one, whose item is wrong.
  const first = given === undefined || isMap(given) || Array.isArray(given) ? given : [given]
  if (terms.length > 3) throw new Error(SUBELEMENTS)
  if (typeof path !== 'string' || first === undefined)
    throw new Error(`${SUBELEMENTS}first a dict or a list, second a string pointing to the subkey`)
  if (!isMap(flags))
    throw new Error(`${SUBELEMENTS}the optional third item must be a dict with flags ('skip_missing',)`)
  if (isMap(first) && toBoolean(first.skipped ?? false) !== false) return []
  const skipMissing = toBoolean(flags.skip_missing ?? false) === true
  return (isMap(first) ? keysOf(first).map((key) => first[nameOf(key)]!) : first).flatMap((item) => {
    if (!isMap(item)) throw new Error(`subelements lookup expects a dictionary, got '${str(item)}'`)
    if (toBoolean(item.skipped ?? false) !== false) return []
    const list = listBelow(item, path.split('.'), skipMissing)
    // The list that is gone through is not a part of the item any more, as it is not in Ansible.
    return list.map((one): Value => [without(item, path.split('.')), one])
  })
}

const SUBELEMENTS = 'subelements lookup expects a list of two or three items, '

function listBelow(item: ValueMap, path: readonly string[], skipMissing: boolean): Value[] {
  let at: Value = item
  for (const [depth, name] of path.entries()) {
    const found: Value | undefined = isMap(at) && Object.hasOwn(at, name) ? at[name] : undefined
    const isLast = depth === path.length - 1
    if (found === undefined) {
      if (skipMissing) return []
      throw new Error(`could not find '${name}' key in iterated item '${str(at)}'`)
    }
    if (isLast && Array.isArray(found)) return found
    if (isLast) throw new Error(`the key ${name} should point to a list, got '${str(found)}'`)
    if (!isMap(found)) {
      if (skipMissing) return []
      throw new Error(`the key ${name} should point to a dictionary, got '${str(found)}'`)
    }
    at = found
  }
  return []
}

function without(item: ValueMap, [name, ...rest]: readonly string[]): ValueMap {
  const copy = { ...item }
  if (rest.length === 0) delete copy[name!]
  else copy[name!] = without(item[name!] as ValueMap, rest)
  return copy
}

/** Lists at any depth as one. As in Ansible a text "None" or "null" ends the list that it stands in. */
const flattened: Lookup = (terms) => {
  const all = (values: readonly Value[]): Value[] => {
    const end = values.findIndex((value) => value === 'None' || value === 'null')
    const kept = end === -1 ? values : values.slice(0, end)
    return kept.flatMap((value) => (Array.isArray(value) ? all(value) : [value]))
  }
  return all(terms)
}

const random_choice: Lookup = (terms) =>
  terms.length === 0 ? [] : [terms[Math.floor(Math.random() * terms.length)]!]

const items: Lookup = (terms) => flat(terms)

const list: Lookup = (terms) => [...terms]

export const listLookups: Lookups = {
  items: {
    find: items,
    terms: 'lists',
    help: 'Everything of lists, one level of lists within them taken away.',
  },
  list: { find: list, terms: 'values', help: 'The values as they are given.' },
  dict: { find: dict, terms: 'maps', help: 'A map with key and value for each entry.' },
  indexed_items: {
    find: indexed_items,
    terms: 'lists',
    help: 'Everything of lists, each with its number from 0 on.',
  },
  together: {
    find: together,
    terms: 'lists',
    help: 'The first of each list, then the second of each, to the longest.',
  },
  nested: {
    find: nested,
    terms: 'lists',
    help: 'Every combination of one of each list, lists within made flat.',
  },
  cartesian: { find: cartesian, terms: 'lists', help: 'Every combination of one of each list.' },
  subelements: {
    find: subelements,
    terms: 'list, key, flags',
    help: 'Each map of a list with each of what it holds under the key; the flag skip_missing passes over maps without it.',
  },
  flattened: { find: flattened, terms: 'lists', help: 'Everything of lists within lists as one list.' },
  random_choice: { find: random_choice, terms: 'values', help: 'One of the values, by chance.' },
}
