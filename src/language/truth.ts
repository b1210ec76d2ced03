import type { Value } from './value.ts'

const FALSE = new Set(['', 'false', 'no', 'off', '0', 'n', 'f'])

/** Whether a value counts as true in a condition: like Python, and texts that say no are false. */
export function isTrue(value: Value): boolean {
  if (value === null) return false
  if (typeof value === 'string') return !FALSE.has(value.toLowerCase())
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object') return Object.keys(value).length > 0
  return value !== 0 && value !== false && !Number.isNaN(value)
}
