import { add } from '../python/arithmetic.ts'
import { truncated as wholeOf } from '../python/numbers.ts'
import { itemsOf } from '../python/sequence.ts'
import { str } from '../python/text.ts'
import { isTruthy } from '../python/truth.ts'
import { Float } from '../values/float.ts'
import { filter } from './define.ts'
import { integer, isText, isUndefined, number } from './given.ts'
import { attributeGetter } from './items.ts'
import { parseFloating, parseInteger, roundTo } from './numerals.ts'

/** Numbers: reading, rounding, adding, powers. */
export const numberFilters = [
  filter(
    'int',
    [{ default: 0, base: 10 }],
    'A whole number; another one (0) when the value means none.',
    (value: unknown, other: unknown, base: unknown) => {
      const found = isText(value) ? parseInteger(value, Number(integer(base))) : truncated(value)
      if (found !== undefined) return found
      const float = isText(value) ? parseFloating(value) : undefined
      return float === undefined || Number.isNaN(float) ? other : wholeOf(float)
    },
  ),
  filter(
    'float',
    [{ default: new Float(0) }],
    'A number with a fraction; another one (0.0) when the value means none.',
    (value: unknown, other: unknown) => {
      const found = floating(value)
      return found === undefined ? other : Float.of(found)
    },
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
      return `${fixed(size / limit, 2)} ${limit === 1 ? base : letter + base[0]}`
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
      const bytes = floating(value)
      if (bytes === undefined) throw new Error(`${str(value)} is not a number`)
      const base = isTruthy(binary) ? 1024 : 1000
      if (bytes === 1) return '1 Byte'
      if (bytes < base) return `${Math.trunc(bytes)} Bytes`
      let unit = base
      const letter = Array.from('kMGTPEZY').find((candidate) => {
        unit *= base
        return bytes < unit || candidate === 'Y'
      })!
      return `${fixed((base * bytes) / unit, 1)} ${isTruthy(binary) ? `${letter.toUpperCase()}iB` : `${letter}B`}`
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

/** Python's `int(value)` for what is no text; undefined where it raises. */
function truncated(value: unknown): number | bigint | undefined {
  if (isUndefined(value)) value.fail()
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'bigint') return value
  const plain = value instanceof Float ? value.valueOf() : value
  return typeof plain === 'number' && Number.isFinite(plain) ? wholeOf(plain) : undefined
}

/** Python's `float(value)`; undefined where it raises. */
function floating(value: unknown): number | undefined {
  if (isUndefined(value)) value.fail()
  if (isText(value)) return parseFloating(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value)
  if (value instanceof Float) return value.valueOf()
  return typeof value === 'number' ? value : undefined
}

function realPower(x: number, y: number): number {
  const found = x ** y
  if (Number.isNaN(found) && !Number.isNaN(x) && !Number.isNaN(y))
    throw new Error('a number below 0 has only powers that are whole')
  if (!Number.isFinite(found) && Number.isFinite(x) && Number.isFinite(y))
    throw new Error('the number is too large')
  return found
}

/** With so many digits behind the point, ties to the even digit as C has it. */
function fixed(value: number, digits: number): string {
  const rounded = Number(roundTo(Float.of(value), digits))
  return Math.abs(rounded) >= 1e21 ? `${BigInt(rounded)}.${'0'.repeat(digits)}` : rounded.toFixed(digits)
}
