import { methodOf } from '../python/methods/index.ts'

/** What a method of Python's str gives. */
export function method(value: string, name: string, ...args: readonly unknown[]): unknown {
  return methodOf(value, name)!(args, {})
}
