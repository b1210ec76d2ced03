import { DEEPEST, TOO_DEEP } from '../../values/depth.ts'
import type { Value } from '../../values/value.ts'

const BLANK = /(?:\s|#[^\n]*)*/y
const STRING =
  /[bBuU]?([rR]?)(?:'''([\s\S]*?)'''|"""([\s\S]*?)"""|'((?:[^'\\\n]|\\[\s\S])*)'|"((?:[^"\\\n]|\\[\s\S])*)")/y
const WORD = /[-+]?[\w.]+(?:(?<=\d[eE])[-+]\d+)?/y
const INTEGER = /^[-+]?(?:[1-9]\d*|0+)$/
const BASED = /^([-+]?)(0x[\da-f]+|0o[0-7]+|0b[01]+)$/i
const FLOAT = /^[-+]?(?:(?:\d+\.\d*|\.\d+)(?:e[-+]?\d+)?|\d+e[-+]?\d+)$/i
const ESCAPE = /\\(?:x([\da-f]{2})|u([\da-f]{4})|([0-7]{1,3})|([\s\S]))/gi
const ESCAPED: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

/**
 * The value that a text is in Python's notation, as Ansible reads the values of INI inventories: True, 10, 0x1f,
 * 'text', [1, 2], {'a': 1}; a tuple or set is a list. What is none of these is the text itself. Raises an Error with a
 * sentence for what is nested too deeply.
 */
export function pythonLiteral(text: string): Value {
  try {
    return new Reader(text).readAll()
  } catch (error) {
    if (error === NO_LITERAL) return text
    throw error
  }
}

/** Most texts of an inventory are none: one error serves for all, for its stack takes longer to make than all else. */
const NO_LITERAL = new Error('no literal of Python')

class Reader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  readAll(): Value {
    const value = this.#value()
    if (this.#next() === '') return value
    this.#expect(',')
    return [value, ...this.#items('')]
  }

  #value(): Value {
    const open = this.#next()
    const string = this.#take(STRING)
    if (string !== undefined) return this.#strings(string)
    if (open !== '[' && open !== '(' && open !== '{') return toScalar(this.#take(WORD)?.[0] ?? '')
    this.#at += 1
    this.#depth += 1
    if (this.#depth > DEEPEST) throw new Error(TOO_DEEP)
    const value = open === '[' ? this.#items(']') : open === '(' ? this.#tuple() : this.#braces()
    this.#depth -= 1
    return value
  }

  /** Values with commas between them, up to the closing bracket (or the end of the text, when that is ''). */
  #items(close: string): Value[] {
    const items: Value[] = []
    while (this.#next() !== close) {
      items.push(this.#value())
      if (this.#next() !== close) this.#expect(',')
    }
    this.#expect(close)
    return items
  }

  #tuple(): Value {
    if (this.#next() === ')') return this.#items(')')
    const first = this.#value()
    if (this.#next() === ')') {
      this.#expect(')')
      return first
    }
    this.#expect(',')
    return [first, ...this.#items(')')]
  }

  #braces(): Value {
    const entries: [string, Value][] = []
    while (this.#next() !== '}') {
      const key = this.#value()
      if (this.#next() !== ':') return this.#set(key)
      this.#expect(':')
      entries.push([toKey(key), this.#value()])
      if (this.#next() !== '}') this.#expect(',')
    }
    this.#expect('}')
    return Object.fromEntries(entries)
  }

  #set(first: Value): Value[] {
    if (this.#next() !== '}') this.#expect(',')
    return [first, ...this.#items('}')]
  }

  /** Strings that stand side by side are one. */
  #strings(first: RegExpExecArray): string {
    let text = ''
    for (let piece: RegExpExecArray | undefined = first; piece !== undefined; piece = this.#take(STRING)) {
      const [, raw, ...quoted] = piece
      const inner = quoted.find((one) => one !== undefined) ?? ''
      text += raw ? inner : inner.replace(ESCAPE, toCharacter)
      this.#next()
    }
    return text
  }

  /** The next character that is not blank, not yet taken; '' at the end. */
  #next(): string {
    this.#take(BLANK)
    return this.#text.slice(this.#at, this.#at + 1)
  }

  #expect(text: string): void {
    if (this.#next() !== text) throw NO_LITERAL
    this.#at += text.length
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.#at += match[0].length
    return match
  }
}

function toCharacter(whole: string, hex?: string, unicode?: string, octal?: string, other?: string): string {
  if (other !== undefined) return ESCAPED[other] ?? whole
  return String.fromCharCode(
    octal === undefined ? Number.parseInt((hex ?? unicode)!, 16) : Number.parseInt(octal, 8),
  )
}

function toScalar(word: string): Value {
  if (word === 'True' || word === 'False') return word === 'True'
  if (word === 'None') return null
  const plain = word.replace(/(?<=[\da-f])_(?=[\da-f])/gi, '')
  const based = BASED.exec(plain)
  const number = based === null ? Number(plain) : Number(based[2]) * (based[1] === '-' ? -1 : 1)
  const safe = based !== null || INTEGER.test(plain) ? Number.isSafeInteger(number) : FLOAT.test(plain)
  if (!safe) throw NO_LITERAL
  return number
}

function toKey(key: Value): string {
  if (typeof key === 'object' && key !== null) throw NO_LITERAL
  return String(key)
}
