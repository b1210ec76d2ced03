import { equalityKey } from '../python/equality.ts'
import { compare } from '../python/order.ts'
import { itemOf } from '../python/slices.ts'
import { repr, str } from '../python/text.ts'
import { Tuple } from '../python/tuple.ts'
import { isDict } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { foldCase } from './given.ts'

/** What an item, an entry or an attribute of a value is as Jinja's `value[key]` finds it; an Undefined where there is none. */
export function item(value: unknown, key: unknown): unknown {
  const found = itemOf(value, key)
  if (found !== undefined) return found
  // The pairs of groupby have names for their parts.
  if (value instanceof Tuple && typeof key === 'string' && Object.hasOwn(value, key) && key !== 'length')
    return (value as unknown as Record<string, unknown>)[key]
  return new Undefined({ of: value, name: key })
}

/** An entry of a map that must be there: `what` says who needs it. Raises an Error with a sentence. */
export function member(value: unknown, key: unknown, what: string): unknown {
  if (value instanceof Undefined) value.fail()
  const found = isDict(value) ? itemOf(value, key) : undefined
  if (found === undefined) throw new Error(`${what} "${str(key)}", and ${repr(value).slice(0, 60)} has none`)
  return found
}

/** What finds the attribute "a.b.0" in a value; nothing (null) is the value itself. `fallback` is for what is missing. */
export function attributeGetter(attribute: unknown, fallback: unknown = null): (value: unknown) => unknown {
  const path = pathOf(attribute)
  return (value) => {
    let found = value
    for (const name of path) {
      found = item(found, name)
      if (fallback !== null && found instanceof Undefined) found = fallback
    }
    return found
  }
}

/** The same for several attributes, "age,name": a list of what they are, texts in small letters with `folded`. */
export function attributesGetter(attributes: unknown, folded: boolean): (value: unknown) => unknown[] {
  const names = typeof attributes === 'string' ? attributes.split(',') : [attributes]
  const getters = names.map((name) => attributeGetter(name))
  return (value) => getters.map((get) => (folded ? foldCase(get(value)) : get(value)))
}

function pathOf(attribute: unknown): unknown[] {
  if (attribute === null) return []
  if (typeof attribute !== 'string') return [attribute]
  return attribute.split('.').map((name) => (/^\d+$/.test(name) ? Number(name) : name))
}

/** The items in Python's order of their keys; equal ones stay as they are, backwards too. Raises a TypeError of Python's. */
export function sorted(
  items: readonly unknown[],
  keyOf: (item: unknown) => unknown,
  reverse = false,
): unknown[] {
  const keyed = items.map((value) => ({ value, key: keyOf(value) }))
  // Python compares a lone item with none.
  if (keyed.length > 1) keyed.sort((a, b) => (reverse ? compare(b.key, a.key) : compare(a.key, b.key)))
  return keyed.map(({ value }) => value)
}

/** Whether Python takes a value as a key or into a set. */
export function isHashable(value: unknown): boolean {
  return value instanceof Tuple ? value.every(isHashable) : !Array.isArray(value) && !isDict(value)
}

/** The first of the items whose keys are equal. */
export function uniqueBy<T>(keyed: readonly (readonly [item: T, key: unknown])[]): T[] {
  const found = new Map<unknown, T>()
  for (const [value, key] of keyed) {
    const identity = equalityKey(key)
    if (!found.has(identity)) found.set(identity, value)
  }
  return [...found.values()]
}
