import type { Problem } from '../values/problem.ts'
import { placeName, type SourceSpan } from '../values/source.ts'
import { visible } from '../values/visible.ts'
import { createTheme, type Theme } from './paint.ts'
import { clean, cleanLines, count, width } from './text.ts'

export interface DiagnosticOptions {
  readonly color: boolean
}

/** Longest excerpt of a source line, in characters; of longer lines the surroundings of the place are shown. */
const longest = 100

/**
 * A problem as the user is shown it, without a line end behind it: `file:line:column: what is wrong`, the line
 * of source with carets under the exact stretch, and the hint.
 */
export function formatProblem(problem: Problem, { color }: DiagnosticOptions = { color: false }): string {
  const look = createTheme({ color, unicode: true })
  const [first = '', ...more] = cleanLines(problem.message)
  const { place, hint } = problem
  const lines = [look.paint('bold', first), ...more.map((line) => `  ${line}`)]
  if (place !== undefined) {
    lines[0] = `${look.paint('place', clean(placeName(place)))}: ${lines[0]}`
    lines.push(...excerpt(place, look))
  }
  if (hint !== undefined) lines.push(...cleanLines(hint).map((line) => `  ${look.paint('hint', line)}`))
  return lines.join('\n')
}

/** All problems, each once and in the order of files and lines; of several, the number at the end. */
export function formatProblems(
  problems: readonly Problem[],
  options: DiagnosticOptions = { color: false },
): string {
  const sorted = [...problems].sort(byPlace)
  const blocks = [...new Set(sorted.map((problem) => formatProblem(problem, options)))]
  if (blocks.length > 1) blocks.push(`${count(blocks.length, 'problem')}; nothing was run`)
  return blocks.join('\n\n')
}

/** What need not be wrong, on one line. */
export function formatWarning({ message, hint, place }: Problem): string {
  const told = hint === undefined ? message : `${message}; ${hint}`
  return `[WARNING]: ${clean(told)}${place === undefined ? '' : ` (${placeName(place)})`}`
}

function byPlace({ place: a }: Problem, { place: b }: Problem): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  if (a.source.path !== b.source.path) return a.source.path < b.source.path ? -1 : 1
  return a.start - b.start
}

function excerpt(place: SourceSpan, look: Theme): string[] {
  const { line: number, column } = place.source.position(place.start)
  const line = place.source.line(number)
  if (line.trim() === '' || place.source.isSecret) return []
  const from = Math.min(column - 1, line.length)
  const to = Math.min(Math.max(from + (place.end - place.start), from), line.length)
  const { before, stretch, after } = around(line, from, to)
  const gutter = ` ${number} | `
  const empty = `${' '.repeat(gutter.length - 3)} | `
  const carets = alike(stretch, '^').trim() === '' ? '^' : alike(stretch, '^')
  return [
    look.paint('dim', gutter) + before + look.paint('failed', stretch) + after,
    look.paint('dim', empty) + alike(before, ' ') + look.paint('failed', carets),
  ]
}

/** The line in three parts, cut at both ends where it is too long. */
function around(line: string, from: number, to: number): { before: string; stretch: string; after: string } {
  const stretch = line.slice(from, Math.min(to, from + longest))
  const room = line.length <= longest ? longest : Math.max(20, longest - stretch.length)
  const start = line.length <= longest ? 0 : Math.max(0, from - Math.floor(room / 2))
  const end = line.length <= longest ? line.length : Math.min(line.length, start + room + stretch.length)
  return {
    before: (start > 0 ? '…' : '') + shown(line.slice(start, from)),
    stretch: shown(stretch),
    after: shown(line.slice(from + stretch.length, end)) + (end < line.length ? '…' : ''),
  }
}

/** Control characters as their pictures, others that nobody would see as escapes; tabs stay, they line up below. */
function shown(text: string): string {
  const picture = (control: string) => String.fromCharCode(0x2400 + control.charCodeAt(0))
  return text
    .split('\t')
    .map((part) => visible(part.replace(/[\x00-\x1f]/g, picture)))
    .join('\t')
}

/** As wide as the text and with its tabs, made of one character. */
function alike(text: string, character: string): string {
  return text
    .split('\t')
    .map((part) => character.repeat(width(part)))
    .join('\t')
}
