import { diffLines as compareLines, structuredPatch } from 'diff'
import { stringify } from 'yaml'
import type { TaskResult } from '../protocol/event.ts'
import type { Change } from '../sdk/module.ts'
import type { Value } from '../values/value.ts'
import { changeLine, fileOf, isStructured } from './changes.ts'
import type { Theme } from './paint.ts'
import { clean } from './text.ts'

/** Texts that differ in more lines than this are not compared line by line: it would take too long. */
const mostEdits = 1500

/** Every change of a result with before and after: text as a unified diff, others as `what: before -> after`. */
export function diffLines(result: TaskResult, look: Theme): string[] {
  const file = fileOf(result)
  return result.changes.flatMap((change) => {
    if (change.text !== undefined) {
      const name = file === undefined ? change.what : `${file} (${change.what})`
      return textDiff(clean(name), change.text.before, change.text.after, look)
    }
    return isStructured(change.before) || isStructured(change.after)
      ? valueDiff(change, look)
      : [changeLine(change)]
  })
}

function textDiff(name: string, before: string, after: string, look: Theme): string[] {
  return unified(`before: ${name}`, `after: ${name}`, before, after, look)
}

/** A unified diff of two texts under their names, such as `patch` takes, a line each. */
export function unified(from: string, to: string, before: string, after: string, look: Theme): string[] {
  const header = [look.paint('bold', `--- ${from}`), look.paint('bold', `+++ ${to}`)]
  const hunks = hunksOf(before, after)
  if (hunks === undefined) return [...header, TOO_MANY]
  return [
    ...header,
    ...hunks.flatMap((hunk) => {
      const place = `@@ -${stretch(hunk.oldStart, hunk.oldLines)} +${stretch(hunk.newStart, hunk.newLines)} @@`
      return [look.paint('hunk', place), ...hunk.lines.map((line) => painted(line, look))]
    }),
  ]
}

/** What is said in place of a comparison that would take too long. */
export const TOO_MANY = `more than ${mostEdits} lines differ`

interface Hunk {
  readonly oldStart: number
  readonly oldLines: number
  readonly newStart: number
  readonly newLines: number
  /** Each with its sign, as it may be shown. */
  readonly lines: readonly string[]
}

/** Where two texts differ, each place with the lines around it; undefined when they differ in too many lines. */
export function hunksOf(before: string, after: string): Hunk[] | undefined {
  const options = { context: 3, maxEditLength: before === '' || after === '' ? Infinity : mostEdits }
  const patch = structuredPatch('', '', before, after, '', '', options)
  return patch?.hunks.map((hunk) => ({ ...hunk, lines: shownLines(hunk.lines) }))
}

/** A stretch of no lines is counted from the line before it. */
function stretch(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`
}

function shownLines(lines: readonly string[]): string[] {
  const looks = (sign: string): string[] =>
    lines.filter((line) => line.startsWith(sign)).map((line) => clean(line.slice(1)).trimEnd())
  const removed = new Set(looks('-'))
  const spacing = looks('+').some((line) => removed.has(line))
  return lines.map((line) => {
    const sign = line.slice(0, 1)
    return sign + clean(spacing && sign !== ' ' ? withVisibleSpacing(line.slice(1)) : line.slice(1))
  })
}

function painted(line: string, look: Theme): string {
  if (line.startsWith('+')) return look.paint('added', line)
  return line.startsWith('-') ? look.paint('removed', line) : line
}

/** Where two lines would look the same, tabs and spaces at the end have to be seen. */
function withVisibleSpacing(line: string): string {
  return line.replaceAll('\t', '\\t').replace(/ +$/, (spaces) => '·'.repeat(spaces.length))
}

function valueDiff({ what, before, after }: Change, look: Theme): string[] {
  const parts = compareLines(yaml(before), yaml(after), { maxEditLength: mostEdits })
  if (parts === undefined) return [`${clean(what)}: more than ${mostEdits} lines differ`]
  const lines = parts.flatMap(({ added, removed, value }) =>
    value
      .trimEnd()
      .split('\n')
      .map((line) => {
        if (added) return look.paint('added', `  + ${clean(line)}`)
        return removed ? look.paint('removed', `  - ${clean(line)}`) : `    ${clean(line)}`
      }),
  )
  return [`${clean(what)}:`, ...lines]
}

/** A value as lines that can be compared. */
export function yaml(value: Value): string {
  return value === null ? '' : stringify(value, { lineWidth: 0 })
}
