import { eastAsianWidth } from 'get-east-asian-width'
import { linesOf } from '../values/lines.ts'
import { visible } from '../values/visible.ts'

/** Escape sequences of terminals (ECMA-48): operating system commands, control sequences, and the short ones. */
const sequences = /\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|\[[0-?]*[ -/]*[@-~]|[ -/]*[0-Z\\^-~])/g

/**
 * Text of unknown origin as one line that is safe to print anywhere: escape sequences taken out, tabs as spaces
 * up to the next multiple of eight, every other character that would not be seen written as an escape.
 */
export function clean(text: string): string {
  return visible(expandTabs(text.replace(sequences, '')))
}

/** The lines of a text, each cleaned; a carriage return ends a line too, and the last end makes no empty line. */
export function cleanLines(text: string): string[] {
  return linesOf(text).map(clean)
}

function expandTabs(text: string): string {
  if (!text.includes('\t')) return text
  const parts = text.split('\t')
  const last = parts.pop()!
  return parts.map((part) => part + ' '.repeat(8 - (widthForTab(part) % 8))).join('') + last
}

/** Nobody sees whether a tab behind a thousand characters ends in the right column. */
function widthForTab(text: string): number {
  return text.length > 1000 ? text.length : width(text)
}

/**
 * Text of which every character takes one column, whatever its neighbours: Latin, Greek, Cyrillic, punctuation,
 * arrows, lines, Braille and the reports' own symbols. Nearly all text is, and segmenting costs 100 times as much.
 */
const narrow =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u0391-\u03ff\u0400-\u0482\u048a-\u052f\u2010-\u2027\u2190-\u21ff\u2500-\u257f\u2713\u2717\u2800-\u28ff]*$/
const shown =
  /[^\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Nonspacing_Mark}\p{Enclosing_Mark}\p{Surrogate}]/u
const picture = /\p{RI}{2}|(?!\p{RI})\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\u20e3/u

/** Columns that a text takes up on a terminal; escape sequences take none. */
export function width(text: string): number {
  if (narrow.test(text)) return text.length
  const bare = text.replace(sequences, '')
  if (narrow.test(bare)) return bare.length
  let columns = 0
  for (const { segment } of graphemes(bare)) columns += clusterWidth(segment)
  return columns
}

function clusterWidth(cluster: string): number {
  const base = shown.exec(cluster)?.[0].codePointAt(0)
  if (base === undefined) return 0
  return picture.test(cluster) ? 2 : eastAsianWidth(base)
}

let segmenter: Intl.Segmenter | undefined

/** The characters as a reader counts them. Making a segmenter costs 9 ms, so it is made for those who need it. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter()
  return segmenter.segment(text)
}

/** The text with spaces behind it, `columns` wide; longer ones stay as they are. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)))
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - width(text))) + text
}

/** The longest beginning of an unpainted text that is no wider than `columns`, with a mark where it was cut. */
export function fit(text: string, columns: number, mark = '…'): string {
  // A character may be several, but of those that are longer only the beginning is looked at.
  if (text.length <= columns * 8 && width(text) <= columns) return text
  const room = columns - width(mark)
  if (room <= 0) return mark.slice(0, Math.max(0, columns))
  let kept = ''
  let used = 0
  for (const { segment } of graphemes(text.slice(0, room * 8))) {
    used += width(segment)
    if (used > room) break
    kept += segment
  }
  return kept + mark
}

export function indent(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(columns) + line))
}

/**
 * A line, painted or not, as lines no wider than `columns`: broken between words, what follows is indented by two more.
 * A word that is wider stays whole.
 */
export function wrapped(line: string, columns: number): string[] {
  if (width(line) <= columns) return [line]
  const margin = ' '.repeat(Math.min((/^ */.exec(line)?.[0].length ?? 0) + 2, columns >> 1))
  const lines: string[] = []
  let current = ''
  for (const [piece] of line.matchAll(/\s*\S+/g)) {
    const word = piece.trimStart()
    if (current === '' || width(current + piece) <= columns) current += piece
    else {
      lines.push(current)
      current = margin + word
    }
  }
  return [...lines, current]
}

/** `1 host`, `2 hosts`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}

/** Seconds for people: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const two = (number: number): string => String(number).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}

/** Names one after the other; behind `most` of them only their number. */
export function names(list: readonly string[], most: number): string {
  if (list.length <= most + 1) return list.join(', ')
  return `${list.slice(0, most).join(', ')} and ${list.length - most} more`
}

/** Puts a heading beside a block of lines: the first line follows it, the others line up below. */
export function beside(heading: string, lines: readonly string[], columns: number): string[] {
  return lines.map((line, index) => pad(index === 0 ? heading : '', columns) + line)
}
