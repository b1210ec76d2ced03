import type { Value } from '../values/value.ts'

/** The value of the JSON that a program of the host has printed. Raises an Error with a sentence. */
export function jsonOf(program: string, printed: string): Value {
  try {
    return JSON.parse(printed) as Value
  } catch (error) {
    throw new Error(`${program} on the host printed what is not JSON: ${(error as Error).message}`)
  }
}
