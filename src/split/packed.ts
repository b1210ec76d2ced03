import { DateTime } from '../python/dates/datetime.ts'
import { TimeDelta } from '../python/dates/timedelta.ts'
import { PythonObject } from '../python/object.ts'
import { DictView, Tuple } from '../python/tuple.ts'
import { type Missing, Undefined } from '../python/undefined.ts'
import { Float } from '../values/float.ts'
import { type Key, keysOf, mapOf, nameOf } from '../values/keys.ts'
import type { ValueMap } from '../values/value.ts'

/** What JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** The name of the member that says what an object of JSON stands for; maps with such a key are packed by pairs. */
const KIND = '\0kind'

type Wrapped = { [KIND]: string; readonly of: Json }

/**
 * Anything that variables, facts, results and events can hold, as JSON that `unpacked` makes the same of: floats that are
 * whole, keys that are no texts and their order, tuples, dates, what is undefined.
 */
export function packed(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : wrapped('number', numberText(value))
    case 'bigint':
      return wrapped('bigint', String(value))
    case 'undefined':
      return wrapped('undefined', null)
    case 'object':
      return value === null ? null : Array.isArray(value) ? packedList(value) : packedObject(value)
    default:
      return wrapped('text', String(value))
  }
}

function wrapped(kind: string, of: Json): Wrapped {
  return { [KIND]: kind, of }
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

function packedList(list: unknown[]): Json {
  const items = list.map(packed)
  if (list instanceof Tuple) return wrapped('tuple', items)
  return list instanceof DictView ? wrapped(list.kind, items) : items
}

function packedObject(value: object): Json {
  if (value instanceof Float) return wrapped('float', numberText(value.valueOf()))
  if (value instanceof Undefined) return wrapped('missing', packed(value.missing))
  if (value instanceof DateTime) {
    const { year, month, day, hour, minute, second, microsecond, offset } = value
    return wrapped('date', [year, month, day, hour, minute, second, microsecond, offset])
  }
  if (value instanceof TimeDelta) return wrapped('span', [value.days, value.seconds, value.microseconds])
  // What a template can call, such as a macro, is called in that template alone.
  if (value instanceof PythonObject) return String(value)
  return packedMap(value as Record<string, unknown>)
}

function packedMap(map: Record<string, unknown>): Json {
  // A member that is undefined is none.
  const keys = keysOf(map).filter((key) => map[nameOf(key)] !== undefined)
  const pairs = keys.map((key): [Key, Json] => [key, packed(map[nameOf(key)])])
  const isPlain = keys.every((key) => typeof key === 'string' && !UNSAFE.test(key))
  return isPlain ? Object.fromEntries(pairs as [string, Json][]) : wrapped('map', pairs)
}

/** Keys whose order JavaScript does not keep, or which it takes for something else, and the mark itself. */
const UNSAFE = /^(?:0|[1-9]\d*|__proto__|\0kind)$/

/** What `packed` was given; the very same lists and maps where nothing in them stands for something else. */
export function unpacked(json: Json): unknown {
  return isWrapping(json) ? copied(json) : json
}

/** Most of what comes is not: looking is cheaper than making all of it anew. */
function isWrapping(json: Json): boolean {
  if (typeof json !== 'object' || json === null) return false
  if (Array.isArray(json)) return json.some(isWrapping)
  if (Object.hasOwn(json, KIND)) return true
  for (const name in json) if (isWrapping(json[name]!)) return true
  return false
}

function copied(json: Json): unknown {
  if (Array.isArray(json)) return json.map(copied)
  if (typeof json !== 'object' || json === null) return json
  if (Object.hasOwn(json, KIND)) return unwrapped(json as Wrapped)
  return Object.fromEntries(Object.entries(json).map(([name, member]) => [name, copied(member)]))
}

function unwrapped({ [KIND]: kind, of }: Wrapped): unknown {
  switch (kind) {
    case 'number':
      return Number(of)
    case 'bigint':
      return BigInt(of as string)
    case 'undefined':
      return undefined
    case 'float':
      return new Float(Number(of))
    case 'missing':
      return new Undefined(copied(of) as Missing)
    case 'date': {
      const [year, month, day, hour, minute, second, microsecond, offset] = of as number[]
      const moment = { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second! }
      return new DateTime(moment, microsecond, offset)
    }
    case 'span':
      return new TimeDelta(...(of as [number, number, number]))
    case 'tuple':
      return Tuple.make((of as Json[]).map(copied))
    case 'map':
      return mapOf((of as [Key, Json][]).map(([key, value]) => [key, copied(value)] as const))
    case 'text':
      return of
    default:
      return DictView.make(kind as DictView['kind'], (of as Json[]).map(copied))
  }
}

/** Whether two values are packed alike. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  const kind = Object.getPrototypeOf(one)
  if (kind !== Object.getPrototypeOf(other)) return false
  if (kind === Array.prototype) return isSameList(one as unknown[], other as unknown[])
  if (kind === Object.prototype) return isSameMap(one as ValueMap, other as ValueMap)
  return JSON.stringify(packed(one)) === JSON.stringify(packed(other))
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, at) => isSame(item, other[at]))
}

function isSameMap(one: ValueMap, other: ValueMap): boolean {
  const keys = keysOf(one)
  const others = keysOf(other)
  return (
    keys.length === others.length &&
    keys.every((key, at) => key === others[at] && isSameMember(one, other, key))
  )
}

function isSameMember(one: ValueMap, other: ValueMap, key: Key): boolean {
  return isSame(one[nameOf(key)], other[nameOf(key)])
}
