import { type Key, keysOf, mapOf, nameOf, removeItem, setItem } from '../../values/keys.ts'
import { findKey, keyOf } from '../equality.ts'
import { PythonError } from '../errors.ts'
import { itemsOf, lengthOf } from '../sequence.ts'
import { repr } from '../text.ts'
import { DictView, Tuple } from '../tuple.ts'
import { isDict, typeName } from '../type-name.ts'
import type { PyDict, PyValue } from '../types.ts'
import { type Methods, method } from './define.ts'

const value = (dict: PyDict, key: Key): PyValue => dict[nameOf(key)]!

/** The entries of a dict as Python writes them: in order, with the kind of each key. */
function entries(dict: PyDict): [Key, PyValue][] {
  return keysOf(dict).map((key) => [key, value(dict, key)])
}

export const dictMethods: Methods<PyDict> = {
  get: method('key default? /', (dict: PyDict, wanted: unknown, fallback: unknown = null) => {
    const key = findKey(dict, wanted)
    return key === undefined ? fallback : value(dict, key)
  }),
  keys: method('', (dict: PyDict) => DictView.make('dict_keys', keysOf(dict).slice())),
  values: method('', (dict: PyDict) =>
    DictView.make(
      'dict_values',
      keysOf(dict).map((key) => value(dict, key)),
    ),
  ),
  items: method('', (dict: PyDict) =>
    DictView.make(
      'dict_items',
      keysOf(dict).map((key) => Tuple.make<unknown>([key, value(dict, key)])),
    ),
  ),
  copy: method('', (dict: PyDict) => mapOf(entries(dict))),
  clear: method('', (dict: PyDict) => {
    for (const key of keysOf(dict)) removeItem(dict, key)
    return null
  }),
  pop: method('key default? /', (dict: PyDict, wanted: unknown, ...fallback: unknown[]) => {
    const key = findKey(dict, wanted)
    if (key !== undefined) return taken(dict, key)
    if (fallback.length > 0) return fallback[0]
    throw new PythonError('KeyError', repr(wanted))
  }),
  popitem: method('', (dict: PyDict) => {
    const key = keysOf(dict).at(-1)
    if (key === undefined) throw new PythonError('KeyError', "'popitem(): dictionary is empty'")
    return Tuple.of<unknown>(key, taken(dict, key))
  }),
  setdefault: method('key default? /', (dict: PyDict, wanted: unknown, fallback: PyValue = null) => {
    const key = findKey(dict, wanted)
    if (key !== undefined) return value(dict, key)
    setItem(dict, keyOf(wanted), fallback)
    return fallback
  }),
  update: (dict, args, named) => {
    if (args.length > 1)
      throw new PythonError('TypeError', `update expected at most 1 argument, got ${args.length}`)
    if (args.length === 1) for (const [key, held] of pairs(args[0])) put(dict, key, held)
    for (const name of Object.keys(named)) put(dict, name, named[name] as PyValue)
    return null
  },
  fromkeys: method('iterable value? /', (_: PyDict, keys: unknown, held: PyValue = null) =>
    mapOf(itemsOf(keys).map((key) => [keyOf(key), held] as const)),
  ),
}

function taken(dict: PyDict, key: Key): PyValue {
  const held = value(dict, key)
  removeItem(dict, key)
  return held
}

function put(dict: PyDict, wanted: unknown, held: PyValue): void {
  setItem(dict, findKey(dict, wanted) ?? keyOf(wanted), held)
}

/** What `update` takes: a dict, or a list of pairs. */
function pairs(given: unknown): readonly (readonly [unknown, PyValue])[] {
  if (isDict(given)) return entries(given as PyDict)
  return itemsOf(given).map((pair, at) => {
    const isPair = Array.isArray(pair) || typeof pair === 'string' || isDict(pair)
    const where = `dictionary update sequence element #${at}`
    if (!isPair)
      throw new PythonError('TypeError', `cannot convert ${where} to a sequence (${typeName(pair)})`)
    const length = lengthOf(pair)
    if (length === 2) return itemsOf(pair) as [unknown, PyValue]
    throw new PythonError('ValueError', `${where} has length ${length}; 2 is required`)
  })
}
