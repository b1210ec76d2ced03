import { Float } from '../values/float.ts'
import { DictView, Tuple } from './tuple.ts'

/** The name of a value's type in Python: "int", "str", "NoneType", "dict". */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'str'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
    case 'bigint':
      return 'int'
    case 'boolean':
      return 'bool'
    case 'object':
      return value === null ? 'NoneType' : objectTypeName(value)
    default:
      return typeof value
  }
}

function objectTypeName(value: object): string {
  if (Array.isArray(value)) {
    if (value instanceof Tuple) return 'tuple'
    return value instanceof DictView ? value.kind : 'list'
  }
  if (value instanceof Float) return 'float'
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return 'dict'
  // Classes of other files tell their name; a map may have such an entry itself.
  return 'typeName' in value ? String(value.typeName) : 'object'
}

/** Whether a value is a dict: a plain object, or a proxy of one. */
export function isDict(value: unknown): value is { [name: string]: unknown } {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
