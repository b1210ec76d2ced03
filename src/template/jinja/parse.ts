/** An expression of Jinja. */
export type Tree =
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'name'; name: string }
  | { kind: 'list'; items: Tree[] }
  | { kind: 'attribute'; of: Tree; name: string }
  | { kind: 'item'; of: Tree; index: Tree }
  | { kind: 'not'; value: Tree }
  | { kind: 'operator'; operator: string; left: Tree; right: Tree }
  | { kind: 'test'; of: Tree; name: string; args: Tree[]; negated: boolean }
  | ({ kind: 'filter'; of: Tree } & Call)
  | ({ kind: 'call' } & Call)
  | { kind: 'if'; condition: Tree; yes: Tree; no: Tree }

/** A filter, function or method (then with what it is called on) and its arguments. */
export interface Call {
  readonly name: string
  readonly of?: Tree | undefined
  readonly args: Tree[]
  readonly named: Record<string, Tree>
}

/** Of one expression; nobody needs the counterpart of a longer one, and the stack has an end. */
const TOKENS_AT_MOST = 500

/** The expression that a text is in Jinja, or undefined when it is none, or a very long one. */
export function parseJinja(text: string): Tree | undefined {
  const tokens = tokensOf(text)
  if (tokens === undefined || tokens.length === 0 || tokens.length > TOKENS_AT_MOST) return undefined
  try {
    return new Parser(tokens).whole()
  } catch (error) {
    if (error instanceof NotJinja) return undefined
    throw error
  }
}

class NotJinja extends Error {}

const TOKEN =
  /\s+|("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|\/\/|[-+*/%~<>|.,()[\]=])/y

interface Token {
  readonly type: 'text' | 'number' | 'word' | 'sign'
  readonly text: string
}

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = []
  const token = new RegExp(TOKEN)
  while (token.lastIndex < text.length) {
    const match = token.exec(text)
    if (match === null) return undefined
    const [, quoted, number, word, sign] = match
    if (quoted !== undefined)
      tokens.push({ type: 'text', text: quoted.slice(1, -1).replace(/\\(["'\\])/g, '$1') })
    else if (number !== undefined) tokens.push({ type: 'number', text: number })
    else if (word !== undefined) tokens.push({ type: 'word', text: word })
    else if (sign !== undefined) tokens.push({ type: 'sign', text: sign })
  }
  return tokens
}

const CONSTANTS = new Map<string, boolean | null>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])
const RESERVED = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else'])
/** From the loosest to the tightest, as in Jinja's own parser. */
const LEVELS = [
  ['or'],
  ['and'],
  ['not'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['~'],
  ['*', '/', '//', '%'],
]

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Tree {
    const tree = this.#expression()
    if (this.#at < this.#tokens.length) throw new NotJinja()
    return tree
  }

  #expression(): Tree {
    const yes = this.#level(0)
    if (!this.#take('if')) return yes
    const condition = this.#level(0)
    if (!this.#take('else')) throw new NotJinja()
    return { kind: 'if', condition, yes, no: this.#expression() }
  }

  #level(level: number): Tree {
    const operators = LEVELS[level]
    if (operators === undefined) return this.#unary()
    if (operators[0] === 'not') {
      return this.#take('not') ? { kind: 'not', value: this.#level(level) } : this.#level(level + 1)
    }
    let left = this.#level(level + 1)
    for (;;) {
      const negated = operators.includes('in') && this.#is('not') && this.#is('in', 1)
      if (negated) this.#at += 1
      const operator = operators.find((text) => this.#is(text))
      if (operator === undefined) return left
      this.#at += 1
      const found: Tree = { kind: 'operator', operator, left, right: this.#level(level + 1) }
      left = negated ? { kind: 'not', value: found } : found
    }
  }

  #unary(): Tree {
    if (this.#is('-') && this.#tokens[this.#at + 1]?.type === 'number') {
      this.#at += 1
      return this.#behind({ kind: 'literal', value: -Number(this.#next().text) })
    }
    return this.#behind(this.#primary())
  }

  #primary(): Tree {
    const token = this.#next()
    if (token.type === 'text') return { kind: 'literal', value: token.text }
    if (token.type === 'number') return { kind: 'literal', value: Number(token.text) }
    if (token.type === 'word') {
      const constant = CONSTANTS.get(token.text)
      if (constant !== undefined) return { kind: 'literal', value: constant }
      if (RESERVED.has(token.text)) throw new NotJinja()
      if (this.#is('(')) return { kind: 'call', name: token.text, ...this.#arguments() }
      return { kind: 'name', name: token.text }
    }
    if (token.text === '(') {
      const inner = this.#expression()
      this.#expect(')')
      return inner
    }
    if (token.text !== '[') throw new NotJinja()
    return { kind: 'list', items: this.#items(']') }
  }

  /** Attributes, indexes, calls, filters and tests behind a value. */
  #behind(value: Tree): Tree {
    if (this.#take('.')) return this.#behind(this.#attribute(value))
    if (this.#take('[')) {
      const index = this.#expression()
      this.#expect(']')
      return this.#behind({ kind: 'item', of: value, index })
    }
    if (this.#take('|'))
      return this.#behind({ kind: 'filter', of: value, name: this.#name(), ...this.#arguments() })
    if (this.#take('is')) return this.#behind(this.#test(value))
    return value
  }

  #attribute(of: Tree): Tree {
    const token = this.#next()
    if (token.type === 'number')
      return { kind: 'item', of, index: { kind: 'literal', value: Number(token.text) } }
    if (token.type !== 'word') throw new NotJinja()
    if (this.#is('(')) return { kind: 'call', of, name: token.text, ...this.#arguments() }
    return { kind: 'attribute', of, name: token.text }
  }

  #test(of: Tree): Tree {
    const negated = this.#take('not')
    const name = this.#next()
    if (name.type !== 'word') throw new NotJinja()
    if (this.#is('(')) return { kind: 'test', of, name: name.text, negated, args: this.#arguments().args }
    const next = this.#tokens[this.#at]
    const hasArgument =
      next !== undefined && next.type !== 'sign' && !(next.type === 'word' && RESERVED.has(next.text))
    return { kind: 'test', of, name: name.text, negated, args: hasArgument ? [this.#unary()] : [] }
  }

  #arguments(): { args: Tree[]; named: Record<string, Tree> } {
    const args: Tree[] = []
    const named: Record<string, Tree> = {}
    if (!this.#take('(')) return { args, named }
    while (!this.#take(')')) {
      if (this.#tokens[this.#at]?.type === 'word' && this.#is('=', 1)) {
        const name = this.#name()
        this.#at += 1
        named[name] = this.#expression()
      } else args.push(this.#expression())
      if (!this.#take(',') && !this.#is(')')) throw new NotJinja()
    }
    return { args, named }
  }

  #items(end: string): Tree[] {
    const items: Tree[] = []
    while (!this.#take(end)) {
      items.push(this.#expression())
      if (!this.#take(',') && !this.#is(end)) throw new NotJinja()
    }
    return items
  }

  #name(): string {
    const parts = [this.#next()]
    while (this.#take('.')) parts.push(this.#next())
    if (parts.some((part) => part.type !== 'word')) throw new NotJinja()
    // A filter of a collection, ansible.builtin.bool, is known by its last name.
    return parts.at(-1)!.text
  }

  #next(): Token {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new NotJinja()
    this.#at += 1
    return token
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead]
    return token !== undefined && token.text === text && (token.type === 'sign' || token.type === 'word')
  }

  /** Steps over a sign or word if it stands here. */
  #take(text: string): boolean {
    const found = this.#is(text)
    if (found) this.#at += 1
    return found
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new NotJinja()
  }
}
