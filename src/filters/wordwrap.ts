import { isTruthy } from '../python/truth.ts'
import { filter } from './define.ts'
import { characters, integer, text } from './given.ts'
import { splitLines } from './text.ts'

export const wrapFilters = [
  filter(
    'wordwrap',
    [{ width: 79, break_long_words: true, wrapstring: null, break_on_hyphens: true }],
    'A text in lines of so many characters.',
    (value: unknown, width: unknown, breaksWords: unknown, wrapstring: unknown, atHyphens: unknown) => {
      const most = Number(integer(width))
      const end = wrapstring === null ? '\n' : text(wrapstring)
      const wrap = (line: string) =>
        wrapped(chunksOf(line, isTruthy(atHyphens)), most, isTruthy(breaksWords), isTruthy(atHyphens))
      return splitLines(text(value))
        .map((line) => wrap(line).join(end))
        .join(end)
    },
  ),
]

const BLANKS = '[\\t\\n\\x0b\\x0c\\r ]'
const LETTER = '(?:[^\\P{L}]|_)'
const WORD = `[\\p{L}\\p{N}\\p{M}_!"'&.,?]`

// Blanks; a dash of two or more between words; a word, up to a hyphen behind two letters or up to what ends it.
const withHyphens = () =>
  new RegExp(
    `(${BLANKS}+|(?<=${WORD})-{2,}(?=[\\p{L}\\p{N}\\p{M}_])|[^\\t\\n\\x0b\\x0c\\r ][^\\t\\n\\x0b\\x0c\\r ]*?(?:` +
      `-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-${LETTER}-))(?=${LETTER}-?${LETTER})|` +
      `(?=${BLANKS}|$)|(?<=${WORD})(?=-{2,}[\\p{L}\\p{N}\\p{M}_])))`,
    'u',
  )
const atBlanks = () => new RegExp(`(${BLANKS}+)`)

/** The words and the runs of blanks of a line. */
function chunksOf(line: string, atHyphens: boolean): string[] {
  return line.split(atHyphens ? withHyphens() : atBlanks()).filter((chunk) => chunk !== '')
}

function wrapped(
  chunks: readonly string[],
  width: number,
  breaksWords: boolean,
  atHyphens: boolean,
): string[] {
  if (width <= 0) throw new Error(`the width must be above 0, and ${width} is not`)
  const left = chunks.map((chunk) => characters(chunk)).reverse()
  const isBlank = (chunk: readonly string[]) => chunk.join('').trim() === ''
  const lines: string[] = []
  while (left.length > 0) {
    if (lines.length > 0 && isBlank(left.at(-1)!)) left.pop()
    const line: string[][] = []
    let length = 0
    while (left.length > 0 && length + left.at(-1)!.length <= width) {
      const chunk = left.pop()!
      line.push(chunk)
      length += chunk.length
    }
    if (left.length > 0 && left.at(-1)!.length > width) {
      const word = left.pop()!
      if (breaksWords) {
        const at = breakingPoint(word, width - length, atHyphens)
        line.push(word.slice(0, at))
        left.push(word.slice(at))
      } else if (line.length === 0) line.push(word)
      else left.push(word)
    }
    if (line.length > 0 && isBlank(line.at(-1)!)) line.pop()
    if (line.length > 0) lines.push(line.flat().join(''))
  }
  return lines
}

/** Where a word that is too long is broken: at the last hyphen in the room that has something else before it. */
function breakingPoint(word: readonly string[], room: number, atHyphens: boolean): number {
  if (!atHyphens || word.length <= room) return room
  const hyphen = word.slice(0, room).lastIndexOf('-')
  return hyphen > 0 && word.slice(0, hyphen).some((character) => character !== '-') ? hyphen + 1 : room
}
