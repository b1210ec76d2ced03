import { Float } from '../values/float.ts'
import type { Arguments, BinaryOperator, Comparison, Expression, Filter } from './ast.ts'
import { CONSTANTS, ValueParser } from './parse-values.ts'
import { SyntaxFault } from './syntax-error.ts'

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>=']
/** What a test's only argument without parentheses can begin with. */
const ARGUMENT_STARTS = ['name', 'string', 'integer', 'float', '(', '[', '{']

/** Reads expressions, from those that bind least to those that bind most. Raises SyntaxFault. */
export class ExpressionParser extends ValueParser {
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
    return withFilter ? this.#filtersAndTests(value) : value
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
        return this.text()
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
        return this.nested(() => this.list())
      case '{':
        return this.nested(() => this.dict())
      default:
        throw stream.unexpected('an expression')
    }
  }

  #postfix(value: Expression): Expression {
    let of = value
    for (;;) {
      if (this.stream.is('.') || this.stream.is('[')) of = this.#member(of)
      else if (this.stream.is('(')) of = this.#call(of)
      else return of
    }
  }

  #filtersAndTests(value: Expression): Expression {
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
      const index = this.nested(() => this.index())
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

  #call(of: Expression): Expression {
    const given = this.arguments()
    return { kind: 'call', of, ...given, start: of.start, end: this.stream.lastEnd }
  }

  /** A filter and its arguments; the sign before it has been read. */
  filter<V extends Expression | undefined>(of: V, start: number): Filter & { readonly of: V } {
    const name = this.#dottedName()
    const nameEnd = this.stream.lastEnd
    const given = this.stream.is('(') ? this.arguments() : NO_ARGUMENTS
    return { kind: 'filter', of, name, nameEnd, ...given, start, end: this.stream.lastEnd }
  }

  #test(of: Expression): Expression {
    this.stream.next()
    const negated = this.stream.skipWord('not')
    const nameStart = this.stream.current.start
    const name = this.#dottedName()
    const given = this.stream.is('(') ? this.arguments() : this.#soleArgument()
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
}

const NO_ARGUMENTS: Arguments = { args: [], named: [] }

/** A number as Python's int: beyond what JavaScript counts exactly a bigint. */
function integer(written: string): number | bigint {
  const number = Number(written)
  return Number.isSafeInteger(number) ? number : BigInt(written)
}
