import { add } from '../python/arithmetic.ts'
import { PythonError } from '../python/errors.ts'
import { formatPercent } from '../python/format/percent.ts'
import { toFloatValue, toInt } from '../python/parse-number.ts'
import { itemsOf } from '../python/sequence.ts'
import { str } from '../python/text.ts'
import { isTruthy } from '../python/truth.ts'
import { Float } from '../values/float.ts'
import { filter } from './define.ts'
import { integer, isText, number } from './given.ts'
import { attributeGetter } from './items.ts'
import { roundTo } from './round.ts'

/** Numbers: reading, rounding, adding, powers. */
export const numberFilters = [
  filter(
    'int',
    [{ default: 0, base: 10 }],
    'A whole number; another one (0) when the value means none.',
    (value: unknown, other: unknown, base: unknown) => {
      const radix = isText(value) ? integer(base) : undefined
      return (
        unlessRefused(() => toInt(value, radix)) ?? unlessRefused(() => toInt(toFloatValue(value))) ?? other
      )
    },
  ),
  filter(
    'float',
    [{ default: new Float(0) }],
    'A number with a fraction; another one (0.0) when the value means none.',
    (value: unknown, other: unknown) => unlessRefused(() => toFloatValue(value)) ?? other,
  ),
  filter('abs', [], 'A number without its sign.', (value: unknown) => {
    if (typeof value === 'boolean') return Number(value)
    if (typeof value === 'bigint') return value < 0n ? -value : value
    const found = number(value)
    return value instanceof Float ? Float.of(Math.abs(found)) : Math.abs(found)
  }),
  filter(
    'round',
    [{ precision: 0, method: 'common' }],
    'A number with so many digits behind the point; the method is common, ceil or floor.',
    (value: unknown, precision: unknown, method: unknown) => {
      if (method !== 'common' && method !== 'ceil' && method !== 'floor')
        throw new Error('method must be common, ceil or floor')
      const digits = Number(integer(precision))
      if (method === 'common') return roundTo(value, digits)
      const scale = 10 ** digits
      const scaled = number(value) * scale
      return Float.of((method === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled)) / scale)
    },
  ),
  filter(
    'sum',
    [{ attribute: null, start: 0 }],
    'The sum of numbers, or of an attribute of each item, and of a start.',
    (value: unknown, attribute: unknown, start: unknown) => {
      if (isText(start)) throw new Error('texts are put together with join')
      const get = attributeGetter(attribute)
      return itemsOf(value).reduce((sum, item) => add(sum, get(item)), start)
    },
  ),
  filter(
    'log',
    [{ base: Math.E }],
    'The logarithm of a number; natural unless a base is given.',
    (value: unknown, base: unknown) => {
      const [x, b] = [number(value), number(base)]
      if (x <= 0 || b <= 0) throw new Error('log takes numbers above 0')
      return Float.of(b === 10 ? Math.log10(x) : Math.log(x) / Math.log(b))
    },
  ),
  filter('pow', ['y'], 'A number to a power.', (value: unknown, power: unknown) =>
    Float.of(realPower(number(value), number(power))),
  ),
  filter(
    'root',
    [{ base: 2 }],
    'The root of a number; the square root unless a base is given.',
    (value, base) => {
      const x = number(value)
      const b = Number(base)
      if (b === 2 && x < 0) throw new Error('a number below 0 has no square root')
      if (b === 0) throw new Error('there is no root with the base 0')
      return Float.of(b === 2 ? Math.sqrt(x) : realPower(x, 1 / number(base)))
    },
  ),
  filter(
    'human_readable',
    [{ isbits: false, unit: null }],
    'A size in bytes as "1.00 KB", in the unit given or the greatest that fits.',
    (value: unknown, isbits: unknown, unit: unknown) => {
      const size = number(value)
      const wanted = unit === null ? undefined : str(unit).toUpperCase()
      const fits = ([letter, limit]: readonly [string, number]) =>
        wanted === undefined ? size >= limit : wanted === letter
      const [letter, limit] = SIZES.find(fits) ?? SIZES.at(-1)!
      const base = isTruthy(isbits) ? 'bits' : 'Bytes'
      return `${formatPercent('%.2f', Float.of(size / limit))} ${limit === 1 ? base : letter + base[0]}`
    },
  ),
  filter(
    'human_to_bytes',
    [{ default_unit: null, isbits: false }],
    'The number of bytes that a size such as "1.5 GB" means.',
    (value: unknown, unit: unknown, isbits: unknown) =>
      bytesOf(str(value), unit === null ? undefined : str(unit), isTruthy(isbits)),
  ),
  filter(
    'filesizeformat',
    [{ binary: false }],
    'A size in bytes as "1.2 MB", or with `true` as "1.1 MiB".',
    (value: unknown, binary: unknown) => {
      const bytes = Number(toFloatValue(value))
      const base = isTruthy(binary) ? 1024 : 1000
      if (bytes === 1) return '1 Byte'
      if (bytes < base) return `${Math.trunc(bytes)} Bytes`
      let unit = base
      const letter = Array.from('kMGTPEZY').find((candidate) => {
        unit *= base
        return bytes < unit || candidate === 'Y'
      })!
      return `${formatPercent('%.1f', Float.of((base * bytes) / unit))} ${isTruthy(binary) ? `${letter.toUpperCase()}iB` : `${letter}B`}`
    },
  ),
]

const SIZES = Array.from('YZEPTGMKB', (letter, index) => [letter, 2 ** (10 * (8 - index))] as const)

function bytesOf(text: string, defaultUnit: string | undefined, isBits: boolean): number | bigint {
  const [, digits = '', written] = /^\s*(\d*\.?\d*)\s*([A-Za-z]+)?/.exec(text)!
  if (!/\d/.test(digits)) throw new Error(`"${text}" is not a size; write it as in "10 MB"`)
  const unit = written ?? defaultUnit
  if (unit === undefined) return roundTo(Float.of(Number(digits)), undefined) as number
  const [letter, limit] = SIZES.find(([name]) => name === unit[0]?.toUpperCase()) ?? []
  if (letter === undefined || limit === undefined)
    throw new Error(
      `"${unit}" in "${text}" is no unit; it must start with one of ${SIZES.map(([name]) => name).join(', ')}`,
    )
  const [sign, word] = isBits ? ['b', 'bit'] : ['B', 'byte']
  if (unit.length > 1 && !unit.toLowerCase().includes(word) && unit[1] !== sign)
    throw new Error(`"${unit}" in "${text}" is no unit here; write ${letter === 'B' ? word : letter + sign}`)
  return roundTo(Float.of(Number(digits) * limit), undefined) as number
}

/** What Python reads as a number; undefined for what is none. */
function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof PythonError && (error.kind === 'ValueError' || error.kind === 'TypeError'))
      return undefined
    throw error
  }
}

function realPower(x: number, y: number): number {
  const found = x ** y
  if (Number.isNaN(found) && !Number.isNaN(x) && !Number.isNaN(y))
    throw new Error('a number below 0 has only powers that are whole')
  if (!Number.isFinite(found) && Number.isFinite(x) && Number.isFinite(y))
    throw new Error('the number is too large')
  return found
}
