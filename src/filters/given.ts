import { itemsOf } from '../python/sequence.ts'
import { repr } from '../python/text.ts'
import { Tuple } from '../python/tuple.ts'
import { Undefined } from '../python/undefined.ts'
import { Float } from '../values/float.ts'

export function isUndefined(value: unknown): value is Undefined {
  return value instanceof Undefined
}

export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** Python's list or tuple. */
export function isList(value: unknown): value is unknown[] {
  return Array.isArray(value)
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

export function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
}

export function isFloat(value: unknown): value is number | Float {
  return value instanceof Float || (typeof value === 'number' && !Number.isInteger(value))
}

/** What is needed of another kind than it was given, in an Error. */
function wrong(value: unknown, wanted: string): Error {
  if (value instanceof Undefined) value.fail()
  const shown = repr(value)
  return new Error(
    `${wanted} is needed, and ${shown.length > 60 ? `${shown.slice(0, 57)}...` : shown} is none`,
  )
}

/** A value that must be a text. Raises an Error with a sentence. */
export function text(value: unknown): string {
  if (isText(value)) return value
  throw wrong(value, 'a text')
}

/** A value that must be a whole number; true and false count as 1 and 0. Raises an Error with a sentence. */
export function integer(value: unknown): number {
  if (isBoolean(value) || isInteger(value)) return Number(value)
  throw wrong(value, 'a whole number')
}

/** A value that must be a number. Raises an Error with a sentence. */
export function number(value: unknown): number {
  if (isBoolean(value) || isInteger(value) || isFloat(value)) return Number(value)
  throw wrong(value, 'a number')
}

export function tuple(items: unknown[]): Tuple {
  return Tuple.make(items)
}

/** A text in small letters, anything else as it is. */
export function foldCase(value: unknown): unknown {
  return isText(value) ? value.toLowerCase() : value
}

/** The characters of a text as Python counts them. */
export function characters(value: string): string[] {
  return itemsOf(value) as string[]
}
