import { unescapeText } from './escapes.ts'
import { defaultOptions, type Options } from './options.ts'
import { SyntaxFault } from './syntax-error.ts'

/** A piece of a template; offsets into its text. An operator's type is the operator itself. */
export interface Token {
  readonly type: string
  /** Of data and texts what they stand for, of all else as written. */
  readonly value: string
  readonly start: number
  readonly end: number
}

/** Python's \s, and what its str.strip takes away. */
const BLANKS = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const BLANKS_AT_END = new RegExp(`[${BLANKS}]+$`)
const NEWLINE = '(?:\\r\\n|\\r|\\n)'
const NEWLINES = /\r\n|\r|\n/g

const EXPRESSION = new RegExp(
  [
    `([${BLANKS}]+)`,
    '((?<!\\.)(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?e[+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+))',
    '(0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\\da-f])+|[1-9](?:_?\\d)*|0(?:_?0)*)',
    '([\\p{L}\\p{N}\\p{M}\\p{Pc}]+)',
    `('[^'\\\\]*(?:\\\\.[^'\\\\]*)*'|"[^"\\\\]*(?:\\\\.[^"\\\\]*)*")`,
    '(\\*\\*|//|==|!=|>=|<=|[-+/*%~[\\](){}><=.:|,;])',
  ].join('|'),
  'isuy',
)
const KINDS = ['', 'blank', 'float', 'integer', 'name', 'string', 'operator'] as const
const IDENTIFIER = /^[\p{ID_Start}_]\p{ID_Continue}*$/u
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** The tokens of a template from `start` on, `data` for the text between tags; raises SyntaxFault. */
export function tokensOf(text: string, options: Options, start = 0): Token[] {
  const lexer = new Lexer(text, options, start)
  lexer.template()
  return lexer.tokens
}

/** The tokens of an expression that stands alone. */
export function tokensOfExpression(text: string): Token[] {
  const lexer = new Lexer(text, defaultOptions, 0)
  lexer.expression(undefined, false)
  return lexer.tokens
}

class Lexer {
  readonly tokens: Token[] = []
  readonly #text: string
  readonly #end: number
  readonly #options: Options
  readonly #start: number
  #at: number

  constructor(text: string, options: Options, start: number) {
    this.#text = text
    this.#start = start
    this.#at = start
    this.#options = options
    const last = options.keepTrailingNewline ? null : new RegExp(`${NEWLINE}$`).exec(text)
    this.#end = last?.index ?? text.length
  }

  template(): void {
    const { blockStart, variableStart, commentStart } = this.#options
    const tags = rulesFor(this.#options)
    while (this.#at < this.#end) {
      tags.opening.lastIndex = this.#at
      const found = tags.opening.exec(this.#text)
      if (found === null || found.index >= this.#end) {
        this.#data(this.#at, this.#end)
        return
      }
      const { 0: written, 1: raw, 2: opening, 3: sign, index } = found
      const isVariable = raw === undefined && opening === variableStart
      this.#data(
        this.#at,
        this.#beforeTag(index, raw === undefined ? sign! : rawSign(raw, blockStart), !isVariable),
      )
      this.#at = index + written.length
      if (raw !== undefined) this.#raw(index, tags.endraw)
      else if (opening === commentStart) this.#comment(index, tags.comment)
      else {
        const kind = isVariable ? 'variable' : 'block'
        this.#add(`${kind}_begin`, written, index)
        const end = this.expression(
          isVariable ? tags.variable : tags.block,
          isVariable && this.#options.literalBackslashes,
        )
        this.#add(`${kind}_end`, '', end)
      }
    }
  }

  /** What stands in a tag up to its end, or all there is when no end is given; gives where that end begins. */
  expression(end: RegExp | undefined, literalBackslashes: boolean): number {
    const opened: { sign: string; start: number }[] = []
    const begin = this.tokens.at(-1)?.start ?? 0
    while (this.#at < this.#text.length) {
      if (end !== undefined && opened.length === 0) {
        end.lastIndex = this.#at
        const closed = end.exec(this.#text)
        if (closed !== null) {
          this.#at = Math.min(end.lastIndex, this.#end)
          return closed.index
        }
      }
      this.#piece(opened, literalBackslashes)
    }
    const open = opened.at(-1)
    if (open !== undefined)
      throw new SyntaxFault(`this ${open.sign} is never closed`, open.start, open.start + 1)
    if (end !== undefined) throw new SyntaxFault('this tag is never closed', begin, begin + 2)
    return this.#at
  }

  #piece(opened: { sign: string; start: number }[], literalBackslashes: boolean): void {
    const start = this.#at
    EXPRESSION.lastIndex = start
    const match = EXPRESSION.exec(this.#text)
    if (match === null) throw this.#strange(start)
    const written = match[0]
    const kind = KINDS[match.findIndex((group, index) => index > 0 && group !== undefined)]!
    this.#at = EXPRESSION.lastIndex
    switch (kind) {
      case 'blank':
        return
      case 'string':
        this.#add('string', this.#unescape(written, start, literalBackslashes), start)
        return
      case 'name':
        if (!IDENTIFIER.test(written)) throw new SyntaxFault(`${written} is no name`, start, this.#at)
        this.#add('name', written, start)
        return
      case 'operator':
        this.#balance(written, start, opened)
        this.#add(written, written, start)
        return
      default:
        this.#add(kind, written.replaceAll('_', ''), start)
    }
  }

  #balance(sign: string, start: number, opened: { sign: string; start: number }[]): void {
    if (Object.hasOwn(CLOSING, sign)) opened.push({ sign, start })
    else if (sign === ')' || sign === ']' || sign === '}') {
      const open = opened.pop()
      if (open === undefined) throw new SyntaxFault(`this ${sign} closes nothing`, start, start + 1)
      if (CLOSING[open.sign] !== sign) {
        throw new SyntaxFault(`this ${sign} stands where ${CLOSING[open.sign]} is expected`, start, start + 1)
      }
    }
  }

  #unescape(written: string, start: number, literalBackslashes: boolean): string {
    const inner = written.slice(1, -1).replace(NEWLINES, this.#options.newline)
    if (!inner.includes('\\')) return inner
    if (literalBackslashes) return inner.replace(/\\(['"])/g, '$1')
    return unescapeText(inner, start + 1)
  }

  #strange(at: number): SyntaxFault {
    const character = String.fromCodePoint(this.#text.codePointAt(at)!)
    if (character === '"' || character === "'") {
      return new SyntaxFault(`the quote ${character} is not closed`, at, at + 1)
    }
    return new SyntaxFault(`${character} means nothing in an expression`, at, at + character.length)
  }

  /** Where the text before a tag ends, by the sign behind the tag's opening. */
  #beforeTag(index: number, sign: string, maySkip: boolean): number {
    const before = this.#text.slice(this.#at, index)
    if (sign === '-') return this.#at + before.replace(BLANKS_AT_END, '').length
    if (sign === '+' || !maySkip || !this.#options.lstripBlocks) return index
    const line = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1
    const startsLine = line > 0 || this.#at === this.#start || /[\r\n]/.test(this.#text[this.#at - 1]!)
    const isBlank = before.slice(line).replace(BLANKS_AT_END, '') === ''
    return startsLine && isBlank ? this.#at + line : index
  }

  #comment(start: number, end: RegExp): void {
    end.lastIndex = this.#at
    if (end.exec(this.#text) === null) throw new SyntaxFault('this comment is never closed', start, start + 2)
    this.#at = Math.min(end.lastIndex, this.#end)
  }

  #raw(start: number, end: RegExp): void {
    end.lastIndex = this.#at
    const found = end.exec(this.#text)
    if (found === null) {
      throw new SyntaxFault('{% raw %} is never closed', start, this.#at, 'write {% endraw %} behind it')
    }
    this.#data(this.#at, this.#beforeTag(found.index, found[1]!, true))
    this.#at = Math.min(end.lastIndex, this.#end)
  }

  #data(start: number, end: number): void {
    if (end <= start) return
    const value = this.#text.slice(start, end).replace(NEWLINES, this.#options.newline)
    this.tokens.push({ type: 'data', value, start, end })
  }

  #add(type: string, value: string, start: number): void {
    this.tokens.push({ type, value, start, end: this.#at })
  }
}

interface Rules {
  readonly opening: RegExp
  readonly block: RegExp
  readonly variable: RegExp
  readonly comment: RegExp
  readonly endraw: RegExp
}

const rules = new WeakMap<Options, Rules>()

/** The expressions that find tags; made once for the options of a kind of template. */
function rulesFor(options: Options): Rules {
  const known = rules.get(options)
  if (known !== undefined) return known
  const made = newRules(options)
  rules.set(options, made)
  return made
}

function newRules(options: Options): Rules {
  const [blockStart, blockEnd] = [escaped(options.blockStart), escaped(options.blockEnd)]
  const [variableEnd, commentEnd] = [escaped(options.variableEnd), escaped(options.commentEnd)]
  const blanks = `[${BLANKS}]*`
  const suffix = options.trimBlocks ? `${NEWLINE}?` : ''
  const raw = `${blockStart}[-+]?${blanks}raw${blanks}(?:-${blockEnd}${blanks}|${blockEnd})`
  const starts = [options.variableStart, options.blockStart, options.commentStart]
    .sort((one, other) => other.length - one.length)
    .map(escaped)
  const end = (closing: string) => `(?:\\+${closing}|-${closing}${blanks}|${closing}${suffix})`
  return {
    opening: new RegExp(`(${raw})|(${starts.join('|')})([-+]?)`, 'g'),
    block: new RegExp(end(blockEnd), 'y'),
    variable: new RegExp(`-${variableEnd}${blanks}|${variableEnd}`, 'y'),
    comment: new RegExp(end(commentEnd), 'g'),
    endraw: new RegExp(`${blockStart}([-+]?)${blanks}endraw${blanks}${end(blockEnd)}`, 'g'),
  }
}

function rawSign(raw: string, blockStart: string): string {
  return raw[blockStart.length]!
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
