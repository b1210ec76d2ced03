import { didYouMean } from '../values/problem.ts'
import type { Body, Call, Expression, Filter, Parameter, Statement } from './ast.ts'
import { type Token, tokensOf, tokensOfExpression } from './lexer.ts'
import type { Options } from './options.ts'
import { ExpressionParser } from './parse-expressions.ts'
import { SyntaxFault } from './syntax-error.ts'
import { TokenStream } from './token-stream.ts'

/** The statements of a template from `start` on; raises SyntaxFault. */
export function parseTemplate(text: string, options: Options, start: number): Body {
  return new StatementParser(new TokenStream(tokensOf(text, options, start), text.length)).template()
}

/** An expression that stands alone; raises SyntaxFault. */
export function parseExpression(text: string): Expression {
  const stream = new TokenStream(tokensOfExpression(text), text.length)
  const expression = new ExpressionParser(stream).tuple({})
  stream.expect('end')
  return expression
}

/** An open block: what it is called, where it began, and what may end the part of it that is being read. */
interface Open {
  readonly tag: Token
  readonly ends: readonly string[]
}

class StatementParser extends ExpressionParser {
  readonly #open: Open[] = []
  readonly #blocks = new Set<string>()
  /** How many loops of this macro or block there are around. */
  #loops = 0

  template(): Body {
    return this.#statements()
  }

  /** Statements up to the word that ends the innermost open block, which becomes the current one, or to the end. */
  #statements(): Body {
    const found: Statement[] = []
    const { stream } = this
    for (;;) {
      const { type, value, start, end } = stream.current
      if (type === 'end') break
      stream.next()
      if (type === 'data') found.push({ kind: 'text', text: value, start, end })
      else if (type === 'variable_begin') {
        found.push({ kind: 'print', value: this.tuple({}), start, end: stream.current.start })
        stream.expect('variable_end')
      } else {
        const open = this.#open.at(-1)
        if (open !== undefined && stream.isWord(...open.ends)) break
        found.push(this.nested(() => this.#statement()))
        stream.expect('block_end')
      }
    }
    return found
  }

  /** What stands in a block up to one of the words that end it, which is given too. */
  #body(tag: Token, ends: readonly string[]): { body: Body; end: string } {
    this.stream.skip(':')
    this.stream.expect('block_end')
    this.#open.push({ tag, ends })
    const body = this.#statements()
    if (this.stream.is('end')) throw neverClosed(tag, ends.at(-1)!)
    this.#open.pop()
    return { body, end: this.stream.next().value }
  }

  #wholeBody(tag: Token): Body {
    return this.#body(tag, [`end${tag.value}`]).body
  }

  /** The body of a macro or block, from which no loop around can be left. */
  #ownBody(tag: Token): Body {
    const loops = this.#loops
    this.#loops = 0
    const body = this.#wholeBody(tag)
    this.#loops = loops
    return body
  }

  #statement(): Statement {
    const tag = this.stream.expect('name')
    const read = Object.hasOwn(readers, tag.value) ? readers[tag.value] : undefined
    if (read === undefined) throw this.#unknown(tag)
    return { ...read.call(this, tag), start: tag.start, end: this.stream.lastEnd } as Statement
  }

  #unknown({ value, start, end }: Token): SyntaxFault {
    const open = this.#open.at(-1)
    if (open !== undefined && /^(end|else|elif)/.test(value)) {
      const wanted = open.ends.map((word) => `{% ${word} %}`).join(' or ')
      return new SyntaxFault(`{% ${value} %} stands where ${wanted} is expected`, start, end)
    }
    if (/^(end|else$|elif$)/.test(value)) return new SyntaxFault(`{% ${value} %} closes no block`, start, end)
    return new SyntaxFault(
      `unknown statement "${value}"`,
      start,
      end,
      didYouMean(value, Object.keys(readers)),
    )
  }

  if(tag: Token) {
    const branches: { condition: Expression; body: Body }[] = []
    let otherwise: Body = []
    for (let word = 'elif'; word !== 'endif'; ) {
      const condition = this.tuple({ withChoice: false })
      const { body, end } = this.#body(tag, ['elif', 'else', 'endif'])
      branches.push({ condition, body })
      word = end
      if (end !== 'else') continue
      otherwise = this.#body(tag, ['endif']).body
      break
    }
    return { kind: 'if', branches, otherwise }
  }

  for(tag: Token) {
    const target = this.target({ end: 'in' })
    this.stream.expectWord('in')
    const of = this.tuple({ withChoice: false, end: 'recursive' })
    const condition = this.stream.skipWord('if') ? this.expression() : undefined
    const recursive = this.stream.skipWord('recursive')
    this.#loops += 1
    const { body, end } = this.#body(tag, ['else', 'endfor'])
    this.#loops -= 1
    const otherwise = end === 'else' ? this.#body(tag, ['endfor']).body : []
    return { kind: 'for', target, of, condition, recursive, body, otherwise }
  }

  set(tag: Token) {
    const target = this.target({ withNamespace: true })
    if (this.stream.skip('=')) return { kind: 'set', target, value: this.tuple({}) }
    const filter = this.stream.is('|') ? this.#filterChain() : undefined
    return { kind: 'set block', target, filter, body: this.#wholeBody(tag) }
  }

  with(tag: Token) {
    const bindings: { target: ReturnType<ExpressionParser['target']>; value: Expression }[] = []
    while (!this.stream.is('block_end')) {
      if (bindings.length > 0) this.stream.expect(',')
      const target = this.target({})
      this.stream.expect('=')
      bindings.push({ target, value: this.expression() })
    }
    return { kind: 'with', bindings, body: this.#wholeBody(tag) }
  }

  macro(tag: Token) {
    const name = this.stream.expect('name').value
    const parameters = this.#parameters()
    return { kind: 'macro', name, parameters, body: this.#ownBody(tag) }
  }

  #parameters(): Parameter[] {
    const found: Parameter[] = []
    this.stream.expect('(')
    while (!this.stream.is(')')) {
      const { value: name, start, end } = this.stream.expect('name')
      const fallback = this.stream.skip('=') ? this.expression() : undefined
      if (fallback === undefined && found.at(-1)?.fallback !== undefined) {
        throw new SyntaxFault(`"${name}" needs a default, as the one before it has one`, start, end)
      }
      found.push({ name, fallback })
      if (!this.stream.is(')')) this.stream.expect(',')
    }
    this.stream.expect(')')
    return found
  }

  callBlock(tag: Token) {
    const parameters = this.stream.is('(') ? this.#parameters() : []
    const call = this.expression()
    if (call.kind !== 'call') throw new SyntaxFault('call needs the call of a macro', call.start, call.end)
    return { kind: 'call block', call: call as Call, parameters, body: this.#ownBody(tag) }
  }

  filterBlock(tag: Token) {
    return { kind: 'filter block', filter: this.#filterChain(true), body: this.#wholeBody(tag) }
  }

  /** Filters upon each other, for what stands in a block. */
  #filterChain(atHead = false): Filter {
    let filter: Filter | undefined
    for (let reads = atHead || this.stream.skip('|'); reads; reads = this.stream.skip('|')) {
      filter = this.filter(filter, filter?.start ?? this.stream.current.start)
    }
    return filter!
  }

  block(tag: Token) {
    const name = this.stream.expect('name').value
    if (this.#blocks.has(name))
      throw new SyntaxFault(`there are two blocks "${name}"`, tag.start, this.stream.lastEnd)
    this.#blocks.add(name)
    const scoped = this.stream.skipWord('scoped')
    const required = this.stream.skipWord('required')
    const body = this.#ownBody(tag)
    this.stream.skipWord(name)
    return { kind: 'block', name, scoped, required, body }
  }

  extends() {
    return { kind: 'extends', template: this.expression() }
  }

  include() {
    const template = this.expression()
    const ignoreMissing = this.stream.isWord('ignore') && this.stream.following.value === 'missing'
    if (ignoreMissing) {
      this.stream.next()
      this.stream.next()
    }
    return { kind: 'include', template, ignoreMissing, withContext: this.#context() ?? true }
  }

  import() {
    const template = this.expression()
    this.stream.expectWord('as')
    const as = this.stream.expect('name').value
    return { kind: 'import', template, as, withContext: this.#context() ?? false }
  }

  from() {
    const template = this.expression()
    this.stream.expectWord('import')
    const as: { name: string; as: string }[] = []
    let withContext = this.#context()
    while (withContext === undefined) {
      const { value: name, start, end } = this.stream.expect('name')
      if (name.startsWith('_')) {
        throw new SyntaxFault('a name that begins with _ cannot be imported', start, end)
      }
      as.push({ name, as: this.stream.skipWord('as') ? this.stream.expect('name').value : name })
      withContext = this.#context()
      if (withContext !== undefined || !this.stream.skip(',')) break
      withContext = this.#context()
    }
    return { kind: 'import', template, as, withContext: withContext ?? false }
  }

  #context(): boolean | undefined {
    if (!this.stream.isWord('with', 'without') || this.stream.following.value !== 'context') return undefined
    const withContext = this.stream.next().value === 'with'
    this.stream.next()
    return withContext
  }

  print() {
    const items = [this.expression()]
    while (this.stream.skip(',')) items.push(this.expression())
    const prints = items.map((value) => ({ kind: 'print', value, start: value.start, end: value.end }))
    return { kind: 'scope', body: prints }
  }

  do() {
    return { kind: 'do', value: this.tuple({}) }
  }

  autoescape(tag: Token) {
    this.expression()
    return { kind: 'scope', body: this.#wholeBody(tag) }
  }

  leave({ value, start, end }: Token) {
    if (this.#loops === 0) throw new SyntaxFault(`{% ${value} %} stands outside of any loop`, start, end)
    return { kind: value }
  }
}

type Reader = (this: StatementParser, tag: Token) => { kind: string }

const { prototype } = StatementParser

const readers: Readonly<Record<string, Reader>> = {
  if: prototype.if,
  for: prototype.for,
  set: prototype.set,
  with: prototype.with,
  macro: prototype.macro,
  call: prototype.callBlock,
  filter: prototype.filterBlock,
  block: prototype.block,
  extends: prototype.extends,
  include: prototype.include,
  import: prototype.import,
  from: prototype.from,
  print: prototype.print,
  do: prototype.do,
  autoescape: prototype.autoescape,
  break: prototype.leave,
  continue: prototype.leave,
}

function neverClosed({ value, start, end }: Token, wanted: string): SyntaxFault {
  return new SyntaxFault(`{% ${value} %} is never closed`, start, end, `write {% ${wanted} %} behind it`)
}
