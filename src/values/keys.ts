/** What a key of a map was written as: text, or what else YAML and Python let be a key. */
export type Key = string | number | boolean | null

// JavaScript makes texts of all keys, and moves those that look like an index to the front. What they were, and in
// which order, is kept beside the few maps that have such keys.
const KEYS = Symbol('keys')

type Mapping<V> = { [name: string]: V }

/** The keys of a map in the order in which it was written, each as it was written. */
export function keysOf(map: Mapping<unknown>): readonly Key[] {
  const kept = (map as { [KEYS]?: readonly Key[] })[KEYS]
  const names = Object.keys(map)
  if (kept === undefined) return names
  if (kept.length === names.length && kept.every((key) => Object.hasOwn(map, nameOf(key)))) return kept
  // The map has been changed since: what is left comes first, what is new behind it.
  const left = kept.filter((key) => Object.hasOwn(map, nameOf(key)))
  const known = new Set(left.map(nameOf))
  return [...left, ...names.filter((name) => !known.has(name))]
}

/** A map of these keys and values, in this order; of equal keys the last wins, at the place of the first. */
export function mapOf<V>(pairs: Iterable<readonly [Key, V]>): Mapping<V> {
  const map: Mapping<V> = {}
  const keys: Key[] = []
  let plain = true
  for (const [key, value] of pairs) {
    const name = nameOf(key)
    if (!Object.hasOwn(map, name)) {
      keys.push(key)
      plain &&= !isOddKey(key)
    }
    put(map, name, value)
  }
  if (!plain) keepKeys(map, keys)
  return map
}

/** Sets an entry of a map; a new one comes last. */
export function setItem<V>(map: Mapping<V>, key: Key, value: V): void {
  const name = nameOf(key)
  if (!Object.hasOwn(map, name) && (KEYS in map || isOddKey(key))) keepKeys(map, [...keysOf(map), key])
  put(map, name, value)
}

/** Takes an entry out of a map. */
export function removeItem(map: Mapping<unknown>, key: Key): void {
  const name = nameOf(key)
  if (KEYS in map)
    keepKeys(
      map,
      keysOf(map).filter((other) => nameOf(other) !== name),
    )
  delete map[name]
}

/** Whether a map has this very key: 80 and "80" are two. */
export function hasKey(map: Mapping<unknown>, key: Key): boolean {
  if (!Object.hasOwn(map, nameOf(key))) return false
  return typeof key === 'string' && !LOOKS_ODD.test(key) ? true : keysOf(map).includes(key)
}

/** Notes for a map what its keys were written as. */
function keepKeys(map: Mapping<unknown>, keys: readonly Key[]): void {
  Object.defineProperty(map, KEYS, { value: keys, configurable: true, writable: true })
}

/** Whether JavaScript keeps neither the order nor the kind of a key. */
function isOddKey(key: Key): boolean {
  return typeof key !== 'string' || INDEX.test(key)
}

/** A key as the name of a property. */
export function nameOf(key: Key): string {
  return String(key)
}

/** Sets an entry of a map even if its name is `__proto__`. */
export function put<V>(map: Mapping<V>, name: string, value: V): void {
  if (name !== '__proto__') map[name] = value
  else Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true })
}

const INDEX = /^(?:0|[1-9]\d*)$/
// What a key that is no text has as its name.
const LOOKS_ODD = /^(?:-?\d|-?Infinity$|NaN$|true$|false$|null$)/
