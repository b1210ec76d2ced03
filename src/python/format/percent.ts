import { Float } from '../../values/float.ts'
import { PythonError } from '../errors.ts'
import { checkLength } from '../limits.ts'
import { type Int, intOf, isInt, numberOf, toFloat, truncated } from '../numbers.ts'
import { itemsOf, textLength } from '../sequence.ts'
import { itemOf } from '../slices.ts'
import { ascii, repr, str } from '../text.ts'
import { Tuple } from '../tuple.ts'
import { isDict, typeName } from '../type-name.ts'
import { Undefined } from '../undefined.ts'
import { type FloatType, floatDigits, intDigits, type Signed } from './number.ts'
import { character } from './value.ts'

/** One conversion: `%-5.2f`. */
interface Conversion {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly type: string
  /** Where its letter stands. */
  readonly at: number
}

// What is between the brackets of %(name)s is read apart, as it may hold brackets.
const CONVERSION = /([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?(?![\d.*])([\s\S])/uy

/**
 * Python's `text % values`: a tuple has a value for each conversion, a dict those that are named, anything else is the
 * only one. Raises a TypeError or a ValueError with Python's words.
 */
export function formatPercent(text: string, values: unknown): string {
  if (values instanceof Undefined) values.fail()
  const args = new Arguments(values)
  let result = ''
  let from = 0
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', from)) {
    result += text.slice(from, at)
    const named = text[at + 1] === '(' ? closingBracket(text, at + 1) : undefined
    CONVERSION.lastIndex = named === undefined ? at + 1 : named + 1
    const read = CONVERSION.exec(text)
    if (read === null) throw new PythonError('ValueError', 'incomplete format')
    from = CONVERSION.lastIndex
    if (read[4] === '%' && named === undefined) {
      result += '%'
      continue
    }
    if (named !== undefined) args.name(text.slice(at + 2, named))
    result += converted(conversionOf(read, from - read[4]!.length, args), args)
    checkLength(result.length, 'characters')
  }
  args.end()
  return result + text.slice(from)
}

function closingBracket(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1
    else if (text[at] === ')') depth -= 1
    if (depth === 0) return at
  }
  throw new PythonError('ValueError', 'incomplete format key')
}

function conversionOf(
  [, flags, width, precision, type]: RegExpExecArray,
  at: number,
  args: Arguments,
): Conversion {
  const wide = width === '*' ? args.nextInt() : Number(width ?? 0)
  const exact =
    precision === '*' ? Math.max(0, args.nextInt()) : precision === undefined ? undefined : Number(precision)
  checkLength(Math.abs(wide), 'characters')
  return { flags: wide < 0 ? `${flags}-` : flags!, width: Math.abs(wide), precision: exact, type: type!, at }
}

/** The values on the right, one after the other. */
class Arguments {
  readonly #values: unknown
  readonly #list: readonly unknown[]
  #next = 0
  #named: { readonly value: unknown } | undefined

  constructor(values: unknown) {
    this.#values = values
    this.#list = values instanceof Tuple ? values : [values]
  }

  /** The next value is that of a name. */
  name(name: string): void {
    if (!isDict(this.#values)) throw new PythonError('TypeError', 'format requires a mapping')
    const value = itemOf(this.#values, name)
    if (value === undefined) throw new PythonError('KeyError', repr(name))
    this.#named = { value }
    this.#next = this.#list.length
  }

  next(): unknown {
    if (this.#named !== undefined) {
      const { value } = this.#named
      this.#named = undefined
      return value
    }
    if (this.#next >= this.#list.length)
      throw new PythonError('TypeError', 'not enough arguments for format string')
    this.#next += 1
    return this.#list[this.#next - 1]
  }

  nextInt(): number {
    const value = intOf(this.next())
    if (value === undefined) throw new PythonError('TypeError', '* wants int')
    return Number(value)
  }

  /** A list or a dict need not be used. */
  end(): void {
    const mayBeLeft =
      isDict(this.#values) || (Array.isArray(this.#values) && !(this.#values instanceof Tuple))
    if (this.#next < this.#list.length && !mayBeLeft)
      throw new PythonError('TypeError', 'not all arguments converted during string formatting')
  }
}

function converted(conversion: Conversion, args: Arguments): string {
  const { type, precision, flags } = conversion
  switch (type) {
    case 's':
      return inWidth(cut(str(args.next()), precision), conversion)
    case 'r':
      return inWidth(cut(repr(args.next()), precision), conversion)
    case 'a':
      return inWidth(cut(ascii(args.next()), precision), conversion)
    case 'c':
      return inWidth(characterOf(args.next()), conversion)
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return numberInWidth(integer(args.next(), conversion), conversion)
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return numberInWidth(
        floatDigits(real(args.next()), type as FloatType, precision ?? 6, flags.includes('#')),
        conversion,
      )
    default: {
      const code = type.codePointAt(0)!.toString(16)
      const shown = /^[ -~]$/.test(type) ? type : '?'
      throw new PythonError(
        'ValueError',
        `unsupported format character '${shown}' (0x${code}) at index ${conversion.at}`,
      )
    }
  }
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : itemsOf(text).slice(0, precision).join('')
}

function characterOf(value: unknown): string {
  if (typeof value === 'string' && textLength(value) === 1) return value
  const code = intOf(value)
  if (code === undefined) throw new PythonError('TypeError', '%c requires int or char')
  return character(code)
}

function integer(value: unknown, { type, precision, flags }: Conversion): Signed {
  const { sign, digits } = intDigits(whole(value, type), { o: 8, x: 16, X: 16 }[type] ?? 10)
  const padded = digits.padStart(precision ?? 0, '0')
  const prefix = flags.includes('#') && 'oxX'.includes(type) ? `0${type}` : ''
  return { sign: sign + prefix, digits: type === 'X' ? padded.toUpperCase() : padded }
}

function whole(value: unknown, type: string): Int {
  if (value instanceof Undefined) value.fail()
  if (isInt(value)) return intOf(value)!
  const isDecimal = 'diu'.includes(type)
  if (isDecimal && (typeof value === 'number' || value instanceof Float)) return truncated(value.valueOf())
  const needed = isDecimal ? 'a real number' : 'an integer'
  throw new PythonError('TypeError', `%${type} format: ${needed} is required, not ${typeName(value)}`)
}

function real(value: unknown): number {
  if (value instanceof Undefined) value.fail()
  const number = numberOf(value)
  if (number === undefined) throw new PythonError('TypeError', `must be real number, not ${typeName(value)}`)
  return toFloat(number)
}

/** A number in its width, with a sign and with zeros if that is asked for. */
function numberInWidth({ sign, digits }: Signed, conversion: Conversion): string {
  const { flags, width } = conversion
  const plus = sign.startsWith('-') ? '' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const before = plus + sign
  const zeros = flags.includes('0') && !flags.includes('-') ? width - before.length - digits.length : 0
  return inWidth(before + '0'.repeat(Math.max(0, zeros)) + digits, conversion)
}

function inWidth(text: string, { flags, width }: Conversion): string {
  const blanks = ' '.repeat(Math.max(0, width - textLength(text)))
  return flags.includes('-') ? text + blanks : blanks + text
}
