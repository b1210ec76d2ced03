import { callFilter, callTest } from '../../src/filters/index.ts'
import { Tuple } from '../../src/python/tuple.ts'
import { Undefined } from '../../src/python/undefined.ts'
import { Float } from '../../src/values/float.ts'
import { type Key, mapOf } from '../../src/values/keys.ts'

/**
 * What an expression of the recorded cases gives: a literal, and filters or a test behind it. The names `missing` and
 * `omit` are the only variables, so that the filters are tested without the language.
 */
export function evaluated(text: string): unknown {
  const reader = new Reader(text)
  const value = reader.filtered()
  reader.end()
  return value
}

const TOKEN =
  /\s*(?:(\d+\.\d+(?:e[-+]?\d+)?|\d+e[-+]?\d+)|(\d+)|'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"|([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(==|!=|<=|>=|[-+[\](){}|,:=.<>]))/y

type Token = { readonly kind: 'float' | 'int' | 'text' | 'name' | 'sign' | 'end'; readonly text: string }

class Reader {
  readonly #text: string
  #at = 0
  #next: Token

  constructor(text: string) {
    this.#text = text
    this.#next = this.#token()
  }

  end(): void {
    if (this.#next.kind !== 'end')
      throw new SyntaxError(`not read in a case: ${this.#next.text} of ${this.#text}`)
  }

  filtered(): unknown {
    let value = this.#literal()
    for (;;) {
      if (this.#takes('|')) value = this.#call(value, callFilter)
      else if (this.#next.kind === 'name' && this.#next.text === 'is') {
        this.#advance()
        value = this.#call(value, callTest)
      } else return value
    }
  }

  #call(value: unknown, call: typeof callFilter): unknown {
    const name = this.#advance().text
    const args: unknown[] = []
    const named: Record<string, unknown> = {}
    if (this.#takes('(')) {
      while (!this.#takes(')')) {
        this.#argument(args, named)
        this.#takes(',')
      }
    } else if (
      call === callTest &&
      this.#next.kind !== 'end' &&
      !['|', ')', ']', ',', '}', ':'].includes(this.#next.text)
    ) {
      args.push(this.#literal())
    }
    return call(name, value, args, named)
  }

  #argument(args: unknown[], named: Record<string, unknown>): void {
    if (this.#next.kind === 'name' && /^\s*=(?!=)/.test(this.#text.slice(this.#at))) {
      const name = this.#advance().text
      this.#advance()
      named[name] = this.filtered()
    } else args.push(this.filtered())
  }

  #literal(): unknown {
    const token = this.#advance()
    switch (token.kind) {
      case 'float':
        return Float.of(Number(token.text))
      case 'int': {
        const plain = Number(token.text)
        return Number.isSafeInteger(plain) ? plain : BigInt(token.text)
      }
      case 'text':
        return this.#behind(token.text)
      case 'name':
        return token.text === 'range' ? this.#range() : this.#behind(named(token.text))
      default:
        return this.#behind(this.#signed(token.text))
    }
  }

  /** `range(3)`, as the list that a filter would make of it. */
  #range(): unknown {
    this.#takes('(')
    const length = Number(this.#advance().text)
    this.#takes(')')
    return Array.from({ length }, (_, index) => index)
  }

  /** `.x`, `[0]` and the like, of which the cases use few. */
  #behind(value: unknown): unknown {
    for (;;) {
      if (this.#takes('.')) {
        const name = this.#advance().text
        value = part(value, name)
      } else if (this.#next.text === '[' && this.#next.kind === 'sign' && value instanceof Undefined) {
        this.#advance()
        value = part(value, this.filtered())
        this.#takes(']')
      } else return value
    }
  }

  #signed(sign: string): unknown {
    if (sign === '-') return minus(this.#literal())
    if (sign === '[') return this.#items(']')
    if (sign === '(') {
      const items = this.#items(')')
      return this.#commas === 0 ? items[0] : Tuple.from(items)
    }
    const pairs: [Key, unknown][] = []
    while (!this.#takes('}')) {
      const key = this.#literal() as Key
      this.#takes(':')
      pairs.push([key, this.filtered()])
      this.#takes(',')
    }
    return mapOf(pairs)
  }

  #commas = 0

  #items(close: string): unknown[] {
    const items: unknown[] = []
    let commas = 0
    while (!this.#takes(close)) {
      items.push(this.filtered())
      if (this.#takes(',')) commas += 1
    }
    this.#commas = commas
    return items
  }

  #takes(sign: string): boolean {
    if (this.#next.kind !== 'sign' || this.#next.text !== sign) return false
    this.#advance()
    return true
  }

  #advance(): Token {
    const token = this.#next
    this.#next = this.#token()
    return token
  }

  #token(): Token {
    TOKEN.lastIndex = this.#at
    const match = TOKEN.exec(this.#text)
    if (match === null) {
      if (this.#text.slice(this.#at).trim() !== '')
        throw new SyntaxError(`not read in a case: ${this.#text.slice(this.#at)}`)
      return { kind: 'end', text: '' }
    }
    this.#at += match[0].length
    const [, float, int, single, double, name, sign] = match
    if (float !== undefined) return { kind: 'float', text: float }
    if (int !== undefined) return { kind: 'int', text: int }
    if (name !== undefined) return { kind: 'name', text: name }
    if (sign !== undefined) return { kind: 'sign', text: sign }
    return { kind: 'text', text: unescaped(single ?? double!) }
  }
}

function named(name: string): unknown {
  switch (name) {
    case 'none':
      return null
    case 'true':
    case 'True':
      return true
    case 'false':
      return false
    default:
      return new Undefined({ name: name.split('.')[0] })
  }
}

function part(value: unknown, name: unknown): unknown {
  return value instanceof Undefined ? value : new Undefined({ of: value, name })
}

function minus(value: unknown): unknown {
  if (value instanceof Float) return Float.of(-value.valueOf())
  return typeof value === 'bigint' ? -value : -(value as number)
}

const CONTROL: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0' }

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([\s\S]))/gi, (_, hex, unit, letter) =>
    letter === undefined
      ? String.fromCharCode(Number.parseInt(hex ?? unit, 16))
      : (CONTROL[letter] ?? letter),
  )
}
