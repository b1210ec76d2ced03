import { equals } from './equality.ts'
import { PythonError } from './errors.ts'
import { numberOf } from './numbers.ts'
import { PythonObject } from './object.ts'
import { Tuple } from './tuple.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'

export type Order = '<' | '<=' | '>' | '>='

/** Python's `one < other` and its like. Raises a TypeError for what has no order. */
export function isOrdered(one: unknown, order: Order, other: unknown): boolean {
  if (typeof one === 'string' && typeof other === 'string') return holds(compareTexts(one, other), order, 0)
  const left = numberOf(one)
  const right = left === undefined ? undefined : numberOf(other)
  if (left !== undefined && right !== undefined) return holds(left, order, right)
  if (one instanceof Undefined) one.fail()
  if (other instanceof Undefined) other.fail()
  if (Array.isArray(one) && Array.isArray(other) && one instanceof Tuple === other instanceof Tuple)
    return areListsOrdered(one, order, other)
  const compared = one instanceof PythonObject ? one.compare(other) : undefined
  if (compared !== undefined) return holds(compared, order, 0)
  const types = `'${typeName(one)}' and '${typeName(other)}'`
  throw new PythonError('TypeError', `'${order}' not supported between instances of ${types}`)
}

function holds<T extends number | bigint>(one: T | number, order: Order, other: T | number): boolean {
  switch (order) {
    case '<':
      return one < other
    case '<=':
      return one <= other
    case '>':
      return one > other
    case '>=':
      return one >= other
  }
}

/** The first items that differ decide. */
function areListsOrdered(one: readonly unknown[], order: Order, other: readonly unknown[]): boolean {
  const at = firstDifference(one, other)
  return at === undefined ? holds(one.length, order, other.length) : isOrdered(one[at], order, other[at])
}

function firstDifference(one: readonly unknown[], other: readonly unknown[]): number | undefined {
  const shorter = Math.min(one.length, other.length)
  for (let at = 0; at < shorter; at += 1) if (!equals(one[at], other[at])) return at
  return undefined
}

/** For `sort`: as Python, by `<` alone. Raises a TypeError for what has no order. */
export function compare(one: unknown, other: unknown): number {
  if (typeof one === 'string' && typeof other === 'string') return compareTexts(one, other)
  if (Array.isArray(one) && Array.isArray(other) && one instanceof Tuple === other instanceof Tuple)
    return compareLists(one, other)
  return isOrdered(one, '<', other) ? -1 : isOrdered(other, '<', one) ? 1 : 0
}

function compareLists(one: readonly unknown[], other: readonly unknown[]): number {
  const at = firstDifference(one, other)
  return at === undefined ? one.length - other.length : compare(one[at], other[at])
}

/** The order of texts in Python: by code points, where JavaScript's is by UTF-16 units. */
function compareTexts(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length)
  for (let at = 0; at < shorter; at += 1) {
    const [left, right] = [one.charCodeAt(at), other.charCodeAt(at)]
    if (left !== right) return rank(left) - rank(right)
  }
  return one.length - other.length
}

/** A UTF-16 unit by what it stands for: surrogates behind all other characters. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
