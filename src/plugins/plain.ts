import { PythonObject } from '../python/object.ts'
import { DictView, Tuple } from '../python/tuple.ts'
import { Undefined } from '../python/undefined.ts'
import { isMap, type Value } from '../values/value.ts'

/**
 * A value of a template as JavaScript has it: numbers are numbers, and what only Python has is its text. Raises
 * UndefinedError for what is not there.
 */
export function plain(value: unknown): unknown {
  if (value instanceof Undefined) return value.fail()
  if (value instanceof Number) return value.valueOf()
  if (value instanceof PythonObject) return value.toString()
  if (value instanceof Tuple || value instanceof DictView || Array.isArray(value))
    return Array.from(value, plain)
  if (isMap(value as Value))
    return Object.fromEntries(Object.entries(value as object).map(([name, part]) => [name, plain(part)]))
  return value
}

/** What a plugin gives back as a value of templates; `whose` gave it. Throws an Error with a sentence for what is none. */
export function given(value: unknown, whose: string): Value {
  if (value === undefined || value === null) return null
  if (Array.isArray(value)) return value.map((one) => given(one, whose))
  if (value instanceof Promise) throw new Error(`${whose} gives a promise, and a template cannot wait for it`)
  if (value instanceof Map) return given(Object.fromEntries(value), whose)
  if (value instanceof Set) return given([...value], whose)
  if (value instanceof Date) return value.toISOString()
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      break
    case 'bigint':
      return Number(value)
    case 'object':
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, given(part, whose)]))
  }
  throw new Error(`${whose} gives ${String(value)}, which is no value of a template`)
}
