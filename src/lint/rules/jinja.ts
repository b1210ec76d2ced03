import { compile } from '../../template/compile.ts'
import { isWrittenInHandlebars, languagesOf } from '../../template/language.ts'
import type { MapNode, ScalarNode } from '../../values/value.ts'
import { placeInScalar } from '../../yaml/scalar.ts'
import type { Found } from '../finding.ts'
import { expressionsIn, spaced } from '../jinja-spacing.ts'
import type { LintFile } from '../lint-file.ts'
import type { Rule } from '../rule.ts'
import { type LintTask, scalarsIn, scalarsOf, under } from '../tasks.ts'
import { writtenText } from '../written.ts'

const FACTS = {
  id: 'jinja',
  description: 'Write templates without mistakes, and with blanks as Python has them.',
  severity: 'LOW',
  tags: ['formatting'],
  profile: 'basic',
  parts: {
    spacing: 'Write one blank inside braces and around operators: "{{ a | default(1) }}".',
    invalid: 'Put mistakes in templates right.',
  },
  fixes: true,
} as const

export const jinja: readonly Rule[] = [
  { ...FACTS, on: 'task', check: checkTask },
  { ...FACTS, on: 'play', check: checkPlay },
  { ...FACTS, on: 'file', check: checkVars },
]

const CONDITIONS = ['changed_when', 'failed_when', 'until', 'when']

function* checkTask(task: LintTask): Iterable<Found> {
  if (isWrittenInHandlebars(task.file.source)) return
  for (const { key, node } of scalarsOf(task)) yield* checkScalar(node, CONDITIONS.includes(key))
}

function* checkPlay(play: MapNode, { source }: LintFile): Iterable<Found> {
  const vars = under(play, 'vars')
  if (vars === undefined || isWrittenInHandlebars(source)) return
  for (const { node } of scalarsIn(vars)) yield* checkScalar(node, false)
}

function* checkVars({ kind, node, source }: LintFile): Iterable<Found> {
  if (kind !== 'vars' || node === undefined || isWrittenInHandlebars(source)) return
  for (const scalar of scalarsIn(node)) yield* checkScalar(scalar.node, false)
}

function* checkScalar(node: ScalarNode, isCondition: boolean): Iterable<Found> {
  const { value, unsafe } = node
  if (typeof value !== 'string' || unsafe) return
  const isBare = isCondition && !value.includes('{{')
  if (!isBare && !/\{[{%]/.test(value)) return
  const kind = isCondition ? 'expression' : 'value'
  const [problem] = compile(value, kind, ['jinja']).problems
  if (problem !== undefined) {
    if (compile(value, kind, languagesOf(node.place.source)).problems.length === 0) return
    const { message, start, end, hint } = problem
    yield { part: 'invalid', message, place: placeInScalar(node, start, end), hint }
    return
  }
  yield* isBare
    ? checkSpacing(node, value, [{ start: 0, end: value.length, kind: 'condition' }])
    : checkSpacing(node, value, expressionsIn(value) ?? [])
}

interface Stretch {
  readonly start: number
  readonly end: number
  readonly kind: 'expression' | 'statement' | 'condition'
}

/** One finding a text; where an expression is not understood, the text is left alone. */
function* checkSpacing(node: ScalarNode, value: string, stretches: readonly Stretch[]): Iterable<Found> {
  const wrong: { start: number; end: number; better: string }[] = []
  for (const { start, end, kind } of stretches) {
    const inner = value.slice(start, end)
    const better = betterSpaced(inner, kind)
    if (better === undefined) return
    if (better !== inner) wrong.push({ start, end, better })
  }
  const [first] = wrong
  if (first === undefined) return
  const edits = wrong.map(({ start, end, better }) => {
    const place = placeInScalar(node, start, end)
    return { place: wide(place, value.slice(start, end)), text: better }
  })
  const isAsWritten = edits.every(
    ({ place }, index) => writtenText(place) === value.slice(wrong[index]!.start, wrong[index]!.end),
  )
  yield {
    part: 'spacing',
    message: 'blanks are missing in the template, or too many',
    place: edits[0]!.place,
    hint: `write "${first.better.trim()}" with one blank inside the braces`,
    ...(isAsWritten && { edits }),
  }
}

/** Blanks at both ends do not count as places of a text. */
function wide(place: Found['place'], written: string): Found['place'] {
  const { source, start, end } = place
  const before = written.length - written.trimStart().length
  const after = written.length - written.trimEnd().length
  return { source, start: start - before, end: end + after }
}

function betterSpaced(inner: string, kind: Stretch['kind']): string | undefined {
  if (kind === 'condition') return inner.startsWith(' ') ? inner : spaced(inner)
  const leading = /^\s*/.exec(inner)![0]
  if (kind === 'statement') {
    const verb = /^\s*\w+/.exec(inner)?.[0]
    if (verb === undefined) return undefined
    const rest = inner.slice(verb.length)
    const better = rest.trim() === '' ? '' : spaced(rest)
    if (better === undefined) return undefined
    return `${verb.startsWith(' ') ? '' : ' '}${verb}${better === '' ? '' : ` ${better}`} `
  }
  const better = spaced(inner)
  return better === undefined ? undefined : `${leading === '' ? ' ' : leading}${better} `
}
