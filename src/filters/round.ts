import { normal } from '../python/numbers.ts'
import { Float } from '../values/float.ts'

/**
 * What Python's `round(value, digits)` gives: exact, ties to the even digit. Whole numbers stay whole; without
 * `digits` all become so. Raises an Error for what is no number.
 */
export function roundTo(value: unknown, digits: number | undefined): number | bigint | Float {
  if (typeof value === 'boolean') return roundTo(Number(value), digits)
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) {
    if (digits === undefined || digits >= 0) return value
    const unit = 10n ** BigInt(Math.min(-digits, 400))
    return normal(halfEven(BigInt(value), unit) * unit)
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
  if (digits === undefined) return normal(rounded)
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
