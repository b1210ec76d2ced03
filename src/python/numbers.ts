import { Float } from '../values/float.ts'
import { PythonError } from './errors.ts'

/** Python's int: a whole number as long as it is a safe one, a bigint beyond. */
export type Int = number | bigint

/** A bool, an int or a float as what JavaScript compares and computes with; undefined for anything else. */
export function numberOf(value: unknown): Int | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return value instanceof Float ? value.valueOf() : undefined
}

/** A bool or an int; undefined for anything else. */
export function intOf(value: unknown): Int | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  if (typeof value === 'bigint') return value
  return typeof value === 'boolean' ? Number(value) : undefined
}

/** Whether a value is an int or a bool. */
export function isInt(value: unknown): value is Int | boolean {
  return typeof value === 'number'
    ? Number.isInteger(value)
    : typeof value === 'bigint' || typeof value === 'boolean'
}

const LEAST = BigInt(Number.MIN_SAFE_INTEGER)
const GREATEST = BigInt(Number.MAX_SAFE_INTEGER)

/** A bigint as the number that it is held as, if it is a safe one. */
export function normal(value: bigint): Int {
  return value >= LEAST && value <= GREATEST ? Number(value) : value
}

/** An int as a float. Raises an OverflowError. */
export function toFloat(value: Int): number {
  const float = Number(value)
  if (typeof value === 'bigint' && !Number.isFinite(float))
    throw new PythonError('OverflowError', 'int too large to convert to float')
  return float
}

/** A float as an int, without its fraction. Raises what Python does for those that are none. */
export function truncated(value: number): Int {
  if (Number.isNaN(value)) throw new PythonError('ValueError', 'cannot convert float NaN to integer')
  if (!Number.isFinite(value))
    throw new PythonError('OverflowError', 'cannot convert float infinity to integer')
  const whole = Math.trunc(value) + 0
  return Number.isSafeInteger(whole) ? whole : BigInt(whole)
}

/** How many bits an int has without its sign. */
export function bitLength(value: Int): number {
  if (typeof value === 'number' && Math.abs(value) < 2 ** 31) return 32 - Math.clz32(Math.abs(value))
  const size = BigInt(value)
  const hex = (size < 0n ? -size : size).toString(16)
  return hex.length * 4 - (Math.clz32(Number.parseInt(hex[0]!, 16)) - 28)
}
