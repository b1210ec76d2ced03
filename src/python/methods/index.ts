import { Float } from '../../values/float.ts'
import { PythonObject } from '../object.ts'
import { DictView, Tuple } from '../tuple.ts'
import { isDict } from '../type-name.ts'
import type { PyDict, PyValue } from '../types.ts'
import type { Methods, Named } from './define.ts'
import { dictMethods } from './dict.ts'
import { listMethods, tupleMethods } from './list.ts'
import { floatMethods, intMethods } from './number.ts'
import { caseMethods } from './text-case.ts'
import { kindMethods } from './text-kinds.ts'
import { layoutMethods } from './text-layout.ts'
import { searchMethods } from './text-search.ts'
import { splitMethods } from './text-split.ts'

/** A method of a value, ready to be called. Raises what Python raises. */
export type Method = (args: readonly unknown[], named: Named) => PyValue

const textMethods: Methods<string> = {
  ...splitMethods,
  ...searchMethods,
  ...caseMethods,
  ...layoutMethods,
  ...kindMethods,
}

/**
 * The method of this name that Python's class of the value has; undefined if there is none. Those of lists and dicts
 * (append, update) change the value itself, so it must be the caller's own.
 */
export function methodOf(value: unknown, name: string): Method | undefined {
  if (typeof value === 'string') return bound(textMethods, value, name)
  if (typeof value === 'number')
    return bound(Number.isInteger(value) ? intMethods : floatMethods, value, name)
  if (typeof value === 'bigint' || typeof value === 'boolean') return bound(intMethods, value, name)
  if (typeof value !== 'object' || value === null || value instanceof DictView) return undefined
  if (Array.isArray(value)) {
    return value instanceof Tuple
      ? bound(tupleMethods, value as PyValue[], name)
      : bound(listMethods, value as PyValue[], name)
  }
  if (isDict(value)) return bound(dictMethods, value as PyDict, name)
  if (value instanceof Float) return bound(floatMethods, value.valueOf(), name)
  const attribute = value instanceof PythonObject && !name.startsWith('_') ? value.attribute(name) : undefined
  return typeof attribute === 'function' ? (args) => attribute.apply(value, args) : undefined
}

function bound<Self>(methods: Methods<Self>, self: Self, name: string): Method | undefined {
  const call = Object.hasOwn(methods, name) ? methods[name] : undefined
  return call === undefined ? undefined : (args, named) => call(self, args, named, name) as PyValue
}
