import { DEEPEST, TOO_DEEP } from '../values/depth.ts'
import { Float } from '../values/float.ts'
import { hasKey, type Key, keysOf, nameOf } from '../values/keys.ts'
import { PythonError } from './errors.ts'
import { numberOf } from './numbers.ts'
import { PythonObject } from './object.ts'
import { DictView, Tuple } from './tuple.ts'
import { isDict, typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'

/** Python's `==`: 1, 1.0 and True are equal, a list and a tuple are not. Raises an UndefinedError. */
export function equals(one: unknown, other: unknown): boolean {
  if (typeof one === 'string' && typeof other === 'string') return one === other
  return same(one, other, 0)
}

function same(one: unknown, other: unknown, depth: number): boolean {
  if (one instanceof Undefined) one.fail()
  if (other instanceof Undefined) other.fail()
  if (typeof one === 'string' || one === null) return one === other
  const number = numberOf(one)
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number may be equal.
  if (number !== undefined) return number == (numberOf(other) ?? Number.NaN)
  if (typeof one !== 'object' || typeof other !== 'object' || other === null) return one === other
  return one === other || sameObjects(one, other, depth)
}

function sameObjects(one: object, other: object, depth: number): boolean {
  if (depth >= DEEPEST) throw new PythonError('ValueError', `the value is ${TOO_DEEP}`)
  if (Array.isArray(one)) return Array.isArray(other) && sameLists(one, other, depth + 1)
  if (isDict(one)) return isDict(other) && sameDicts(one, other, depth + 1)
  return one instanceof PythonObject && one.compare(other) === 0
}

function sameLists(one: readonly unknown[], other: readonly unknown[], depth: number): boolean {
  if (one.length !== other.length || kindOf(one) !== kindOf(other)) return false
  for (let at = 0; at < one.length; at += 1) if (!same(one[at], other[at], depth)) return false
  return true
}

function kindOf(list: readonly unknown[]): string {
  return list instanceof Tuple ? 'tuple' : list instanceof DictView ? list.kind : 'list'
}

function sameDicts(one: Record<string, unknown>, other: Record<string, unknown>, depth: number): boolean {
  const keys = keysOf(one)
  if (keys.length !== Object.keys(other).length) return false
  return keys.every((key) => hasKey(other, key) && same(one[nameOf(key)], other[nameOf(key)], depth))
}

/** Python's `item in container`. Raises a TypeError for what holds nothing. */
export function contains(container: unknown, item: unknown): boolean {
  if (container instanceof Undefined) container.fail()
  if (item instanceof Undefined) item.fail()
  if (typeof container === 'string') {
    if (typeof item === 'string') return container.includes(item)
    throw new PythonError('TypeError', `'in <string>' requires string as left operand, not ${typeName(item)}`)
  }
  if (Array.isArray(container)) return container.some((one) => equals(one, item))
  if (isDict(container)) return findKey(container, item) !== undefined
  throw new PythonError('TypeError', `argument of type '${typeName(container)}' is not iterable`)
}

/** The key of a dict that is equal to a value; undefined if there is none. Raises a TypeError for lists and dicts. */
export function findKey(dict: { [name: string]: unknown }, value: unknown): Key | undefined {
  if (value instanceof Tuple) return undefined
  const key = keyOf(value)
  if (hasKey(dict, key)) return key
  const twin = typeof key === 'boolean' ? Number(key) : key === 0 || key === 1 ? Boolean(key) : undefined
  return twin !== undefined && hasKey(dict, twin) ? twin : undefined
}

/** A value as the key of a dict. Raises a TypeError for what Python does not take, and for tuples. */
export function keyOf(value: unknown): Key {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (value === null) return null
  if (value instanceof Float) return value.valueOf()
  if (value instanceof Undefined) value.fail()
  if (typeof value === 'bigint' || value instanceof PythonObject) return String(value)
  if (value instanceof Tuple) throw new PythonError('TypeError', 'a tuple cannot be a key of a dict here')
  throw new PythonError('TypeError', `unhashable type: '${typeName(value)}'`)
}

/**
 * What stands for a value in a JavaScript Set or Map: equal for values that Python takes for equal. Lists and dicts have
 * one too. Raises an UndefinedError.
 */
export function equalityKey(value: unknown): string | number | bigint | null | object {
  if (typeof value === 'string') return value.startsWith(MARK) ? `${MARK}s${value}` : value
  if (value === null) return null
  const number = numberOf(value)
  if (number !== undefined) return number
  if (value instanceof Undefined) value.fail()
  if (Array.isArray(value)) return `${MARK}${kindOf(value)}${value.map(partKey).join()}`
  if (isDict(value)) {
    const entries = keysOf(value).map((key) => `${partKey(key)}:${partKey(value[nameOf(key)])}`)
    return `${MARK}dict${entries.sort().join()}`
  }
  return value instanceof PythonObject ? `${MARK}${value.typeName}${value.repr()}` : (value as object)
}

/** Texts as JSON, which ends them; so parts cannot run into each other. */
function partKey(value: unknown): string {
  const key = equalityKey(value)
  return typeof key === 'string' ? JSON.stringify(key) : String(key)
}

const MARK = '\0'
