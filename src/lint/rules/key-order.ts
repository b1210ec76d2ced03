import type { MapEntry } from '../../values/value.ts'
import type { Edit, Found } from '../finding.ts'
import type { Rule } from '../rule.ts'
import type { LintTask } from '../tasks.ts'
import { wholeLines, writtenText } from '../written.ts'

export const keyOrder: Rule = {
  id: 'key-order',
  description: 'Write the name of a task first, and what blocks hold last.',
  severity: 'LOW',
  tags: ['formatting'],
  profile: 'basic',
  parts: { task: 'Write name first, then the module and other keywords, then block, rescue, always.' },
  fixes: true,
  on: 'task',
  check,
}

const RANKS: Readonly<Record<string, number>> = { name: 0, block: 2, rescue: 3, always: 4 }

function rank({ key }: MapEntry): number {
  return RANKS[key] ?? 1
}

function* check({ node }: LintTask): Iterable<Found> {
  const sorted = [...node.entries].sort((a, b) => rank(a) - rank(b))
  const index = sorted.findIndex((entry, at) => entry !== node.entries[at])
  if (index === -1) return
  const wrong = sorted[index]!
  yield {
    part: 'task',
    message: `"${wrong.key}" stands behind "${node.entries[index]!.key}"`,
    place: wrong.keyPlace,
    hint: `write ${sorted.map(({ key }) => key).join(', ')}`,
    ...editsFor(node.entries, sorted),
  }
}

/** Moves whole lines, and only where each key begins one and all of them are together. */
function editsFor(entries: readonly MapEntry[], sorted: readonly MapEntry[]): { edits?: Edit[] } {
  const { source } = entries[0]!.keyPlace
  const pieces = entries.map((entry, index) => {
    const start = wholeLines(entry.keyPlace).start
    const next = entries[index + 1]
    const end = next === undefined ? endOf(entry) : wholeLines(next.keyPlace).start
    return { entry, start, end, text: source.text.slice(start, end) }
  })
  const [first] = pieces
  const column = entries[0]!.keyPlace.start - first!.start
  const head = first!.text.slice(0, column)
  const isAligned = pieces.every(
    ({ entry, start, end, text }, index) =>
      end > start &&
      entry.keyPlace.start - start === column &&
      text.endsWith('\n') &&
      (index === 0 || text.slice(0, column).trim() === '') &&
      writtenText({ source, start, end }) === text,
  )
  if (!isAligned || !/^[ -]*$/.test(head) || hasLooseComment(pieces)) return {}
  const bodies = new Map(pieces.map(({ entry, text }) => [entry, text.slice(column)]))
  const text = sorted
    .map((entry, index) => (index === 0 ? head : ' '.repeat(column)) + bodies.get(entry)!)
    .join('')
  return { edits: [{ place: { source, start: first!.start, end: pieces.at(-1)!.end }, text }] }
}

/** A comment on a line of its own between keys belongs to the one or to the other: nobody knows. */
function hasLooseComment(pieces: readonly { readonly text: string }[]): boolean {
  return pieces.slice(0, -1).some(({ text }) => /\n\s*(#.*)?\n$/.test(text))
}

function endOf({ keyPlace, value }: MapEntry): number {
  const end = Math.max(keyPlace.end, value.place.end)
  const { text } = keyPlace.source
  // A block of text ends behind its last line end.
  if (text[end - 1] === '\n') return end
  const line = text.indexOf('\n', end)
  return line === -1 ? text.length : line + 1
}
