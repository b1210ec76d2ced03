import { str } from '../../../python/text.ts'
import type { Value } from '../../../values/value.ts'

/** TCP flags as they are written: a list, or one text with commas. */
export function flagsIn(value: Value | undefined): string[] {
  const flags = Array.isArray(value) ? value.map(str) : str(value ?? '').split(',')
  return flags.map((flag) => flag.trim()).filter((flag) => flag !== '')
}
