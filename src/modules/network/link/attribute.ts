import type { Value } from '../../../values/value.ts'
import { isMap } from '../../../values/value.ts'
import { type Row, text } from '../iproute2.ts'
import { readAddress } from '../prefix.ts'

/** What a user gives for an attribute; a list is one text, with spaces between. */
export type Setting = string | number | boolean

/** One thing that can be asked of a link: how to see it, compare it and put it into words of ip-link(8). */
export interface Attribute {
  /** As it is, in the form that `wanted` makes; null when the kernel does not report it. */
  current(row: Row): Value
  /** What was asked for, in the form in which it is compared. */
  wanted(setting: Setting): Setting
  /** `before` is what `current` gave; nothing for a link that is made. */
  words(wanted: Setting, before?: Value): string[]
  /** Whether a change between these two takes deleting the link and making it again. */
  fixed(before: Value, after: Value): boolean
  /** Its words stand before `type`: `link eth0`. */
  readonly beforeType?: boolean
  /** ip takes a change of it only together with these others, as they are or shall be. */
  with?(row: Row): readonly string[]
  /** What a new link has anyway. */
  readonly unsaid?: Value
}

/** Attributes by the names that users write. */
export type Attributes = Readonly<Record<string, Attribute>>

/** info_data of a row: what the kind itself reports. */
export function data(row: Row): Row {
  const info = row.linkinfo
  return isMap(info) && isMap(info.info_data) ? info.info_data : {}
}

/** UP, NOARP, PROMISC, ... */
export function hasFlag(row: Row, flag: string): boolean {
  return Array.isArray(row.flags) && row.flags.includes(flag)
}

export function attribute(
  read: (row: Row) => Value,
  name: string,
  changes: Partial<Attribute> = {},
): Attribute {
  return {
    current: read,
    wanted: (setting) => setting,
    words: (wanted) => [name, String(wanted)],
    fixed: () => false,
    ...changes,
  }
}

/** Changes of an attribute that take making the link again. */
export const FIXED = { fixed: () => true }

/** A number, which ip prints in whatever base. */
export function number(name: string, key = name, changes: Partial<Attribute> = {}): Attribute {
  const read = (row: Row) => (text(data(row), key) === undefined ? null : Number(data(row)[key]))
  return attribute(read, name, { wanted: Number, ...changes })
}

/** A number that ip leaves out when it is 0. */
export function mark(name: string, changes: Partial<Attribute> = {}): Attribute {
  return number(name, name, { current: (row) => Number(data(row)[name] ?? 0), unsaid: 0, ...changes })
}

/** A text, "" for none. */
export function name(word: string, key = word, changes: Partial<Attribute> = {}): Attribute {
  const words = (wanted: Setting) => (wanted === '' ? [] : [word, String(wanted)])
  return attribute((row) => text(data(row), key) ?? '', word, { words, ...changes })
}

/** A device, or none, for which ip has a word of its own. */
export function deviceOr(none: string, word: string): Attribute {
  const words = (wanted: Setting, before?: Value) =>
    wanted !== '' ? [word, String(wanted)] : before === undefined ? [] : [none]
  return name(word, word, { words })
}

/** The kernel says 1 or 0, and so does ip. */
export function digit(word: string, key = word): Attribute {
  const read = (row: Row) => (text(data(row), key) === undefined ? null : Number(data(row)[key]) === 1)
  return attribute(read, word, { words: (wanted) => [word, wanted ? '1' : '0'] })
}

/** ip says `word` or `noword`; what it does not show is not so. */
export function negated(word: string, key = word, changes: Partial<Attribute> = {}): Attribute {
  return attribute((row) => data(row)[key] === true, word, {
    words: (wanted) => [wanted ? word : `no${word}`],
    ...changes,
  })
}

/** ip says `word`, and has none for the contrary: only a new link is without. */
export function once(word: string, key = word): Attribute {
  // Where it is so, ip shows true, or for some a null.
  const read = (row: Row) => data(row)[key] !== undefined && data(row)[key] !== false
  return attribute(read, word, { words: (wanted) => (wanted ? [word] : []), ...FIXED })
}

/** `word on` or `word off`. */
export function onOff(word: string, read: (row: Row) => Value, changes: Partial<Attribute> = {}): Attribute {
  return attribute(read, word, { words: (wanted) => [word, wanted ? 'on' : 'off'], ...changes })
}

/** `word on` or `word off`, and a flag of the link that shows it (or its contrary). */
export function flag(word: string, shown: string, contrary = false): Attribute {
  return onOff(word, (row) => hasFlag(row, shown) !== contrary)
}

/** An end of a tunnel: an address, or "any". */
export function end(word: string, changes: Partial<Attribute> = {}): Attribute {
  const canonical = (address: string) =>
    ['', 'any', '0.0.0.0', '::'].includes(address) ? 'any' : (readAddress(address) ?? address)
  const read = (row: Row) => canonical(text(data(row), word) ?? text(data(row), `${word}6`) ?? 'any')
  return attribute(read, word, { wanted: (setting) => canonical(String(setting)), ...changes })
}

/** A number that ip takes in hexadecimal, or "inherit": the packet inside says it. */
export function inheritable(word: string, read: (row: Row) => Value): Attribute {
  return attribute(read, word, {
    wanted: (setting) => (setting === 'inherit' ? setting : Number(setting)),
    words: (wanted) => [word, wanted === 'inherit' ? 'inherit' : `0x${Number(wanted).toString(16)}`],
  })
}

/** The type of service of IPv4, where 1 is "inherit". */
export const tos = ofIPv4(inheritable('tos', (row) => Number(data(row).tos ?? 0)))

function ofIPv4(attribute: Attribute): Attribute {
  const named = (value: Value) => (value === 1 ? 'inherit' : value)
  return {
    ...attribute,
    current: (row) => named(attribute.current(row)),
    wanted: (setting) => named(attribute.wanted(setting)) as Setting,
  }
}

/** A list of words in any order, as one text. */
export function list(
  read: (row: Row) => readonly string[],
  words: (wanted: readonly string[], before: readonly string[]) => string[],
): Attribute {
  const canonical = (items: readonly string[]) => [...new Set(items)].sort().join(' ')
  return attribute((row) => canonical(read(row)), '', {
    wanted: (setting) => canonical(itemsOf(setting)),
    words: (wanted, before) => words(itemsOf(wanted), itemsOf(before ?? '')),
  })
}

function itemsOf(items: Value): string[] {
  return String(items)
    .split(' ')
    .filter((item) => item !== '')
}

/** The texts of an array in a row, none if it is not there. */
export function textsOf(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
