import type { SourceSpan } from '../values/source.ts'
import type { ScalarNode } from '../values/value.ts'

/**
 * The place in the file of a stretch of a scalar's text. A scalar's text differs from how it is written only in
 * white space (folding, indentation), quotes and escapes, so the characters in between are counted. A scalar that
 * does not stand in its source like that (a text from elsewhere) gives its own place.
 */
export function placeInScalar(node: ScalarNode, start: number, end: number): SourceSpan {
  const { place, value } = node
  if (typeof value !== 'string') return place
  const written = units(place.source.text.slice(place.start, place.end))
  const wanted = visible(value)
  if (wanted.length !== written.length || wanted.some((at, i) => value[at] !== written[i]!.character)) {
    return place
  }
  const first = wanted.findIndex((at) => at >= start)
  if (first === -1) return place
  const last = Math.max(
    first,
    wanted.findLastIndex((at) => at < end),
  )
  return {
    source: place.source,
    start: place.start + written[first]!.start,
    end: place.start + written[last]!.end,
  }
}

interface Unit {
  readonly character: string
  readonly start: number
  readonly end: number
}

/** The characters other than white space of a scalar as written, with where they are written. */
function units(text: string): Unit[] {
  const quote = text[0]
  if (quote === '|' || quote === '>') return plainUnits(text, endOfLine(text), text.length)
  if (quote === "'") return quotedUnits(text, /''|[^']/gs)
  if (quote === '"') return quotedUnits(text, /\\(?:x..|u.{4}|U.{8}|\r?\n|.)|[^"]/gs)
  return plainUnits(text, 0, text.length)
}

function endOfLine(text: string): number {
  const at = text.indexOf('\n')
  return at === -1 ? text.length : at
}

function plainUnits(text: string, from: number, to: number): Unit[] {
  const found: Unit[] = []
  for (let at = from; at < to; at += 1) {
    if (!isSpace(text[at]!)) found.push({ character: text[at]!, start: at, end: at + 1 })
  }
  return found
}

function quotedUnits(text: string, unit: RegExp): Unit[] {
  const found: Unit[] = []
  for (const match of text.slice(1, -1).matchAll(unit)) {
    const start = match.index + 1
    const end = start + match[0].length
    for (const character of characterOf(match[0])) {
      for (const half of character.split('')) if (!isSpace(half)) found.push({ character: half, start, end })
    }
  }
  return found
}

// YAML 1.2, 5.7; those that stand for white space do not matter here.
const ESCAPES: Record<string, string> = { 0: '\0', a: '\x07', b: '\b', e: '\x1b' }
const SPACES = 'tnvfrN_LP \t\r\n'

function characterOf(unit: string): string {
  if (unit === "''") return "'"
  if (!unit.startsWith('\\') || unit.length === 1) return unit
  const kind = unit[1]!
  if ('xuU'.includes(kind)) return String.fromCodePoint(Number.parseInt(unit.slice(2), 16))
  return SPACES.includes(kind) ? ' ' : (ESCAPES[kind] ?? kind)
}

function isSpace(character: string): boolean {
  return /\s/.test(character)
}

/** Where the characters other than white space stand in a text. */
function visible(text: string): number[] {
  const found: number[] = []
  for (let at = 0; at < text.length; at += 1) if (!isSpace(text[at]!)) found.push(at)
  return found
}
