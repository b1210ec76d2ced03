import { DEEPEST, TOO_DEEP } from '../values/depth.ts'
import type { Arguments, Expression, Target } from './ast.ts'
import { SyntaxFault } from './syntax-error.ts'
import type { TokenStream } from './token-stream.ts'

/** Words that stand for values. */
export const CONSTANTS = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])
const TUPLE_ENDS = ['variable_end', 'block_end', ')', 'end']

/** Reads what is made of several expressions: tuples, lists, maps, indices, arguments; and what can be set. */
export abstract class ValueParser {
  protected readonly stream: TokenStream
  #depth = 0

  constructor(stream: TokenStream) {
    this.stream = stream
  }

  /** Runs `read` a level deeper; there may be so many. */
  protected nested<T>(read: () => T): T {
    const { start, end } = this.stream.current
    if (this.#depth >= DEEPEST) throw new SyntaxFault(TOO_DEEP, start, end)
    this.#depth += 1
    const result = read()
    this.#depth -= 1
    return result
  }

  abstract expression(withChoice?: boolean): Expression

  /** Texts that follow each other are one. */
  protected text(): Expression {
    const { start } = this.stream.current
    let value = ''
    while (this.stream.is('string')) value += this.stream.next().value
    return { kind: 'literal', value, start, end: this.stream.lastEnd }
  }

  /** An expression, or several with commas between them, which are a tuple. */
  tuple({ mayBeEmpty = false, withChoice = true, end = '' }): Expression {
    const { start } = this.stream.current
    const items: Expression[] = []
    let isTuple = false
    while (!TUPLE_ENDS.includes(this.stream.current.type) && !(end !== '' && this.stream.isWord(end))) {
      items.push(this.expression(withChoice))
      if (!this.stream.skip(',')) break
      isTuple = true
    }
    if (!isTuple && items.length === 1) return items[0]!
    if (items.length === 0 && !mayBeEmpty) throw this.stream.unexpected('an expression')
    return { kind: 'tuple', items, start, end: this.stream.lastEnd }
  }

  protected list(): Expression {
    const { start } = this.stream.expect('[')
    const items: Expression[] = []
    while (!this.stream.is(']')) {
      items.push(this.expression())
      if (!this.stream.skip(',')) break
    }
    const { end } = this.stream.expect(']')
    return { kind: 'list', items, start, end }
  }

  protected dict(): Expression {
    const { start } = this.stream.expect('{')
    const pairs: [Expression, Expression][] = []
    while (!this.stream.is('}')) {
      const key = this.expression()
      this.stream.expect(':')
      pairs.push([key, this.expression()])
      if (!this.stream.skip(',')) break
    }
    const { end } = this.stream.expect('}')
    return { kind: 'dict', pairs, start, end }
  }

  protected index(): Expression {
    const { start } = this.stream.current
    const items: Expression[] = []
    while (!this.stream.is(']')) {
      items.push(this.#subscript())
      if (!this.stream.skip(',')) break
    }
    if (items.length === 1) return items[0]!
    return { kind: 'tuple', items, start, end: this.stream.lastEnd }
  }

  #subscript(): Expression {
    const { start } = this.stream.current
    const from = this.stream.is(':') ? undefined : this.expression()
    if (!this.stream.skip(':')) return from!
    const to = this.#bound()
    const step = this.stream.skip(':') ? this.#bound() : undefined
    return { kind: 'slice', from, to, step, start, end: this.stream.lastEnd }
  }

  #bound(): Expression | undefined {
    return [':', ']', ','].includes(this.stream.current.type) ? undefined : this.expression()
  }

  protected arguments(): Arguments {
    return this.nested(() => this.#argumentsInside())
  }

  #argumentsInside(): Arguments {
    const { stream } = this
    const args: Expression[] = []
    const named: { name: string; value: Expression }[] = []
    let rest: Expression | undefined
    let restNamed: Expression | undefined
    stream.expect('(')
    while (!stream.is(')')) {
      const { start, end } = stream.current
      if (stream.skip('*')) rest = this.expression()
      else if (stream.skip('**')) restNamed = this.expression()
      else if (stream.is('name') && stream.following.type === '=') {
        const name = stream.next().value
        stream.next()
        named.push({ name, value: this.expression() })
      } else {
        if (named.length > 0 || rest !== undefined || restNamed !== undefined) {
          throw new SyntaxFault('an argument without a name stands behind named ones', start, end)
        }
        args.push(this.expression())
      }
      if (!stream.skip(',')) break
    }
    stream.expect(')')
    return { args, named, rest, restNamed }
  }

  /** What is set: names, in tuples too, or an entry of a namespace where that is allowed. */
  target({ withNamespace = false, end = '' }): Target {
    const { start } = this.stream.current
    const items: Target[] = []
    let isTuple = false
    while (!TUPLE_ENDS.includes(this.stream.current.type) && !(end !== '' && this.stream.isWord(end))) {
      items.push(this.#oneTarget(withNamespace))
      if (!this.stream.skip(',')) break
      isTuple = true
    }
    if (!isTuple && items.length === 1) return items[0]!
    if (items.length === 0) throw this.stream.unexpected('a name')
    return { kind: 'targets', items, start, end: this.stream.lastEnd }
  }

  #oneTarget(withNamespace: boolean): Target {
    const { type, value: name, start, end } = this.stream.current
    if (type === '(') {
      this.stream.next()
      const inner = this.nested(() => this.target({ withNamespace }))
      this.stream.expect(')')
      return inner
    }
    if (type !== 'name') throw this.stream.unexpected('a name')
    if (CONSTANTS.has(name)) throw new SyntaxFault(`${name} cannot be set`, start, end)
    this.stream.next()
    if (!withNamespace || !this.stream.skip('.')) return { kind: 'name', name, start, end }
    const entry = this.stream.expect('name')
    return { kind: 'entry', name, entry: entry.value, start, end: entry.end }
  }
}
