import { Float } from '../values/float.ts'
import { isDict } from './type-name.ts'
import { Undefined } from './undefined.ts'

/** Whether Python takes a value for true: not 0, not empty, not None. Raises an UndefinedError. */
export function isTruthy(value: unknown): boolean {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      return value !== ''
    case 'number':
      return value !== 0
    case 'bigint':
      return value !== 0n
    case 'object':
      return value !== null && isTruthyObject(value)
    default:
      return value !== undefined
  }
}

function isTruthyObject(value: object): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (isDict(value)) return Object.keys(value).length > 0
  if (value instanceof Float) return value.valueOf() !== 0
  if (value instanceof Undefined) value.fail()
  return true
}
