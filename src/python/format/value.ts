import { Float } from '../../values/float.ts'
import { PythonError } from '../errors.ts'
import { floatRepr } from '../float-repr.ts'
import { type Int, intOf, isInt, toFloat } from '../numbers.ts'
import { PythonObject } from '../object.ts'
import { itemsOf } from '../sequence.ts'
import { str } from '../text.ts'
import { typeName } from '../type-name.ts'
import { Undefined } from '../undefined.ts'
import { general } from './decimal.ts'
import { type FloatType, floatDigits, intDigits, type Signed } from './number.ts'
import { padded, parseSpec, type Spec } from './spec.ts'

/** Python's `format(value, spec)`. Raises a ValueError or a TypeError with Python's words. */
export function format(value: unknown, written: string): string {
  if (written === '') return str(value)
  if (typeof value === 'string') return formatText(value, parseSpec(written, value))
  if (isInt(value)) return formatInt(value, parseSpec(written, value))
  if (typeof value === 'number' || value instanceof Float)
    return formatFloat(value.valueOf(), parseSpec(written, value))
  if (value instanceof Undefined) value.fail()
  if (value instanceof PythonObject && value.attribute('strftime') !== undefined)
    return str((value.attribute('strftime') as (layout: string) => unknown)(written))
  throw new PythonError('TypeError', `unsupported format string passed to ${typeName(value)}.__format__`)
}

function formatText(text: string, spec: Spec): string {
  const { type, sign, align, grouping, precision, alternate } = spec
  if (type !== undefined && type !== 's') throw unknownCode(spec, text)
  if (sign !== undefined)
    throw invalid(`${sign === ' ' ? 'Space' : 'Sign'} not allowed in string format specifier`)
  if (spec.noMinusZero) throw invalid('Negative zero coercion (z) not allowed in string format specifier')
  if (alternate) throw invalid('Alternate form (#) not allowed in string format specifier')
  if (align === '=') throw invalid("'=' alignment not allowed in string format specifier")
  if (grouping !== undefined) throw noGrouping(grouping, 's')
  const shown = precision === undefined ? text : itemsOf(text).slice(0, precision).join('')
  return padded(shown, spec, '<')
}

function formatInt(value: Int | boolean, spec: Spec): string {
  const { type = 'd', precision, grouping } = spec
  const int = intOf(value)!
  if ('eEfFgG%'.includes(type)) return formatFloat(toFloat(int), spec)
  if (!'bcdnoxX'.includes(type)) throw unknownCode(spec, value)
  if (precision !== undefined) throw invalid('Precision not allowed in integer format specifier')
  if (spec.noMinusZero) throw invalid('Negative zero coercion (z) not allowed in integer format specifier')
  if (type === 'c') return formatCharacter(int, spec)
  if (grouping !== undefined && (type === 'n' || (grouping === ',' && type !== 'd')))
    throw noGrouping(grouping, type)
  const base = { b: 2, o: 8, x: 16, X: 16 }[type] ?? 10
  const { sign, digits } = intDigits(int, base)
  const prefix = spec.alternate && base !== 10 ? `0${type}` : ''
  const shown = type === 'X' ? digits.toUpperCase() : digits
  return assembled({ sign, digits: shown }, prefix, spec, base === 10 ? 3 : 4)
}

function formatCharacter(int: Int, spec: Spec): string {
  if (spec.sign !== undefined) throw invalid("Sign not allowed with integer format specifier 'c'")
  if (spec.alternate) throw invalid("Alternate form (#) not allowed with integer format specifier 'c'")
  if (spec.grouping !== undefined) throw noGrouping(spec.grouping, 'c')
  return padded(character(int), spec, '>')
}

/** The character of a code point. Raises an OverflowError. */
export function character(code: Int): string {
  if (code < 0 || code > 0x10ffff) throw new PythonError('OverflowError', '%c arg not in range(0x110000)')
  return String.fromCodePoint(Number(code))
}

function formatFloat(value: number, spec: Spec): string {
  const { type, grouping, precision, alternate } = spec
  if (type !== undefined && !'eEfFgGn%'.includes(type)) throw unknownCode(spec, Float.of(value))
  if (grouping !== undefined && type === 'n') throw noGrouping(grouping, 'n')
  let signed: Signed
  if (type === undefined) signed = plainFloat(value, precision, alternate)
  else if (type === '%') signed = percentage(value, precision ?? 6, alternate)
  else signed = floatDigits(value, (type === 'n' ? 'g' : type) as FloatType, precision ?? 6, alternate)
  const isZero = spec.noMinusZero && /^[0.]*(?:e|%|$)/i.test(signed.digits)
  return assembled(isZero ? { ...signed, sign: '' } : signed, '', spec, 3)
}

function percentage(value: number, precision: number, alternate: boolean): Signed {
  const { sign, digits } = floatDigits(value * 100, 'f', precision, alternate)
  return { sign, digits: `${digits}%` }
}

/** Without a type a float is as `str` has it; with a precision as `g`, but with a digit behind the point. */
function plainFloat(value: number, precision: number | undefined, alternate: boolean): Signed {
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  if (precision === undefined || !Number.isFinite(size)) return { sign, digits: floatRepr(size) }
  const digits = general(size, precision, alternate, Math.max(precision, 1))
  return { sign, digits: /[.e]/.test(digits) ? digits : `${digits}.0` }
}

/** Sign, prefix, digits in groups, all in its width. */
function assembled({ sign, digits }: Signed, prefix: string, spec: Spec, group: number): string {
  const shownSign = sign === '' && spec.sign !== undefined && spec.sign !== '-' ? spec.sign : sign
  const before = shownSign + prefix
  const isZeroPadded = spec.fill === '0' && spec.align === '='
  const width = isZeroPadded ? spec.width - before.length : 0
  const shown = spec.grouping === undefined ? digits : grouped(digits, spec.grouping, group, width)
  if (spec.align !== '=') return padded(before + shown, spec, '>')
  return before + spec.fill.repeat(Math.max(0, spec.width - before.length - shown.length)) + shown
}

/** Digits in groups; zeros that fill a width are grouped too, and a group's mark never stands first. */
function grouped(digits: string, mark: string, size: number, width: number): string {
  const whole =
    /^[0-9a-fA-F]+/.exec(digits.replace(/[eE.%].*$/s, (rest) => (size === 4 ? rest : '')))?.[0] ?? ''
  const rest = digits.slice(whole.length)
  if (whole === '') return digits
  const room = width - rest.length
  let padded = whole
  while (padded.length + Math.floor((padded.length - 1) / size) < room) padded = `0${padded}`
  return padded.replace(size === 3 ? /\B(?=(?:.{3})+$)/g : /\B(?=(?:.{4})+$)/g, mark) + rest
}

function unknownCode({ type }: Spec, value: unknown): PythonError {
  return invalid(`Unknown format code '${type}' for object of type '${typeName(value)}'`)
}

function noGrouping(grouping: string, type: string): PythonError {
  return invalid(`Cannot specify '${grouping}' with '${type}'.`)
}

function invalid(message: string): PythonError {
  return new PythonError('ValueError', message)
}
