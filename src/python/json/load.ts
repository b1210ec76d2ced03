import { DEEPEST, TOO_DEEP } from '../../values/depth.ts'
import { Float } from '../../values/float.ts'
import { mapOf } from '../../values/keys.ts'

/** What JSON holds; integers beyond what a number holds exactly are bigints, and 2.0 stays a float. */
export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Float
  | JsonValue[]
  | { [name: string]: JsonValue }

/** The value of a JSON text as Python's `json.loads` reads it. Throws what is wrong, and where. */
export function loadJson(text: string): JsonValue {
  return new Reader(text).read()
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): JsonValue {
    if (this.#text.startsWith('\ufeff')) throw new Error('this JSON begins with a byte order mark')
    this.#skip()
    const value = this.#value(0)
    this.#skip()
    if (this.#at < this.#text.length) this.#fail('Extra data')
    return value
  }

  #value(depth: number): JsonValue {
    const char = this.#text[this.#at]
    if (char === '"') return this.#string()
    if (depth > DEEPEST) throw new Error(`this JSON is ${TOO_DEEP}`)
    if (char === '[') return this.#list(depth)
    if (char === '{') return this.#map(depth)
    const word = this.#take(WORD)
    if (word !== undefined) return WORDS.get(word)!
    const number = this.#take(NUMBER)
    return number === undefined ? this.#fail('Expecting value') : numberOf(number)
  }

  #list(depth: number): JsonValue[] {
    const items: JsonValue[] = []
    this.#pass()
    if (this.#closes(']')) return items
    do {
      this.#skip()
      items.push(this.#value(depth + 1))
      this.#skip()
    } while (this.#goesOn(']'))
    return items
  }

  #map(depth: number): { [name: string]: JsonValue } {
    const pairs: [string, JsonValue][] = []
    this.#pass()
    if (this.#closes('}')) return {}
    do {
      this.#skip()
      if (this.#text[this.#at] !== '"') this.#fail('Expecting property name enclosed in double quotes')
      const key = this.#string()
      this.#skip()
      if (!this.#closes(':')) this.#fail("Expecting ':' delimiter")
      this.#skip()
      pairs.push([key, this.#value(depth + 1)])
      this.#skip()
    } while (this.#goesOn('}'))
    return mapOf(pairs)
  }

  #string(): string {
    const start = this.#at
    const quoted = this.#take(STRING)
    if (quoted === undefined) return this.#failInString(start)
    return quoted.slice(1, -1).replace(ESCAPE, (written) => UNESCAPED[written[1]!] ?? fromUnit(written))
  }

  /** Behind an item: whether another one comes. */
  #goesOn(close: string): boolean {
    if (this.#closes(close)) return false
    if (!this.#closes(',')) this.#fail("Expecting ',' delimiter")
    return true
  }

  #closes(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }

  /** Goes over an opening bracket and the blanks behind it. */
  #pass(): void {
    this.#at += 1
    this.#skip()
  }

  #skip(): void {
    this.#take(BLANKS)
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    this.#at += found?.length ?? 0
    return found
  }

  #failInString(start: number): never {
    this.#at = start
    this.#take(STRING_START)
    if (this.#at >= this.#text.length) {
      this.#at = start
      return this.#fail('Unterminated string starting at')
    }
    const isEscape = this.#text[this.#at] === '\\'
    return this.#fail(isEscape ? 'Invalid \\escape' : 'Invalid control character at')
  }

  #fail(message: string): never {
    const before = this.#text.slice(0, this.#at)
    const line = before.split('\n').length
    const column = this.#at - before.lastIndexOf('\n')
    throw new Error(`${message}: line ${line} column ${column}`)
  }
}

function numberOf(text: string): number | bigint | Float {
  if (/[.eE]/.test(text)) return Float.of(Number(text))
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

/** The UTF-16 unit that `\\uXXXX` names. */
function fromUnit(written: string): string {
  return String.fromCharCode(Number.parseInt(written.slice(2), 16))
}

const BLANKS = /[ \t\n\r]*/y
const WORD = /null|true|false|NaN|-?Infinity/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y
const STRING_START = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y
const ESCAPE = /\\(?:u[\da-fA-F]{4}|.)/g

const WORDS = new Map<string, JsonValue>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])

const UNESCAPED: { readonly [letter: string]: string } = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
