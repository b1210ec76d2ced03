import { exponential, fixed, general } from './decimal.ts'

/** A number in two parts, as blanks or zeros may go between them. */
export interface Signed {
  /** "-", or nothing. */
  readonly sign: string
  readonly digits: string
}

export type FloatType = 'e' | 'E' | 'f' | 'F' | 'g' | 'G'

/** A float in one of the formats that `%` and `format` have in common; `alternate`: with a point in any case. */
export function floatDigits(value: number, type: FloatType, precision: number, alternate: boolean): Signed {
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const lower = type.toLowerCase()
  const digits = Number.isFinite(value)
    ? finite(Math.abs(value), lower, precision, alternate)
    : special(value)
  return { sign, digits: type === lower ? digits : digits.toUpperCase() }
}

function special(value: number): string {
  return Number.isNaN(value) ? 'nan' : 'inf'
}

function finite(value: number, type: string, precision: number, alternate: boolean): string {
  switch (type) {
    case 'e':
      return withPoint(exponential(value, precision), alternate)
    case 'f':
      return withPoint(fixed(value, precision), alternate)
    default:
      return withPoint(general(value, precision, alternate), alternate)
  }
}

function withPoint(digits: string, alternate: boolean): string {
  return alternate && !digits.includes('.') ? digits.replace(/(?=e|$)/, '.') : digits
}

/** An int in base 2, 8, 10 or 16. */
export function intDigits(value: number | bigint, base: number): Signed {
  const text = Number.isSafeInteger(value) ? value.toString(base) : BigInt(value).toString(base)
  return text.startsWith('-') ? { sign: '-', digits: text.slice(1) } : { sign: '', digits: text }
}
