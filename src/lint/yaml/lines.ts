import type { ValueMap } from '../../values/value.ts'
import type { Found } from '../finding.ts'
import type { LintFile } from '../lint-file.ts'

interface Line {
  readonly number: number
  readonly start: number
  /** In front of the line end. */
  readonly end: number
}

/** What is looked for line by line. */
export const LINE_CHECKS: Readonly<Record<string, (file: LintFile, settings: ValueMap) => Iterable<Found>>> =
  {
    'line-length': longLines,
    'trailing-spaces': trailingSpaces,
    'empty-lines': emptyLines,
    'new-line-at-end-of-file': lastLine,
    'new-lines': lineEnds,
  }

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  for (let start = 0; start <= text.length; ) {
    const next = text.indexOf('\n', start)
    const last = next === -1 ? text.length : next
    lines.push({
      number: lines.length + 1,
      start,
      end: last > start && text[last - 1] === '\r' ? last - 1 : last,
    })
    if (next === -1) break
    start = next + 1
  }
  return lines
}

function* longLines(file: LintFile, { max, 'allow-non-breakable-words': words }: ValueMap): Iterable<Found> {
  const { text } = file.source
  const most = Number(max)
  for (const { start, end } of linesOf(text)) {
    // As many characters as Python counts.
    const length = [...text.slice(start, end)].length
    if (length <= most || (words === true && isUnbreakable(text.slice(start, end)))) continue
    yield {
      part: 'line-length',
      message: `the line has ${length} characters, and ${most} are allowed`,
      place: file.at(start + most, end),
    }
  }
}

/** One long word, such as an address. */
function isUnbreakable(line: string): boolean {
  const rest = line.replace(/^ */, '').replace(/^(#+ ?|- )/, '')
  return rest !== '' && !rest.includes(' ')
}

function* trailingSpaces(file: LintFile): Iterable<Found> {
  const { text } = file.source
  const inTexts = file.tokens.filter(
    ({ type, start, end }) => type.endsWith('scalar') && text.slice(start, end).includes('\n'),
  )
  for (const { start, end } of linesOf(text)) {
    const line = text.slice(start, end)
    const kept = line.trimEnd().length
    if (kept === line.length) continue
    const place = file.at(start + kept, end)
    // Within a text they belong to what it says.
    const isPart = file.tokens.length === 0 || inTexts.some((token) => token.start < end && end < token.end)
    yield {
      part: 'trailing-spaces',
      message: 'blanks stand at the end of the line',
      place,
      ...(!isPart && { edits: [{ place, text: '' }] }),
    }
  }
}

function* emptyLines(file: LintFile, settings: ValueMap): Iterable<Found> {
  const { text } = file.source
  const lines = linesOf(text)
  const last = lines.length - 1
  let blank = 0
  for (const [index, { start, end }] of lines.entries()) {
    if (index === last && start === end) break
    blank = start === end ? blank + 1 : 0
    const next = lines[index + 1]
    const isLast = next === undefined || next.start !== next.end || index + 1 === last
    if (blank === 0 || !isLast || text === '\n') continue
    const isAtStart = blank === index + 1
    const isAtEnd = index + 1 === last
    const max = Number(isAtEnd ? settings['max-end'] : isAtStart ? settings['max-start'] : settings.max)
    if (blank > max)
      yield {
        part: 'empty-lines',
        message: `${blank} lines are empty, and ${max} are allowed here`,
        place: file.at(start, start),
      }
  }
}

function* lastLine(file: LintFile): Iterable<Found> {
  const { text } = file.source
  if (text === '' || text.endsWith('\n')) return
  const place = file.at(text.length, text.length)
  // Behind a block of text a line end may be part of it.
  const isSafe =
    !file.tokens.some(({ type, end }) => type === 'block-scalar' && end === text.length) &&
    file.tokens.length > 0
  yield {
    part: 'new-line-at-end-of-file',
    message: 'the last line does not end',
    place,
    ...(isSafe && { edits: [{ place, text: '\n' }] }),
  }
}

function* lineEnds(file: LintFile, { type }: ValueMap): Iterable<Found> {
  const { text } = file.source
  const first = text.indexOf('\n')
  if (first === -1 || type === 'platform') return
  const isDos = text[first - 1] === '\r'
  if (isDos !== (type === 'dos'))
    yield {
      part: 'new-lines',
      message: `lines end with ${isDos ? 'CR LF' : 'LF'}`,
      place: file.at(isDos ? first - 1 : first, first + 1),
    }
}
