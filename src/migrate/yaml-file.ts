import { SyntaxFault } from '../jinja/syntax-error.ts'
import { compile } from '../template/compile.ts'
import { languagesOf } from '../template/language.ts'
import { Source, type SourceSpan } from '../values/source.ts'
import type { Node, ScalarNode } from '../values/value.ts'
import { placeInScalar } from '../yaml/scalar.ts'
import { parseYaml } from '../yaml/yaml.ts'
import { type Edit, edited } from './edits.ts'
import { Left } from './left.ts'
import { rewriteText } from './text.ts'
import type { YamlText } from './yaml-texts.ts'

/** Something that stays as it is, and why. */
export interface Remark {
  readonly place: SourceSpan
  readonly reason: string
}

/** What becomes of a text: its edits, and what it is then. */
interface Change {
  readonly text: YamlText
  readonly edits: readonly Edit[]
  readonly value: string
}

export interface RewrittenFile {
  readonly source: Source
  readonly text: string
  /** Texts that were rewritten. */
  readonly count: number
  readonly left: readonly Remark[]
}

/** A YAML file with its texts in Handlebars, as far as they mean the same; `others` are edits for other reasons. */
export function rewriteYaml(
  source: Source,
  texts: readonly YamlText[],
  others: readonly { readonly node: ScalarNode; readonly edit: Edit; readonly value: string }[],
): RewrittenFile {
  const left: Remark[] = []
  let changes = texts.flatMap((text) => changeOf(text, source, left) ?? [])
  for (;;) {
    const values = new Map<Node, string>([
      ...changes.map((change) => [change.text.node, change.value] as const),
      ...others.map(({ node, value }) => [node, value] as const),
    ])
    const text = edited(source.text, [
      ...changes.flatMap(({ edits }) => edits),
      ...others.map(({ edit }) => edit),
    ])
    const wrong = firstWrong(source, text, values)
    const bad = wrong === undefined ? undefined : changes.find((change) => change.text.node === wrong)
    if (bad === undefined) {
      if (wrong !== undefined) return { source, text: source.text, count: 0, left }
      return settled(source, text, texts, changes, left)
    }
    left.push({ place: bad.text.node.place, reason: 'in YAML it would be read in another way' })
    changes = changes.filter((change) => change !== bad)
  }
}

/** Nothing of a file is changed when texts of it would then be read in another language than they are written in. */
function settled(
  source: Source,
  text: string,
  texts: readonly YamlText[],
  changes: readonly Change[],
  left: Remark[],
): RewrittenFile {
  const after = new Source(source.path, text)
  after.language = source.language
  const languages = languagesOf(after)
  const changed = new Map(changes.map((change) => [change.text, change]))
  for (const one of texts) {
    const change = changed.get(one)
    const value = change?.value ?? one.node.value
    const { language } = compile(value, one.kind, languages)
    const before = compile(one.node.value, one.kind, languagesOf(source)).language
    const isMeant =
      change === undefined ? language === before : language === 'handlebars' || isSpacing(one, value)
    if (isMeant || before === 'handlebars') continue
    left.push({
      place: one.node.place,
      reason:
        'the rest of the file stays as it is, too: with it in Handlebars this would be read as Handlebars',
    })
    return { source, text: source.text, count: 0, left }
  }
  return { source, text, count: changes.filter(({ edits }) => edits.length > 0).length, left }
}

/** Whether a text differs from before in white space only, so that it means the same in either language. */
function isSpacing({ node }: YamlText, value: string): boolean {
  const bare = (text: string) => text.replace(/(\{\{)\s+|\s+(\}\})/g, '$1$2')
  return bare(node.value) === bare(value)
}

function changeOf(text: YamlText, source: Source, left: Remark[]): Change | undefined {
  const { node, kind } = text
  const { language, problems } = compile(node.value, kind, languagesOf(source))
  if (language === 'handlebars') return undefined
  try {
    const [problem] = problems
    if (problem !== undefined) throw new Left(`this is a mistake: ${problem.message}`, problem)
    const pieces = rewriteText(node.value, kind, text.shapeOf)
    const made = edited(node.value, pieces)
    // One that is the same in both languages stays, in whichever it is read then.
    if (made === node.value) return { text, value: made, edits: [] }
    return { text, value: made, edits: pieces.map((piece) => inSource(node, piece)) }
  } catch (error) {
    if (!(error instanceof Left) && !(error instanceof SyntaxFault)) throw error
    const place = placeInScalar(node, error.start, Math.max(error.end, error.start + 1))
    left.push({ place, reason: error.message })
    return undefined
  }
}

/** An edit of a scalar's text as one of the file, in the scalar's quotes. */
function inSource(node: ScalarNode, { start, end, text }: Edit): Edit {
  const place = placeInScalar(node, start, end)
  const quote = place.source.text[node.place.start]
  const written =
    quote === '"' ? text.replace(/["\\]/g, '\\$&') : quote === "'" ? text.replaceAll("'", "''") : text
  return { start: place.start, end: place.end, text: onLines(written, place) }
}

/** A call in place of several lines, with an argument on each; white space means nothing in it. */
function onLines(text: string, { source, start, end }: SourceSpan): string {
  if (!source.text.slice(start, end).includes('\n')) return text
  const [, open, inner, close] = /^(\{\{)?(.*?)(\}\})?$/s.exec(text)!
  const indent = ' '.repeat(source.position(start).column - 1 + (open === undefined ? 0 : 2))
  const [name, ...args] = words(inner!)
  return `${open ?? ''}${name}${args.map((arg) => `\n${indent}${arg}`).join('')}${close ?? ''}`
}

/** The words of a call; one in parentheses or quotes is whole. */
function words(text: string): string[] {
  const found = ['']
  let depth = 0
  let quote = ''
  for (const sign of text) {
    if (quote !== '') quote = sign === quote ? '' : quote
    else if (sign === '"' || sign === "'") quote = sign
    else if (sign === '(') depth += 1
    else if (sign === ')') depth -= 1
    if (sign === ' ' && depth === 0 && quote === '') found.push('')
    else found[found.length - 1] += sign
  }
  return found
}

/** The first scalar of a file that is not what it should be after a change; undefined when all are right. */
function firstWrong(source: Source, text: string, values: ReadonlyMap<Node, string>): Node | undefined {
  const { node, problems } = parseYaml(new Source(source.path, text))
  const before = parsedBefore(source)
  const [first] = values.keys()
  if (problems.length > 0 || node === undefined || before === undefined) return first
  return unlike(before, node, new Map([...values].map(([one, value]) => [one.place.start, { one, value }])))
}

const parsed = new WeakMap<Source, Node | undefined>()

function parsedBefore(source: Source): Node | undefined {
  if (!parsed.has(source)) parsed.set(source, parseYaml(source).node)
  return parsed.get(source)
}

function unlike(
  before: Node,
  after: Node,
  values: ReadonlyMap<number, { readonly one: Node; readonly value: string }>,
): Node | undefined {
  const meant = before.kind === 'scalar' ? values.get(before.place.start) : undefined
  if (before.kind === 'scalar' && after.kind === 'scalar') {
    const wanted = meant?.value ?? before.value
    return isWritten(after.value, wanted, meant !== undefined) ? undefined : (meant?.one ?? before)
  }
  if (before.kind === 'list' && after.kind === 'list' && before.items.length === after.items.length)
    return found(before.items.map((item, index) => unlike(item, after.items[index]!, values)))
  if (before.kind === 'map' && after.kind === 'map' && before.entries.length === after.entries.length)
    return found(before.entries.map(({ value }, index) => unlike(value, after.entries[index]!.value, values)))
  return meant?.one ?? before
}

/** A changed text may have been divided into lines. */
function isWritten(value: ScalarNode['value'], wanted: ScalarNode['value'], isChanged: boolean): boolean {
  if (value === wanted || (typeof value !== 'string' && String(value) === String(wanted))) return true
  const bare = (text: ScalarNode['value']) => String(text).replace(/\s+/g, ' ')
  return isChanged && typeof value === 'string' && bare(value) === bare(wanted)
}

function found(nodes: readonly (Node | undefined)[]): Node | undefined {
  return nodes.find((node) => node !== undefined)
}
