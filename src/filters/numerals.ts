import { Float } from '../values/float.ts'

/** A whole number as a plain one where that is exact, else as a bigint. */
export function whole(value: number | bigint): number | bigint {
  if (typeof value === 'bigint') {
    const plain = Number(value)
    return Number.isSafeInteger(plain) ? plain : value
  }
  // -0 is 0 for Python's int.
  return Number.isSafeInteger(value) ? value + 0 || 0 : BigInt(value)
}

const PREFIXES: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 16: '0x' }

/** What Python's `int(text, base)` gives; undefined where it raises. */
export function parseInteger(text: string, base: number): number | bigint | undefined {
  if (base !== 0 && (base < 2 || base > 36)) return undefined
  const [, sign, written] = /^\s*([-+]?)(\S+)\s*$/.exec(asciiDigits(text)) ?? []
  if (written === undefined) return undefined
  let digits = written.toLowerCase()
  let radix = base
  const prefix = Object.entries(PREFIXES).find(([, letters]) => digits.startsWith(letters))
  if (prefix !== undefined && (base === 0 || base === Number(prefix[0]))) {
    radix = Number(prefix[0])
    digits = digits.slice(2).replace(/^_/, '')
  }
  if (radix === 0) {
    if (/^0[_0]*[1-9]/.test(digits)) return undefined
    radix = 10
  }
  if (!/^[0-9a-z]+(?:_[0-9a-z]+)*$/.test(digits)) return undefined
  const values = Array.from(digits.replaceAll('_', ''), (digit) => Number.parseInt(digit, 36))
  if (values.some((value) => value >= radix) || (values.length > MOST_DIGITS && !isPowerOfTwo(radix)))
    return undefined
  const found = values.reduce((sum, value) => sum * BigInt(radix) + BigInt(value), 0n)
  return whole(sign === '-' ? -found : found)
}

/** Python refuses to read longer ones. */
const MOST_DIGITS = 4300

function isPowerOfTwo(radix: number): boolean {
  return (radix & (radix - 1)) === 0
}

/** What Python's `float(text)` gives; undefined where it raises. */
export function parseFloating(text: string): number | undefined {
  const plain = asciiDigits(text).trim().toLowerCase()
  if (/^[-+]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[-+]?\d+(?:_\d+)*)?$/.test(plain))
    return Number(plain.replaceAll('_', ''))
  if (/^[-+]?inf(?:inity)?$/.test(plain)) return plain.startsWith('-') ? -Infinity : Infinity
  return /^[-+]?nan$/.test(plain) ? Number.NaN : undefined
}

/** With the digits of all scripts written as 0 to 9. */
function asciiDigits(text: string): string {
  return text.replace(/[^\x00-\x7f]/gu, (character) => {
    if (!/\p{Nd}/u.test(character)) return character
    // The digits of a script lie in a row of ten that starts with its zero.
    let zero = character.codePointAt(0)!
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && character.codePointAt(0)! - zero < 9) zero -= 1
    return String(character.codePointAt(0)! - zero)
  })
}

/**
 * What Python's `round(value, digits)` gives: exact, ties to the even digit. Whole numbers stay whole; without
 * `digits` all become so. Raises an Error for what is no number.
 */
export function roundTo(value: unknown, digits: number | undefined): number | bigint | Float {
  if (typeof value === 'boolean') return roundTo(Number(value), digits)
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) {
    if (digits === undefined || digits >= 0) return value
    const unit = 10n ** BigInt(Math.min(-digits, 400))
    return whole(halfEven(BigInt(value), unit) * unit)
  }
  const plain = value instanceof Float ? value.valueOf() : value
  if (typeof plain !== 'number') throw new Error('round takes a number')
  if (!Number.isFinite(plain)) {
    if (digits === undefined) throw new Error(`${plain} cannot be a whole number`)
    return plain
  }
  const places = digits ?? 0
  if (places > 330) return Float.of(plain)
  const [top, bottom] = fraction(plain)
  const scale = 10n ** BigInt(Math.min(Math.abs(places), 400))
  const rounded = places >= 0 ? halfEven(top * scale, bottom) : halfEven(top, bottom * scale)
  if (digits === undefined) return whole(rounded)
  const found = Number(`${rounded}e${-places}`)
  return Float.of(found === 0 && (plain < 0 || Object.is(plain, -0)) ? -0 : found)
}

/** A number as a fraction of two whole ones, exact. */
function fraction(value: number): [bigint, bigint] {
  let bottom = 1n
  let top = value
  while (!Number.isInteger(top)) {
    top *= 2
    bottom *= 2n
  }
  return [BigInt(top), bottom]
}

function halfEven(top: bigint, bottom: bigint): bigint {
  const below = top < 0n ? -((-top + bottom - 1n) / bottom) : top / bottom
  const twice = 2n * (top - below * bottom)
  if (twice === bottom) return below % 2n === 0n ? below : below + 1n
  return twice > bottom ? below + 1n : below
}
