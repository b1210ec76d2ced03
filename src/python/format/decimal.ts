import { PythonError } from '../errors.ts'

/** The most digits behind the point. */
const MOST_DIGITS = 10_000

/** A number without its sign, in decimal digits: 12.5 is `{ digits: '125', point: 2 }`. */
interface Decimal {
  readonly digits: string
  /** How many of the digits stand before the point; below 0, how many zeros stand behind it first. */
  readonly point: number
}

/** A float that is not below 0, with so many digits behind the point ("%f"), rounded as Python does: exactly. */
export function fixed(value: number, places: number): string {
  checkPlaces(places)
  const digits = scaled(value, places)
    .toString()
    .padStart(places + 1, '0')
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** A float that is not below 0, with so many digits behind the first one ("%e"): "1.50e+01". */
export function exponential(value: number, places: number): string {
  return exponentText(rounded(value, places + 1))
}

/**
 * A float that is not below 0, with so many digits in all ("%g"), fixed or with an exponent, whichever is shorter. It is
 * fixed while fewer than `most` digits stand before the point. `keepZeros`: zeros at the end stay.
 */
export function general(value: number, precision: number, keepZeros: boolean, most = precision + 1): string {
  const decimal = rounded(value, Math.max(precision, 1))
  const digits = keepZeros ? decimal.digits : decimal.digits.replace(/0+$/, '') || '0'
  const { point } = decimal
  if (point <= -4 || point >= most) return exponentText({ digits, point })
  if (point <= 0) return value === 0 && digits === '0' ? '0' : `0.${'0'.repeat(-point)}${digits}`
  const padded = digits.padEnd(point, '0')
  return padded.length > point ? `${padded.slice(0, point)}.${padded.slice(point)}` : padded
}

function exponentText({ digits, point }: Decimal): string {
  const exponent = point - 1
  const sign = exponent < 0 ? '-' : '+'
  const behind = digits.length > 1 ? `.${digits.slice(1)}` : ''
  return `${digits[0]}${behind}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** A number rounded to so many digits. */
function rounded(value: number, count: number): Decimal {
  checkPlaces(count)
  if (value === 0) return { digits: '0'.repeat(count), point: 1 }
  // The shortest text of a number may be that of the next power of ten.
  let point = Number(value.toExponential().split('e')[1]) + 1
  let digits = scaled(value, count - point).toString()
  if (digits.length < count) {
    point -= 1
    digits = scaled(value, count - point).toString()
  }
  return digits.length > count ? { digits: digits.slice(0, count), point: point + 1 } : { digits, point }
}

/** `value * 10 ** power` as a whole number; what lies in the middle goes to the even one. */
function scaled(value: number, power: number): bigint {
  const [mantissa, exponent] = partsOf(value)
  const ten = 10n ** BigInt(Math.abs(power))
  const above = (power >= 0 ? mantissa * ten : mantissa) << BigInt(Math.max(exponent, 0))
  const below = (power >= 0 ? 1n : ten) << BigInt(Math.max(-exponent, 0))
  const quotient = above / below
  const twiceRest = 2n * (above - quotient * below)
  return twiceRest > below || (twiceRest === below && quotient % 2n === 1n) ? quotient + 1n : quotient
}

/** A float exactly: `mantissa * 2 ** exponent`. */
function partsOf(value: number): [bigint, number] {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  return exponent === 0 ? [fraction, -1074] : [fraction | (1n << 52n), exponent - 1075]
}

function checkPlaces(places: number): void {
  if (places > MOST_DIGITS)
    throw new PythonError('ValueError', `precision too big: there may be ${MOST_DIGITS} digits`)
}
