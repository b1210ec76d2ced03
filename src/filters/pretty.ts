import { sortedKeys } from '../python/sorted-keys.ts'
import { repr } from '../python/text.ts'
import { Tuple } from '../python/tuple.ts'
import { isDict } from '../python/type-name.ts'
import { keysOf, nameOf } from '../values/keys.ts'
import { characters } from './given.ts'

const WIDTH = 80

/** A value as Python's pprint writes it: on one line if it fits, else an item a line. */
export function pretty(value: unknown): string {
  return written(value, 0, 0)
}

/** `indent` is where the value starts, `allowance` what must still fit behind it. */
function written(value: unknown, indent: number, allowance: number): string {
  const flat = flatRepr(value)
  if (flat.length <= WIDTH - indent - allowance) return flat
  if (typeof value === 'string') return longText(value, indent, allowance)
  if (Array.isArray(value) && value.length > 0) {
    const [open, close] = value instanceof Tuple ? ['(', value.length === 1 ? ',)' : ')'] : ['[', ']']
    return `${open}${rows(value, indent + 1, allowance + close.length, written)}${close}`
  }
  if (!isDict(value) || Object.keys(value).length === 0) return flat
  const entries = keysIn(value).map((key) => [repr(key), value[nameOf(key)]] as const)
  const row = ([key, member]: readonly [string, unknown], at: number, room: number) =>
    `${key}: ${written(member, at + characters(key).length + 2, room)}`
  return `{${rows(entries, indent + 1, allowance + 1, row)}}`
}

function rows<T>(
  items: readonly T[],
  indent: number,
  allowance: number,
  row: (item: T, indent: number, allowance: number) => string,
): string {
  return items
    .map((item, index) => row(item, indent, index === items.length - 1 ? allowance : 1))
    .join(`,\n${' '.repeat(indent)}`)
}

/** As repr, with the keys of dicts in order. */
function flatRepr(value: unknown): string {
  if (Array.isArray(value)) {
    const items = Array.from(value, flatRepr).join(', ')
    if (value instanceof Tuple) return value.length === 1 ? `(${items},)` : `(${items})`
    return `[${items}]`
  }
  if (!isDict(value)) return repr(value)
  return `{${keysIn(value)
    .map((key) => `${repr(key)}: ${flatRepr(value[nameOf(key)])}`)
    .join(', ')}}`
}

function keysIn(value: Record<string, unknown>) {
  const keys = keysOf(value)
  return sortedKeys(keys) ?? keys
}

/** Lines of a text, and of those too long their words, each as a text of its own. */
function longText(value: string, indent: number, allowance: number): string {
  const lines = value.split(/(?<=\n)/)
  const room = WIDTH - indent - (indent === 0 ? 2 : 0)
  const chunks = lines.flatMap((line, index) => {
    const last = index === lines.length - 1
    return repr(line).length <= room - (last ? allowance + (indent === 0 ? 0 : 0) : 0)
      ? [line]
      : words(line, room, last ? allowance : 0)
  })
  if (chunks.length === 1) return repr(value)
  const margin = ' '.repeat(indent + (indent === 0 ? 1 : 0))
  const text = chunks.map(repr).join(`\n${margin}`)
  return indent === 0 ? `(${text})` : text
}

function words(line: string, room: number, allowance: number): string[] {
  const parts = line.match(/\S*\s*/g)!.filter((part) => part !== '')
  const chunks: string[] = []
  let current = ''
  for (const [index, part] of parts.entries()) {
    const most = room - (index === parts.length - 1 ? allowance : 0)
    if (current !== '' && repr(current + part).length > most) {
      chunks.push(current)
      current = part
    } else current += part
  }
  return current === '' ? chunks : [...chunks, current]
}
