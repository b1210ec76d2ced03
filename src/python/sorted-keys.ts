import type { Key } from '../values/keys.ts'
import { PythonError } from './errors.ts'
import { compare } from './order.ts'

/** The keys of a map in Python's order, or nothing if Python cannot compare them (text with numbers, None). */
export function sortedKeys(keys: readonly Key[]): readonly Key[] | undefined {
  try {
    return [...keys].sort(compare)
  } catch (error) {
    if (error instanceof PythonError) return undefined
    throw error
  }
}
