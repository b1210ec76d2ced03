import type { Key } from '../values/keys.ts'

/** The keys of a map in Python's order, or nothing if Python cannot compare them (text with numbers, None). */
export function sortedKeys(keys: readonly Key[]): readonly Key[] | undefined {
  if (keys.length < 2) return keys
  if (keys.every((key) => typeof key === 'string')) return [...keys].sort(byCodePoint)
  if (keys.every((key) => typeof key === 'number' || typeof key === 'boolean'))
    return [...keys].sort((one, other) => Number(one) - Number(other))
  return undefined
}

/** The order of texts in Python: by code points, where JavaScript's is by UTF-16 units. */
function byCodePoint(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length)
  for (let at = 0; at < shorter; at += 1) {
    if (one.charCodeAt(at) === other.charCodeAt(at)) continue
    return rank(one.charCodeAt(at)) - rank(other.charCodeAt(at))
  }
  return one.length - other.length
}

/** A UTF-16 unit by what it stands for: surrogates behind all other characters. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
