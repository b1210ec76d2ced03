import { Float } from '../values/float.ts'
import { PythonError } from './errors.ts'
import { type Int, intOf, normal, toFloat, truncated } from './numbers.ts'
import { repr } from './text.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'

/** The most digits that Python reads and writes. */
const MOST_DIGITS = 4300
const PREFIXES: { readonly [letter: string]: number } = { b: 2, o: 8, x: 16 }
const FEW_DIGITS = /^(?:0|-?[1-9]\d{0,14})$/
const INT = /^\s*([+-]?)(?:0([bBoOxX])_?)?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)\s*$/
const FLOAT = /^[+-]?(?:\d+(?:_\d+)*\.?|(?:\d+(?:_\d+)*)?\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i

/** Python's `int(value, base)`; without a base also of floats. Raises a ValueError, a TypeError or an OverflowError. */
export function toInt(value: unknown, base?: number): Int {
  if (typeof value === 'string') {
    return base === undefined || base === 10 ? parseDecimal(value) : parseIntText(value, base)
  }
  if (value instanceof Undefined) value.fail()
  if (base !== undefined)
    throw new PythonError('TypeError', "int() can't convert non-string with explicit base")
  const int = intOf(value)
  if (int !== undefined) return int
  if (typeof value === 'number' || value instanceof Float) return truncated(value.valueOf())
  const wanted = 'a string, a bytes-like object or a real number'
  throw new PythonError('TypeError', `int() argument must be ${wanted}, not '${typeName(value)}'`)
}

/** Nearly every text is a few digits, and needs no more than reading. */
function parseDecimal(text: string): Int {
  return FEW_DIGITS.test(text) ? Number(text) : parseIntText(text, 10)
}

function parseIntText(text: string, base: number): Int {
  if (base !== 0 && (base < 2 || base > 36))
    throw new PythonError('ValueError', 'int() base must be >= 2 and <= 36, or 0')
  const invalid = () =>
    new PythonError('ValueError', `invalid literal for int() with base ${base}: ${repr(text)}`)
  const read = INT.exec(text)
  if (read === null) throw invalid()
  const [, sign, letter, written] = read
  const prefixed = letter === undefined ? undefined : PREFIXES[letter.toLowerCase()]
  // In base 16 a b is a digit: 0b1.
  const isPrefix = prefixed !== undefined && (base === 0 || base === prefixed)
  const digits = (letter !== undefined && !isPrefix ? `0${letter}${written}` : written!)
    .replaceAll('_', '')
    .toLowerCase()
  const radix = isPrefix ? prefixed : base === 0 ? 10 : base
  if (base === 0 && !isPrefix && /^0+[1-9]/.test(digits)) throw invalid()
  for (const digit of digits) if (Number.parseInt(digit, 36) >= radix) throw invalid()
  const size = parsed(digits, radix)
  return normal(sign === '-' ? -size : size)
}

function parsed(digits: string, radix: number): bigint {
  const value = Number.parseInt(digits, radix)
  if (Number.isSafeInteger(value)) return BigInt(value)
  if (digits.length > MOST_DIGITS) {
    const message = `Exceeds the limit (${MOST_DIGITS} digits) for integer string conversion: value has ${digits.length} digits`
    throw new PythonError('ValueError', message)
  }
  let size = 0n
  for (const digit of digits) size = size * BigInt(radix) + BigInt(Number.parseInt(digit, 36))
  return size
}

/** Python's `float(value)`. Raises a ValueError, a TypeError or an OverflowError. */
export function toFloatValue(value: unknown): number | Float {
  if (typeof value === 'string') return Float.of(parseFloatText(value))
  if (value instanceof Undefined) value.fail()
  if (value instanceof Float) return value
  const int = intOf(value)
  if (int !== undefined) return Float.of(toFloat(int))
  if (typeof value === 'number') return value
  throw new PythonError(
    'TypeError',
    `float() argument must be a string or a real number, not '${typeName(value)}'`,
  )
}

function parseFloatText(text: string): number {
  const written = text.trim()
  if (FLOAT.test(written)) return Number(written.replaceAll('_', ''))
  const special = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(written)
  if (special === null)
    throw new PythonError('ValueError', `could not convert string to float: ${repr(text)}`)
  const size = special[2] === undefined ? Number.NaN : Number.POSITIVE_INFINITY
  return special[1] === '-' ? -size : size
}
