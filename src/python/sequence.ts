import { keysOf } from '../values/keys.ts'
import { PythonError } from './errors.ts'
import { isDict, typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'

const SURROGATE = /[\ud800-\udfff]/

/** Whether Python counts fewer characters in a text than JavaScript does. */
export function isAstral(text: string): boolean {
  return SURROGATE.test(text)
}

/** The number of characters of a text, as Python counts them. */
export function textLength(text: string): number {
  if (!isAstral(text)) return text.length
  let length = 0
  for (const _ of text) length += 1
  return length
}

/** Python's `len`. Raises a TypeError for what has no length. */
export function lengthOf(value: unknown): number {
  if (typeof value === 'string') return textLength(value)
  if (Array.isArray(value)) return value.length
  if (isDict(value)) return Object.keys(value).length
  if (value instanceof Undefined) value.fail()
  throw new PythonError('TypeError', `object of type '${typeName(value)}' has no len()`)
}

/** What a loop goes over: items, the characters of a text, the keys of a dict. Raises a TypeError for anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return isAstral(value) ? Array.from(value) : value.split('')
  if (isDict(value)) return keysOf(value)
  if (value instanceof Undefined) value.fail()
  throw new PythonError('TypeError', `'${typeName(value)}' object is not iterable`)
}
