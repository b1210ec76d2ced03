import { didYouMean } from '../../values/problem.ts'
import type { NameUse, TemplateProblem } from '../compiled.ts'
import type { Helper } from '../helpers/define.ts'
import { helperNamed, helpers } from '../helpers/index.ts'
import type { SourceMapEntry } from './runtime.ts'

const LOOP_DATA = ['@index', '@key', '@first', '@last', '@root']
const BLOCKS = { if: '$test', unless: '$test', each: '$items', with: '$need' } as const
const INFIX = ['is', 'in', 'and', 'or', 'if', 'not', 'else']
type BlockName = keyof typeof BLOCKS

/** A block that may change what names mean: its parameters, and whether names may come from its item. */
interface Frame {
  readonly params: readonly string[]
  readonly hasItem: boolean
}

/**
 * Rewrites a template so that all it evaluates goes through our handlers: `a.b` becomes `$path a <site>`, a call
 * `f x` becomes `$call <site> x`, and what is put into text `$text ...`. Handlebars then still does the looking up,
 * the blocks and the text; strictness, places and conversions are the handlers'.
 */
export class Rewriter {
  readonly names: NameUse[] = []
  readonly problems: TemplateProblem[] = []
  readonly sites: SourceMapEntry[] = []
  readonly #text: string
  readonly #lines: number[]
  readonly #shift: number
  readonly #output: '$value' | '$text'
  readonly #frames: Frame[] = []

  constructor(text: string, written: string, shift: number, output: '$value' | '$text') {
    this.#text = text
    this.#shift = shift
    this.#output = output
    this.#lines = [0, ...[...written.matchAll(/\r\n?|\n/g)].map((end) => end.index + end[0].length)]
  }

  program(program: hbs.AST.Program): void {
    for (const statement of program.body) this.#statement(statement)
  }

  #statement(statement: hbs.AST.Statement): void {
    switch (statement.type) {
      case 'MustacheStatement': {
        const mustache = statement as hbs.AST.MustacheStatement
        const value = this.#expression(mustache, false)
        const site = this.#site(this.#span(mustache))
        Object.assign(mustache, call(this.#output, [value, site], mustache), {
          type: mustache.type,
          escaped: false,
        })
        break
      }
      case 'BlockStatement':
        this.#block(statement as hbs.AST.BlockStatement)
        break
      case 'PartialStatement':
      case 'PartialBlockStatement':
        this.#problem(
          statement,
          'there are no partials here',
          'use include_tasks, a role or a variable instead',
        )
        break
      case 'Decorator':
      case 'DecoratorBlock':
        this.#problem(statement, 'there are no decorators here')
        break
    }
  }

  #block(block: hbs.AST.BlockStatement): void {
    const name = block.path.original
    if (name === 'raw' && block.params.length === 0) return
    if (!Object.hasOwn(BLOCKS, name)) {
      this.#problem(
        block.path,
        `unknown block #${name}`,
        (name.length > 2 ? didYouMean(name, Object.keys(BLOCKS)) : undefined) ??
          `write {{#if ${name}}}, {{#unless ${name}}} or {{#each ${name}}}`,
      )
      return
    }
    if (block.params.length !== 1 || block.hash !== undefined) {
      this.#problem(
        block.path,
        `#${name} takes one argument`,
        `put a call in parentheses, as in {{#${name} (eq a b)}}`,
      )
      return
    }
    const handler = BLOCKS[name as BlockName]
    const value = this.#value(block.params[0]!, false)
    const site = this.#site({ ...this.#span(block.params[0]!) })
    block.params = [call(handler, handler === '$items' ? [value, site] : [value], block.params[0]!)]
    this.#inside(block.program, name === 'each' || name === 'with')
    this.#inside(block.inverse, false)
  }

  #inside(program: hbs.AST.Program | undefined, hasItem: boolean): void {
    if (program === undefined) return
    this.#frames.push({ params: program.blockParams ?? [], hasItem })
    this.program(program)
    this.#frames.pop()
  }

  #value(node: hbs.AST.Expression, guarded: boolean): hbs.AST.Expression {
    if (node.type === 'SubExpression') return this.#helperCall(node as hbs.AST.SubExpression, guarded)
    if (node.type === 'PathExpression') return this.#path(node as hbs.AST.PathExpression, guarded)
    if (node.type === 'UndefinedLiteral') this.#problem(node, 'undefined is not a value', 'write null')
    return node
  }

  /** What stands between braces: a path or literal alone is a value, with arguments it is a call. */
  #expression(node: hbs.AST.MustacheStatement, guarded: boolean): hbs.AST.Expression {
    const isCall = node.params.length > 0 || node.hash !== undefined
    return isCall ? this.#helperCall(node, guarded) : this.#value(node.path, guarded)
  }

  #helperCall(
    node: hbs.AST.MustacheStatement | hbs.AST.SubExpression,
    guarded: boolean,
  ): hbs.AST.SubExpression {
    const name = helperName(node.path)
    const helper = helperNamed(name)
    if (helper === undefined) this.#unknownHelper(node, name)
    else this.#checkArguments(node, helper)
    const named = node.hash?.pairs ?? []
    const last = node.params.length - 1
    const params = node.params.map((param, index) =>
      this.#value(param, guarded || isOptional(helper, index, last)),
    )
    for (const pair of named) pair.value = this.#value(pair.value, guarded)
    const site = this.#site({ ...this.#span(node), ...(helper && { helper }) })
    // Handlebars makes the map of named arguments back to front.
    named.reverse()
    return { ...call('$call', [site, ...params], node), ...(node.hash && { hash: node.hash }) }
  }

  #checkArguments(
    { path, params, hash }: hbs.AST.MustacheStatement | hbs.AST.SubExpression,
    { name, usage, takesNamed, refusal }: Helper,
  ): void {
    const named = hash?.pairs ?? []
    const word = params.some(isCall) ? undefined : params.find((param) => isInfix(param))
    if (word !== undefined) this.#problem(word, 'a word between values is Jinja')
    if (named.length > 0 && !takesNamed) {
      this.#refuse(named[0]!, `${name} takes no ${named[0]!.key}=`, `write ${name} ${usage}`)
    } else if (word === undefined) {
      const refused = refusal(
        params.length,
        named.map(({ key }) => key),
      )
      if (refused !== undefined) this.#refuse(path, `${name}: ${refused}`)
    }
  }

  #unknownHelper(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression, name: string): void {
    const hint = didYouMean(name, helpers.keys()) ?? 'a variable takes no arguments'
    this.#problem(node.path, `unknown helper "${name}"`, hint)
  }

  #path(path: hbs.AST.PathExpression, guarded: boolean): hbs.AST.Expression {
    const span = this.#span(path)
    const { head, tail, name } = divide(path)
    if (path.data && !LOOP_DATA.includes(name!))
      this.#problem(path, `there is no ${name}`, didYouMean(name!, LOOP_DATA))
    const free = name === undefined || path.data ? undefined : name
    if (free !== undefined && !this.#bound(free)) this.names.push({ name: free, ...span, guarded })
    if (path.data && name === '@root' && tail[0] !== undefined)
      this.names.push({ name: tail[0], ...span, guarded })
    const site = this.#site({ ...span, ...(name !== undefined && { head: name }), tail })
    return call('$path', [head, site], path)
  }

  #bound(name: string): boolean {
    return this.#frames.some(({ params, hasItem }) => hasItem || params.includes(name))
  }

  #site(site: SourceMapEntry): hbs.AST.NumberLiteral {
    const index = this.sites.push(site) - 1
    return { type: 'NumberLiteral', value: index, original: index, loc: undefined as never }
  }

  /** What a known helper is given can be nothing but a call of it. */
  #refuse(node: hbs.AST.Node, message: string, hint?: string): void {
    this.problems.push({ message, hint, isCertain: true, ...this.#span(node) })
  }

  #problem(node: hbs.AST.Node, message: string, hint?: string): void {
    this.problems.push({ message, hint, ...this.#span(node) })
  }

  #span(node: hbs.AST.Node): { start: number; end: number } {
    return { start: this.#offset(node.loc.start), end: this.#offset(node.loc.end) }
  }

  #offset({ line, column }: hbs.AST.Position): number {
    const at = (this.#lines[line - 1] ?? 0) + column - this.#shift
    return Math.max(0, Math.min(at, this.#text.length))
  }
}

/** Splits a path into what Handlebars looks up (a variable, block parameter, @data or context) and the rest. */
function divide(path: hbs.AST.PathExpression) {
  const scoped = path.depth > 0 || /^(\.|this\b)/.test(path.original)
  if (!path.data && scoped) {
    const head = { ...path, parts: [], original: 'this' }
    return { head, tail: path.parts, name: undefined }
  }
  const [name = '', ...tail] = path.parts
  // A head's original must not look like `this`, which Handlebars finds in "do_this" too.
  const head = { ...path, parts: [name], original: 'name' }
  return { head, tail, name: path.data ? `@${name}` : name }
}

function call(name: string, params: hbs.AST.Expression[], node: hbs.AST.Node): hbs.AST.SubExpression {
  const path: hbs.AST.PathExpression = {
    type: 'PathExpression',
    data: false,
    depth: 0,
    parts: [name],
    original: name,
    loc: node.loc,
  }
  return { type: 'SubExpression', path, params, hash: undefined as never, loc: node.loc }
}

/** `undefined x` calls the helper of that name, though Handlebars reads a literal. */
function helperName(path: hbs.AST.PathExpression | hbs.AST.Literal): string {
  if (path.type === 'UndefinedLiteral') return 'undefined'
  return String((path as hbs.AST.PathExpression).original)
}

/** Values beside each other in parentheses, `(first list)`, mean nothing in Jinja. */
function isCall(node: hbs.AST.Expression): boolean {
  return node.type === 'SubExpression' && (node as hbs.AST.SubExpression).params.length > 0
}

/** `version is defined` is Jinja, though there is a helper of that name. */
function isInfix(param: hbs.AST.Expression): boolean {
  return param.type === 'PathExpression' && INFIX.includes((param as hbs.AST.PathExpression).original)
}

function isOptional(helper: Helper | undefined, index: number, last: number): boolean {
  return (
    helper?.optionalArguments === 'all' || (helper?.optionalArguments === 'all but the last' && index < last)
  )
}
