import { DEEPEST, TOO_DEEP } from '../values/depth.ts'
import { Float } from '../values/float.ts'
import type { Arguments, BinaryOperator, Comparison, Expression, Filter, Target } from './ast.ts'
import { SyntaxFault } from './syntax-error.ts'
import type { TokenStream } from './token-stream.ts'

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>=']
const CONSTANTS = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])
/** What a test's only argument without parentheses can begin with. */
const ARGUMENT_STARTS = ['name', 'string', 'integer', 'float', '(', '[', '{']
const TUPLE_ENDS = ['variable_end', 'block_end', ')', 'end']

/** Reads expressions, from those that bind least to those that bind most. Raises SyntaxFault. */
export class ExpressionParser {
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

  expression(withChoice = true): Expression {
    return this.nested(() => (withChoice ? this.#choice() : this.#or()))
  }

  #choice(): Expression {
    const { start } = this.stream.current
    let value = this.#or()
    while (this.stream.skipWord('if')) {
      const condition = this.#or()
      const no = this.stream.skipWord('else') ? this.nested(() => this.#choice()) : undefined
      value = { kind: 'choice', condition, yes: value, no, start, end: this.stream.lastEnd }
    }
    return value
  }

  #or(): Expression {
    const { start } = this.stream.current
    let left = this.#and()
    while (this.stream.skipWord('or')) {
      const right = this.#and()
      left = { kind: 'or', left, right, start, end: right.end }
    }
    return left
  }

  #and(): Expression {
    const { start } = this.stream.current
    let left = this.#not()
    while (this.stream.skipWord('and')) {
      const right = this.#not()
      left = { kind: 'and', left, right, start, end: right.end }
    }
    return left
  }

  #not(): Expression {
    const { start } = this.stream.current
    if (!this.stream.skipWord('not')) return this.#compare()
    const of = this.nested(() => this.#not())
    return { kind: 'not', of, start, end: of.end }
  }

  #compare(): Expression {
    const first = this.#sum()
    const others: { operator: Comparison; right: Expression }[] = []
    for (let operator = this.#comparison(); operator !== undefined; operator = this.#comparison()) {
      others.push({ operator, right: this.#sum() })
    }
    if (others.length === 0) return first
    return { kind: 'compare', first, others, start: first.start, end: this.stream.lastEnd }
  }

  #comparison(): Comparison | undefined {
    const { stream } = this
    if (COMPARISONS.includes(stream.current.type)) return stream.next().type as Comparison
    if (stream.skipWord('in')) return 'in'
    if (!stream.isWord('not') || stream.following.value !== 'in' || stream.following.type !== 'name')
      return undefined
    stream.next()
    stream.next()
    return 'not in'
  }

  #sum(): Expression {
    return this.#binary(['+', '-'], () => this.#concat())
  }

  #concat(): Expression {
    const parts = [this.#product()]
    while (this.stream.skip('~')) parts.push(this.#product())
    if (parts.length === 1) return parts[0]!
    return { kind: 'concat', parts, start: parts[0]!.start, end: this.stream.lastEnd }
  }

  #product(): Expression {
    return this.#binary(['*', '/', '//', '%'], () => this.#power())
  }

  #power(): Expression {
    return this.#binary(['**'], () => this.#unary(true))
  }

  #binary(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand()
    while (operators.includes(this.stream.current.type)) {
      const operator = this.stream.next().type as BinaryOperator
      const right = operand()
      left = { kind: 'binary', operator, left, right, start: left.start, end: right.end }
    }
    return left
  }

  #unary(withFilter: boolean): Expression {
    const { type, start } = this.stream.current
    let value: Expression
    if (type === '-' || type === '+') {
      this.stream.next()
      const of = this.nested(() => this.#unary(false))
      value = { kind: type === '-' ? 'negative' : 'positive', of, start, end: of.end }
    } else value = this.#primary()
    value = this.#postfix(value)
    return withFilter ? this.#filtered(value) : value
  }

  #primary(): Expression {
    const { stream } = this
    const { type, value, start, end } = stream.current
    switch (type) {
      case 'name':
        stream.next()
        if (CONSTANTS.has(value)) return { kind: 'literal', value: CONSTANTS.get(value), start, end }
        return { kind: 'name', name: value, start, end }
      case 'string':
        return this.#text()
      case 'integer':
      case 'float':
        stream.next()
        return {
          kind: 'literal',
          value: type === 'integer' ? integer(value) : Float.of(Number(value)),
          start,
          end,
        }
      case '(': {
        stream.next()
        const inner = this.nested(() => this.tuple({ mayBeEmpty: true }))
        stream.expect(')')
        return inner
      }
      case '[':
        return this.nested(() => this.#list())
      case '{':
        return this.nested(() => this.#dict())
      default:
        throw stream.unexpected('an expression')
    }
  }

  /** Texts that follow each other are one. */
  #text(): Expression {
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

  #list(): Expression {
    const { start } = this.stream.expect('[')
    const items: Expression[] = []
    while (!this.stream.is(']')) {
      items.push(this.expression())
      if (!this.stream.skip(',')) break
    }
    const { end } = this.stream.expect(']')
    return { kind: 'list', items, start, end }
  }

  #dict(): Expression {
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

  #postfix(value: Expression): Expression {
    let of = value
    for (;;) {
      if (this.stream.is('.') || this.stream.is('[')) of = this.#member(of)
      else if (this.stream.is('(')) of = this.#call(of)
      else return of
    }
  }

  #filtered(value: Expression): Expression {
    let of = value
    for (;;) {
      if (this.stream.is('|')) {
        this.stream.next()
        of = this.filter(of, of.start)
      } else if (this.stream.isWord('is')) of = this.#test(of)
      else if (this.stream.is('(')) of = this.#call(of)
      else return of
    }
  }

  #member(of: Expression): Expression {
    const { start } = of
    if (this.stream.next().type === '[') {
      const index = this.nested(() => this.#index())
      const { end } = this.stream.expect(']')
      return { kind: 'item', of, index, start, end }
    }
    const { type, value, start: nameStart, end } = this.stream.current
    if (type !== 'name' && type !== 'integer') throw this.stream.unexpected('a name behind the dot')
    this.stream.next()
    if (type === 'name') return { kind: 'attribute', of, name: value, start, end }
    const index: Expression = { kind: 'literal', value: integer(value), start: nameStart, end }
    return { kind: 'item', of, index, start, end }
  }

  #index(): Expression {
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

  #call(of: Expression): Expression {
    const given = this.#arguments()
    return { kind: 'call', of, ...given, start: of.start, end: this.stream.lastEnd }
  }

  /** A filter and its arguments; the sign before it has been read. */
  filter<V extends Expression | undefined>(of: V, start: number): Filter & { readonly of: V } {
    const name = this.#dottedName()
    const nameEnd = this.stream.lastEnd
    const given = this.stream.is('(') ? this.#arguments() : NO_ARGUMENTS
    return { kind: 'filter', of, name, nameEnd, ...given, start, end: this.stream.lastEnd }
  }

  #test(of: Expression): Expression {
    this.stream.next()
    const negated = this.stream.skipWord('not')
    const nameStart = this.stream.current.start
    const name = this.#dottedName()
    const given = this.stream.is('(') ? this.#arguments() : this.#soleArgument()
    const end = this.stream.lastEnd
    const test: Expression = { kind: 'test', of, name, nameStart, ...given, start: of.start, end }
    return negated ? { kind: 'not', of: test, start: of.start, end } : test
  }

  /** A test may have an argument without parentheses: `x is divisibleby 3`. */
  #soleArgument(): Arguments {
    const { stream } = this
    if (!ARGUMENT_STARTS.includes(stream.current.type) || stream.isWord('else', 'or', 'and'))
      return NO_ARGUMENTS
    if (stream.isWord('is')) {
      const { start, end } = stream.current
      throw new SyntaxFault('tests do not follow each other', start, end, 'join them by "and"')
    }
    return { args: [this.nested(() => this.#postfix(this.#primary()))], named: [] }
  }

  #dottedName(): string {
    let name = this.stream.expect('name').value
    while (this.stream.skip('.')) name += `.${this.stream.expect('name').value}`
    return name
  }

  #arguments(): Arguments {
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

const NO_ARGUMENTS: Arguments = { args: [], named: [] }

/** A number as Python's int: beyond what JavaScript counts exactly a bigint. */
function integer(written: string): number | bigint {
  const number = Number(written)
  return Number.isSafeInteger(number) ? number : BigInt(written)
}
