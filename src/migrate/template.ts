import type { Body, Expression, For, Statement, Target } from '../jinja/ast.ts'
import { namesBoundBy } from '../jinja/free-names.ts'
import type { Options } from '../jinja/options.ts'
import { parseTemplate } from '../jinja/parse.ts'
import { partsOf } from '../jinja/walk.ts'
import { ExpressionWriter } from './expressions.ts'
import { laidOut } from './layout.ts'
import { Left } from './left.ts'
import { type Names, namesOutside } from './names.ts'
import { Prover, usesLoop } from './prover.ts'
import { type Shape, shape, UNKNOWN } from './shape.ts'
import { shapeOfExpression } from './shape-of.ts'
import { type Tag, type Tagged, tagsOf } from './tags.ts'
import { argument, plain, type Written } from './written.ts'

type ShapeOf = (name: string) => Shape

/** A text in which each tag has been written in Handlebars. */
export interface Rewritten {
  readonly tags: readonly { readonly start: number; readonly end: number; readonly text: string }[]
  readonly body: Body
  /** The whole text; undefined when its white space cannot be kept. */
  readonly text: string | undefined
}

/** Writes a template in Handlebars, tag by tag. Raises Left for the first part that has no counterpart, and SyntaxFault. */
export function rewriteTemplate(text: string, options: Options, from: number, shapeOf: ShapeOf): Rewritten {
  const body = parseTemplate(text, { ...options, keepTrailingNewline: true }, from)
  const tagged = tagsOf(text, options, from)
  const writer = new TemplateWriter(text, tagged, body)
  writer.body(body, namesOutside(shapeOf))
  writer.finish()
  const tags = tagged.tags.map(({ start, end }, index) => ({ start, end, text: writer.written[index]! }))
  const gaps = [
    ...tagged.tags.map(({ before, beforeStart, start }) => ({
      wanted: before,
      from: beforeStart,
      to: start,
    })),
    { wanted: tagged.rest, from: tagged.restStart, to: text.length },
  ]
  // A statement that is gone leaves its line behind.
  const kept = joined(
    tags,
    gaps.map(({ wanted, from, to }) => ({ wanted, written: tagged.hasRaw ? wanted : text.slice(from, to) })),
  )
  const whole = tags.map((tag) => ({ ...tag, text: tag.text.replaceAll(BETWEEN, '') }))
  return { tags: whole, body, text: laidOut(kept.tags, kept.gaps) }
}

/** The same for a text that is one expression, which keeps its type; undefined for any other. */
export function singlePrint(text: string, options: Options, shapeOf: ShapeOf): Rewritten | undefined {
  const body = parseTemplate(text, options, 0)
  const [first] = body
  if (body.length !== 1 || first?.kind !== 'print') return undefined
  const { tags } = tagsOf(text, options, 0)
  if (tags.length !== 1) return undefined
  const written = new ExpressionWriter(text, new Prover(namesOutside(shapeOf))).value(first.value)
  const [{ start, end }] = tags as [Tag]
  return { tags: [{ start, end, text: mustache(written, first.value) }], body, text: undefined }
}

/** Without the tags that have become nothing. */
function joined(
  tags: readonly { readonly text: string }[],
  gaps: readonly { readonly written: string; readonly wanted: string }[],
) {
  const left: { tags: string[]; gaps: { written: string; wanted: string }[] } = {
    tags: [],
    gaps: [{ ...gaps[0]! }],
  }
  for (const [index, { text }] of tags.entries()) {
    const gap = gaps[index + 1]!
    if (text === '') {
      const last = left.gaps.at(-1)!
      last.wanted += gap.wanted
      last.written = last.wanted
    } else {
      for (const [at, tag] of text.split(BETWEEN).entries()) {
        if (at > 0) left.gaps.push({ written: '', wanted: '' })
        left.tags.push(tag)
      }
      left.gaps.push({ ...gap })
    }
  }
  return left
}

class TemplateWriter {
  readonly written: string[] = []
  readonly #text: string
  readonly #tags: readonly Tag[]
  readonly #body: Body
  #at = 0

  constructor(text: string, { tags }: Tagged, body: Body) {
    this.#text = text
    this.#tags = tags
    this.#body = body
  }

  body(body: Body, around: Names): void {
    let inside = around
    for (const statement of body) inside = this.#statement(statement, inside)
  }

  finish(): void {
    this.#comments()
  }

  /** What stands behind a statement may see a name that it sets. */
  #statement(node: Statement, around: Names): Names {
    if (node.kind === 'text') return around
    switch (node.kind) {
      case 'print':
        this.#print(node.value, around)
        return around
      case 'if':
        this.#if(node, around)
        return around
      case 'for':
        this.#for(node, around)
        return around
      case 'set':
        return this.#set(node, around)
      default:
        throw new Left(`${LEFT[node.kind] ?? node.kind} in Handlebars`, node)
    }
  }

  #comments(): void {
    for (let tag = this.#tags[this.#at]; tag?.kind === 'comment'; tag = this.#tags[this.#at]) {
      const inner = this.#text.slice(tag.start, tag.end).replace(/^\{#[-+]?|[-+]?#\}$/g, '')
      if (inner.includes('--}}') || /--$/.test(inner)) throw new Left('this comment would end early', tag)
      this.written.push(`{{!--${inner}--}}`)
      this.#at += 1
    }
  }

  #next(word?: string): Tag {
    this.#comments()
    const tag = this.#tags[this.#at]
    if (tag === undefined || (word !== undefined && tag.word !== word))
      throw new Left('this statement is left', tag ?? { start: 0, end: 1 })
    this.#at += 1
    return tag
  }

  #print(node: Expression, around: Names): void {
    const tag = this.#next()
    if (tag.kind !== 'print') throw new Left('{% print %} is left', tag)
    this.written.push(mustache(this.#expressions(around).printed(node), node))
  }

  #expressions(names: Names): ExpressionWriter {
    return new ExpressionWriter(this.#text, new Prover(names))
  }

  #if(node: Statement & { kind: 'if' }, around: Names): void {
    for (const [index, { condition, body }] of node.branches.entries()) {
      this.#next(index === 0 ? 'if' : 'elif')
      const word = index === 0 ? '#if' : 'else if'
      this.written.push(`{{${word} ${argument(this.#expressions(around).truth(condition))}}}`)
      this.body(body, around)
    }
    this.#else(node.otherwise, around)
    this.#next('endif')
    this.written.push('{{/if}}')
  }

  #else(otherwise: Body, around: Names): void {
    this.#comments()
    if (this.#tags[this.#at]?.word !== 'else') return
    this.#next('else')
    this.written.push('{{else}}')
    this.body(otherwise, around)
  }

  #for(node: For, around: Names): void {
    this.#next('for')
    if (node.recursive) throw new Left('a recursive loop has no counterpart in Handlebars', node)
    if (node.condition !== undefined && (node.otherwise.length > 0 || usesLoop(node.body)))
      throw new Left('a loop with a condition that counts its items has no counterpart in Handlebars', node)
    const { params, list, written } = this.#head(node, around)
    const bound = new Map(around.bound)
    for (const name of params) bound.set(name, plain(name))
    const item = shapeOfExpression(list, around.shapeOf).items ?? ITEM
    const shapeOf: ShapeOf = (name) =>
      name === params[0] ? item : params.includes(name) ? shape('text') : around.shapeOf(name)
    const inside: Names = { bound, isInItem: true, loop: { list, written }, shapeOf }
    const { condition } = node
    const guard =
      condition === undefined ? '' : `{{#if ${argument(this.#expressions(inside).truth(condition))}}}`
    this.written.push(
      `{{#each ${argument(written)} as |${params.join(' ')}|}}${guard === '' ? '' : BETWEEN + guard}`,
    )
    this.body(node.body, inside)
    this.#else(node.otherwise, around)
    this.#next('endfor')
    this.written.push(guard === '' ? '{{/each}}' : `{{/if}}${BETWEEN}{{/each}}`)
  }

  #head(node: For, around: Names): { params: string[]; list: Expression; written: Written } {
    const { target, of } = node
    const writer = this.#expressions(around)
    const pair = pairOf(target, of)
    if (pair !== undefined) return { ...pair, written: writer.pairs(of, pair.list) }
    if (target.kind !== 'name')
      throw new Left('a loop with several names, other than over the items of a map, is left', node)
    return { params: [target.name], list: of, written: writer.gone(of) }
  }

  /** A name that is set once is written as what it stands for. */
  #set(node: Statement & { kind: 'set' }, around: Names): Names {
    this.#next('set')
    const { target, value } = node
    if (target.kind !== 'name') throw new Left('Handlebars sets no variables', node)
    const set = [...partsOf(this.#body)].flatMap((part) => namesBoundBy(part as Statement))
    if (set.filter((name) => name === target.name).length > 1 || !this.#body.includes(node))
      throw new Left(
        'Handlebars sets no variables, and this one is set in a branch, in a loop or twice',
        node,
      )
    if ([...partsOf(value)].length > LONGEST || value.kind === 'tuple')
      throw new Left('Handlebars sets no variables, and this is long', node)
    this.written.push('')
    const bound = new Map(around.bound).set(target.name, value)
    const own = shapeOfExpression(value, around.shapeOf)
    return { ...around, bound, shapeOf: (name) => (name === target.name ? own : around.shapeOf(name)) }
  }
}

/** Stands between two tags that are written for one. */
const BETWEEN = '\0'
/** Parts of an expression that is written again wherever the name stands that is set to it. */
const LONGEST = 12
const ITEM: Shape = { ...UNKNOWN, mayBeMissing: false }

const LEFT: Readonly<Record<string, string>> = {
  'set block': 'there is no {% set %} of a text',
  with: 'there is no {% with %}',
  macro: 'there are no macros',
  'call block': 'there are no macros',
  'filter block': 'there are no filters of blocks',
  block: 'there is no inheritance',
  extends: 'there is no inheritance',
  include: 'there are no partials to include',
  import: 'there are no macros to import',
  do: 'there is no {% do %}',
  scope: 'there is no such statement',
  break: 'there is no {% break %}',
  continue: 'there is no {% continue %}',
}

/** An expression between braces. */
function mustache({ text, isCall }: Written, place: Expression): string {
  if (isCall && !text.includes(' '))
    throw new Left('an empty list or map alone has no counterpart in Handlebars', place)
  return `{{${text}}}`
}

/** `for key, value in map.items()`: the map, and the names as Handlebars has them. */
function pairOf(target: Target, of: Expression): { list: Expression; params: string[] } | undefined {
  if (target.kind !== 'targets' || target.items.length !== 2) return undefined
  const [key, value] = target.items
  if (key?.kind !== 'name' || value?.kind !== 'name') return undefined
  if (of.kind !== 'call' || of.args.length > 0 || of.of.kind !== 'attribute' || of.of.name !== 'items')
    return undefined
  return { list: of.of.of, params: [value.name, key.name] }
}
