import { BREAK, type Style } from './scalars.ts'

/** How the text is laid out. */
export interface Layout {
  /** Columns by which each level is indented: 2 to 9. */
  readonly indent: number
  /** The column behind which lines are folded at the next blank. */
  readonly width: number
  readonly unicode: boolean
  readonly lineBreak: string
}

/** Writes YAML's tokens and remembers where in the line it is. */
export class YamlWriter {
  readonly #layout: Layout
  readonly #parts: string[] = []
  #column = 0
  /** Whether a blank, or nothing, stands before the next token. */
  #blank = true
  /** Whether the line holds nothing but indentation and the indicators that count as such. */
  #indention = true
  /** The last block scalar keeps the line breaks at its end, so that the document's end has to be marked. */
  openEnded = false

  constructor(layout: Layout) {
    this.#layout = layout
  }

  get text(): string {
    return this.#parts.join('')
  }

  get column(): number {
    return this.#column
  }

  get indention(): boolean {
    return this.#indention
  }

  /** Goes to a column on a line that holds nothing yet. */
  indentTo(column: number): void {
    if (!this.#indention || this.#column > column || (this.#column === column && !this.#blank)) this.#break()
    if (this.#column < column) this.#put(' '.repeat(column - this.#column), column - this.#column)
    this.#blank = true
    this.#indention = true
  }

  /** An indicator, behind a blank unless it is attached. `opens`: blanks may be left out behind it. */
  indicator(text: string, kind: 'spaced' | 'attached' | 'opens' | 'indents' = 'spaced'): void {
    if (kind !== 'attached' && !this.#blank) this.#put(' ', 1)
    this.#put(text, text.length)
    this.#blank = kind === 'opens'
    this.#indention &&= kind === 'indents'
  }

  /** A scalar; `indent` is where its further lines begin. */
  scalar(text: string, style: Style, indent: number, mayFold: boolean): void {
    const chars = Array.from(text)
    if (style === 'plain') this.#plain(chars, indent, mayFold)
    else if (style === "'") this.#singleQuoted(chars, indent, mayFold)
    else if (style === '"') this.#doubleQuoted(chars, indent, mayFold)
    else if (style === '|') this.#literal(chars, indent)
    else this.#folded(chars, indent)
  }

  #plain(chars: readonly string[], indent: number, mayFold: boolean): void {
    if (!this.#blank && chars.length > 0) this.#put(' ', 1)
    for (const [at, char] of chars.entries())
      if (mayFold && chars[at + 1] !== ' ' && this.#folds(chars, at)) this.indentTo(indent)
      else this.#ink(char)
    this.#blank = false
    this.#indention = false
  }

  #singleQuoted(chars: readonly string[], indent: number, mayFold: boolean): void {
    this.indicator("'")
    let broken = false
    for (const [at, char] of chars.entries()) {
      if (BREAK.test(char)) {
        if (!broken && char === '\n') this.#break()
        this.#breakWith(char)
        broken = true
        continue
      }
      if (char === ' ') {
        if (mayFold && chars[at + 1] !== ' ' && this.#foldsWithin(chars, at)) this.indentTo(indent)
        else this.#put(char, 1)
        continue
      }
      if (broken) this.indentTo(indent)
      if (char === "'") this.#ink(char)
      this.#ink(char)
      broken = false
    }
    if (broken) this.indentTo(indent)
    this.indicator("'", 'attached')
  }

  #doubleQuoted(chars: readonly string[], indent: number, mayFold: boolean): void {
    this.indicator('"')
    for (const [at, char] of chars.entries()) {
      if (mayFold && this.#foldsWithin(chars, at)) {
        this.indentTo(indent)
        if (chars[at + 1] === ' ') this.#put('\\', 1)
        continue
      }
      const text = this.#isBare(char) ? char : escaped(char)
      this.#put(text, text === char ? 1 : text.length)
    }
    this.indicator('"', 'attached')
  }

  #literal(chars: readonly string[], indent: number): void {
    this.#blockHeader('|', chars)
    let broken = true
    for (const char of chars) {
      const isBreak = BREAK.test(char)
      if (isBreak) this.#breakWith(char)
      else {
        if (broken) this.indentTo(indent)
        this.#ink(char)
      }
      broken = isBreak
    }
  }

  #folded(chars: readonly string[], indent: number): void {
    this.#blockHeader('>', chars)
    let broken = true
    let leading = true
    for (const [at, char] of chars.entries()) {
      if (BREAK.test(char)) {
        if (!broken && !leading && char === '\n' && startsText(chars, at)) this.#break()
        this.#breakWith(char)
        broken = true
        continue
      }
      if (broken) {
        this.indentTo(indent)
        leading = char === ' ' || char === '\t'
      }
      if (!broken && char === ' ' && chars[at + 1] !== ' ' && this.#isFull()) this.indentTo(indent)
      else this.#put(char, 1)
      this.#indention = false
      broken = false
    }
  }

  /** The line of a block scalar that says how its indentation and its end are to be read. */
  #blockHeader(indicator: '|' | '>', chars: readonly string[]): void {
    const [first, before, last] = [chars[0] ?? '', chars.at(-2), chars.at(-1) ?? '']
    const indentation = first === ' ' || BREAK.test(first) ? String(this.#layout.indent) : ''
    const keeps = BREAK.test(last) && (before === undefined || BREAK.test(before))
    this.indicator(`${indicator}${indentation}${keeps ? '+' : BREAK.test(last) ? '' : '-'}`)
    this.openEnded = keeps
    this.#break()
    this.#indention = true
    this.#blank = true
  }

  /** Whether the line goes on below instead of with the blank at this place. */
  #folds(chars: readonly string[], at: number): boolean {
    return chars[at] === ' ' && chars[at - 1] !== ' ' && this.#isFull()
  }

  #foldsWithin(chars: readonly string[], at: number): boolean {
    return at > 0 && at < chars.length - 1 && this.#folds(chars, at)
  }

  #isFull(): boolean {
    return this.#column > this.#layout.width
  }

  #isBare(char: string): boolean {
    return char !== '"' && char !== '\\' && (this.#layout.unicode ? BARE : BARE_ASCII).test(char)
  }

  /** A character of a scalar: the line is no longer mere indentation. */
  #ink(char: string): void {
    this.#put(char, 1)
    this.#indention = false
  }

  #put(text: string, columns: number): void {
    this.#parts.push(text)
    this.#column += columns
  }

  #break(): void {
    this.#parts.push(this.#layout.lineBreak)
    this.#column = 0
  }

  #breakWith(char: string): void {
    if (char === '\n') this.#break()
    else {
      this.#parts.push(char)
      this.#column = 0
    }
    this.#indention = true
  }
}

/** Whether what follows a run of line breaks is neither blank nor the end. */
function startsText(chars: readonly string[], at: number): boolean {
  const next = chars.slice(at).find((char) => !BREAK.test(char))
  return next !== undefined && next !== ' ' && next !== '\t'
}

/** A character in the escaped form of double quotes. */
function escaped(char: string): string {
  const short = ESCAPES[char]
  if (short !== undefined) return `\\${short}`
  const code = char.codePointAt(0)!.toString(16).toUpperCase()
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`
}

const ESCAPES: { readonly [char: string]: string } = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
}

const BARE = /^[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/
const BARE_ASCII = /^[\x20-\x7e]$/
