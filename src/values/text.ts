import { Float } from './float.ts'
import type { Value } from './value.ts'

/** A value as it is written into text: lists and maps as JSON, null as nothing. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  return typeof value === 'object' && !(value instanceof Float) ? JSON.stringify(value) : String(value)
}
