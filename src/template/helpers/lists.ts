import { Float } from '../../values/float.ts'
import { isTrue } from '../../values/truth.ts'
import { isMap, type Value } from '../../values/value.ts'
import { helper, shown, toNumber } from './define.ts'
import { compare, isSame } from './logic.ts'

/** Lists, and what they have in common with texts. */
export const listHelpers = [
  helper('list', ['...items:any'], 'A list of its arguments.', (...items) => items),
  helper('length', ['value:any'], 'How many items, characters or names a list, text or map has.', (value) => {
    if (Array.isArray(value)) return value.length
    if (isMap(value)) return Object.keys(value).length
    if (typeof value === 'string') return Array.from(value).length
    throw new Error(`${shown(value)} has no length`)
  }),
  helper('first', ['list:any'], 'The first item of a list or character of a text.', (list) => parts(list)[0]),
  helper('last', ['list:any'], 'The last item of a list or character of a text.', (list) =>
    parts(list).at(-1),
  ),
  helper(
    'at',
    ['list:any', 'index:number'],
    'The item at an index; the first is 0, the last -1.',
    (list, index) => parts(list).at(index),
  ),
  helper(
    'slice',
    ['list:any', 'from:number', 'to?:number'],
    'A part of a list or text, from one index up to another, which is left out.',
    (list, from, to) => whole(parts(list).slice(from, to), list),
  ),
  helper(
    'sort',
    ['list:list', 'attribute?:text'],
    'A list in order, by an attribute of its items if one is named; capitals and small letters are the same.',
    (list, attribute) => {
      const keys = new Map(
        list.map((item) => [item, attribute === undefined ? item : attributeOf(item, attribute)]),
      )
      const inOrder = order([...keys.values()])
      return [...list].sort((a, b) => inOrder(keys.get(a)!, keys.get(b)!))
    },
  ),
  helper('unique', ['list:list'], 'A list without what is in it already.', (list) => unique(list)),
  helper('reverse', ['list:any'], 'A list or text backwards.', (list) =>
    whole(parts(list).toReversed(), list),
  ),
  helper(
    'flatten',
    ['list:list', 'levels?:number'],
    'A list with the items of the lists in it.',
    (list, levels = Number.POSITIVE_INFINITY) => list.flat(levels as 1) as Value[],
  ),
  helper('union', ['...lists:list'], 'What is in any of the lists.', (...lists) => unique(lists.flat())),
  helper(
    'difference',
    ['list:list', 'other:list'],
    'What is in one list and not in the other.',
    (list, other) => {
      const known = new Set(other.map(identity))
      return unique(list).filter((item) => !known.has(identity(item)))
    },
  ),
  helper('intersect', ['list:list', 'other:list'], 'What is in both lists.', (list, other) => {
    const known = new Set(other.map(identity))
    return unique(list).filter((item) => known.has(identity(item)))
  }),
  helper(
    'range',
    ['from:number', 'to:number', 'step?:number'],
    'The numbers from one up to another, which is left out.',
    (from, to, step = 1) => {
      if (step === 0) throw new Error('step must not be 0')
      const count = Math.max(0, Math.ceil((to - from) / step))
      if (count > 1_000_000) throw new Error(`a list of ${count} numbers is too long`)
      return Array.from({ length: count }, (_, index) => from + index * step)
    },
  ),
  helper('zip', ['...lists:list'], 'Lists of the first items, the second items, and so on.', (...lists) =>
    Array.from({ length: Math.min(...lists.map((list) => list.length)) }, (_, index) =>
      lists.map((list) => list[index]!),
    ),
  ),
  helper(
    'pick',
    ['list:list', 'attribute:text'],
    'One attribute of every item; "a.b" for one inside another.',
    (list, attribute) => list.map((item) => attributeOf(item, attribute)),
  ),
  helper(
    'where',
    ['list:list', 'attribute:text', 'value?:any'],
    'The items whose attribute has a value, or without one those where it counts as true.',
    (list, attribute, value) => list.filter((item) => fits(item, attribute, value)),
  ),
  helper(
    'without',
    ['list:list', 'attribute:text', 'value?:any'],
    'The items that `where` leaves out.',
    (list, attribute, value) => list.filter((item) => !fits(item, attribute, value)),
  ),
  helper(
    'index_by',
    ['list:list', 'attribute:text'],
    'A map of the items by their attribute; of two with the same one the last stays.',
    (list, attribute) => Object.fromEntries(list.map((item) => [String(attributeOf(item, attribute)), item])),
  ),
]

function parts(value: Value): Value[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return Array.from(value)
  throw new Error(`${shown(value)} is neither a list nor a text`)
}

function whole(found: Value[], origin: Value): Value {
  return typeof origin === 'string' ? found.join('') : found
}

/** Two values that are the same have the same identity; 1 and "1" are, as they are for `eq`. */
function identity(value: Value): string {
  if (value instanceof Float) return `=${value.valueOf()}`
  if (typeof value === 'number' || typeof value === 'string') return `=${value}`
  if (Array.isArray(value)) return `[${value.map((item) => JSON.stringify(identity(item))).join()}]`
  if (!isMap(value)) return String(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => JSON.stringify([name, identity(value[name]!)])).join()}}`
}

function unique(list: readonly Value[]): Value[] {
  const found = new Map<string, Value>()
  for (const item of list) {
    const key = identity(item)
    if (!found.has(key)) found.set(key, item)
  }
  return [...found.values()]
}

/** How to put values in order: as numbers when all are, otherwise as texts. */
export function order(values: readonly Value[]): (a: Value, b: Value) => number {
  if (values.every((value) => toNumber(value) !== undefined)) return (a, b) => toNumber(a)! - toNumber(b)!
  if (!values.every((value) => typeof value === 'string' || typeof value === 'number')) return compare
  return (a, b) => {
    const [first, second] = [String(a).toLowerCase(), String(b).toLowerCase()]
    return first < second ? -1 : first > second ? 1 : 0
  }
}

function find(item: Value, attribute: string): Value | undefined {
  let value: Value | undefined = item
  for (const name of attribute.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, Value>)[name]
  }
  return value
}

function attributeOf(item: Value, attribute: string): Value {
  const value = find(item, attribute)
  if (value === undefined) throw new Error(`${shown(item)} has no "${attribute}"`)
  return value
}

function fits(item: Value, attribute: string, wanted: Value | undefined): boolean {
  const value = find(item, attribute)
  if (value === undefined) return false
  return wanted === undefined ? isTrue(value) : isSame(value, wanted)
}
