import { types } from 'node:util'
import { Tuple } from '../python/tuple.ts'
import { isDict } from '../python/type-name.ts'
import { keysOf, mapOf, nameOf } from '../values/keys.ts'

/** A copy that can be changed without anybody else seeing it. What is made when asked for is copied when asked for. */
export function ownCopy(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(ownCopy)
    return value instanceof Tuple ? Tuple.make(items) : items
  }
  if (!isDict(value)) return value
  if (types.isProxy(value)) return lazyCopy(value)
  return mapOf(keysOf(value).map((key) => [key, ownCopy(value[nameOf(key)])] as const))
}

function lazyCopy(map: Record<string, unknown>): unknown {
  const copies = new Map<string | symbol, unknown>()
  return new Proxy(map, {
    get(target, name) {
      if (!copies.has(name)) copies.set(name, ownCopy(Reflect.get(target, name)))
      return copies.get(name)
    },
  })
}
