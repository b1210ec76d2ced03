import { nameOf } from '../values/keys.ts'
import { findKey } from './equality.ts'
import { PythonError } from './errors.ts'
import { intOf } from './numbers.ts'
import { isAstral, itemsOf } from './sequence.ts'
import { DictView, Tuple } from './tuple.ts'
import { isDict, typeName } from './type-name.ts'
import type { PyValue } from './types.ts'
import { Undefined } from './undefined.ts'

/**
 * `value[key]`: an item, a character, an entry. Nothing (undefined) where Python raises, as there is no such one or the
 * value has none; an Undefined stays itself.
 */
export function itemOf(value: unknown, key: unknown): PyValue | undefined {
  if (Array.isArray(value)) return value instanceof DictView ? undefined : value[indexOf(key, value.length)]
  if (typeof value === 'string') return characterOf(value, key)
  if (value instanceof Undefined) return value
  if (!isDict(value) || Array.isArray(key) || isDict(key)) return undefined
  const known = findKey(value, key)
  return known === undefined ? undefined : (value[nameOf(known)] as PyValue)
}

function characterOf(text: string, key: unknown): string | undefined {
  if (!isAstral(text)) return text[indexOf(key, text.length)]
  const characters = Array.from(text)
  return characters[indexOf(key, characters.length)]
}

/** Where an item stands; -1 for one that is not there. */
function indexOf(key: unknown, length: number): number {
  const index = typeof key === 'boolean' ? Number(key) : key
  if (typeof index !== 'number' || !Number.isInteger(index)) return -1
  return index < 0 ? index + length : index
}

/** `value[start:stop:step]`; null stands for what is left out. Raises a TypeError, or a ValueError for a step of 0. */
export function sliceOf(value: unknown, start: unknown, stop: unknown, step: unknown): PyValue {
  if (value instanceof Undefined) return value
  if (typeof value === 'string') return textSlice(value, start, stop, step)
  if (!Array.isArray(value) || value instanceof DictView) throw notSliceable(value)
  const list = listSlice(value, start, stop, step)
  return value instanceof Tuple ? (Tuple.from(list) as PyValue[]) : (list as PyValue[])
}

function textSlice(text: string, start: unknown, stop: unknown, step: unknown): string {
  if (step !== null || isAstral(text)) return listSlice(itemsOf(text), start, stop, step).join('')
  const [from, to] = [bound(start, 0, text.length, 0), bound(stop, text.length, text.length, 0)]
  return from < to ? text.slice(from, to) : ''
}

function listSlice(list: readonly unknown[], start: unknown, stop: unknown, step: unknown): unknown[] {
  const { length } = list
  const by = step === null ? 1 : asIndex(step)
  if (by === 0) throw new PythonError('ValueError', 'slice step cannot be zero')
  if (by === 1) return list.slice(bound(start, 0, length, 0), bound(stop, length, length, 0))
  const [first, behind] = by > 0 ? [0, length] : [length - 1, -1]
  const from = bound(start, first, length, by < 0 ? -1 : 0)
  const to = bound(stop, behind, length, by < 0 ? -1 : 0)
  const items: unknown[] = []
  for (let at = from; by > 0 ? at < to : at > to; at += by) items.push(list[at])
  return items
}

/** An end of a slice within a list: `less` is -1 for one that runs backwards, whose ends are one lower. */
function bound(given: unknown, fallback: number, length: number, less: number): number {
  if (given === null) return fallback
  const index = asIndex(given)
  return index < 0 ? Math.max(index + length, less) : Math.min(index, length + less)
}

function asIndex(given: unknown): number {
  if (given instanceof Undefined) given.fail()
  const index = intOf(given)
  if (index !== undefined) return Number(index)
  throw new PythonError('TypeError', 'slice indices must be integers or None or have an __index__ method')
}

function notSliceable(value: unknown): PythonError {
  const message = isDict(value)
    ? "unhashable type: 'slice'"
    : `'${typeName(value)}' object is not subscriptable`
  return new PythonError('TypeError', message)
}
