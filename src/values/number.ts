import { Float } from './float.ts'
import type { Value } from './value.ts'

/** The number that a value is, or that its text is as JavaScript reads it; undefined for all else, infinity too. */
export function toNumber(value: Value): number | undefined {
  const isText = typeof value === 'string' && value.trim() !== ''
  const number = isText || value instanceof Float ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
