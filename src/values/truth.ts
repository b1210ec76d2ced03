import { Float } from './float.ts'
import type { Value } from './value.ts'

const TRUE = new Set(['true', 'yes', 'on', '1', 'y', 't'])
const FALSE = new Set(['false', 'no', 'off', '0', 'n', 'f'])

/** true or false as Ansible reads them ("yes", "off", 1, ...), or undefined when it is neither. */
export function toBoolean(value: Value): boolean | undefined {
  // A map may hold a toString of its own.
  if (value instanceof Float) return toBoolean(value.valueOf())
  if (typeof value === 'object') return undefined
  const text = String(value).toLowerCase()
  return TRUE.has(text) ? true : FALSE.has(text) ? false : undefined
}

/** Whether a value counts as true in a condition: like Python, and texts that say no are false. */
export function isTrue(value: Value): boolean {
  if (value === null) return false
  if (typeof value === 'string') return value !== '' && !FALSE.has(value.toLowerCase())
  if (value instanceof Float) return value.valueOf() !== 0
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object') return Object.keys(value).length > 0
  return value !== 0 && value !== false && !Number.isNaN(value)
}
