import { type Method, methodOf } from '../python/methods/index.ts'
import { PythonObject } from '../python/object.ts'
import { itemOf } from '../python/slices.ts'
import { isDict } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { NoElse } from './absent.ts'
import { Invocable } from './opaque.ts'
import { undefinedFor } from './run.ts'

/** `value.name`: an attribute, or the entry of that name; undefined when there is neither. */
export function attributeOf(value: unknown, name: string): unknown {
  if (isDict(value)) {
    const entry = entryOf(value, name)
    if (entry !== undefined) return entry
  }
  if (value instanceof Undefined) return chained(value)
  if (value instanceof PythonObject) {
    const attribute = value.attribute(name)
    if (typeof attribute !== 'function') return attribute
    return new Invocable((args) => attribute.apply(value, args))
  }
  const method = methodOf(value, name)
  return method === undefined ? undefined : new Invocable(method)
}

/** `value[key]`: an item, or the attribute of that name; undefined when there is neither. */
export function elementOf(value: unknown, key: unknown): unknown {
  if (typeof key === 'string' && isDict(value)) return entryOf(value, key) ?? attributeOf(value, key)
  if (value instanceof Undefined) return chained(value)
  if (key instanceof Undefined) key.fail()
  const found = itemOf(value, key)
  return found === undefined && typeof key === 'string' ? attributeOf(value, key) : found
}

/** What is undefined stays so under attributes and items. */
function chained(value: Undefined): Undefined {
  return value instanceof NoElse ? value.fail() : value
}

function entryOf(map: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return Object.hasOwn(map, name) ? map[name] : undefined
  } catch (error) {
    return undefinedFor(error, name)
  }
}

/** The method of a value, which comes before an entry of the same name when it is called. */
export function methodNamed(value: unknown, name: string): Method | undefined {
  return value instanceof PythonObject || value instanceof Undefined ? undefined : methodOf(value, name)
}
