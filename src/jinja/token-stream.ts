import type { Token } from './lexer.ts'
import { SyntaxFault } from './syntax-error.ts'

/** The tokens of a template, looked at one after the other. */
export class TokenStream {
  readonly #tokens: readonly Token[]
  readonly #last: Token
  #at = 0

  /** `end`: the length of the text. */
  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens
    this.#last = { type: 'end', value: '', start: end, end }
  }

  get current(): Token {
    return this.#tokens[this.#at] ?? this.#last
  }

  get following(): Token {
    return this.#tokens[this.#at + 1] ?? this.#last
  }

  /** Where the token before the present one ends. */
  get lastEnd(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0
  }

  next(): Token {
    const token = this.current
    this.#at += 1
    return token
  }

  is(type: string): boolean {
    return this.current.type === type
  }

  isWord(...words: readonly string[]): boolean {
    return this.current.type === 'name' && words.includes(this.current.value)
  }

  skip(type: string): boolean {
    if (!this.is(type)) return false
    this.#at += 1
    return true
  }

  skipWord(word: string): boolean {
    if (!this.isWord(word)) return false
    this.#at += 1
    return true
  }

  expect(type: string): Token {
    if (this.is(type)) return this.next()
    throw this.unexpected(type === 'name' ? 'a name' : (ENDS[type] ?? type))
  }

  expectWord(word: string): Token {
    if (this.isWord(word)) return this.next()
    throw this.unexpected(word)
  }

  /** The fault of something else standing where `wanted` is needed. */
  unexpected(wanted: string, hint?: string): SyntaxFault {
    const { type, value, start, end } = this.current
    const found = type === 'end' || type.endsWith('_end') ? 'it ends here' : `here is ${shown(value)}`
    const last = type === 'end' ? this.#tokens[this.#at - 1] : undefined
    return new SyntaxFault(`${wanted} is missing: ${found}`, last?.start ?? start, last?.end ?? end, hint)
  }
}

const ENDS: Readonly<Record<string, string>> = {
  variable_end: 'an operator, a filter or the end of the expression',
  block_end: 'the end of the statement',
  end: 'the end of the expression',
}

function shown(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value)
}
