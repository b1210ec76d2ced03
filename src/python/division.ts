import { Float } from '../values/float.ts'
import { PythonError } from './errors.ts'
import { bitLength, type Int, normal, toFloat } from './numbers.ts'

/** `one / other` of two ints, rounded once. */
export function divideInts(one: Int, other: Int): number {
  if (typeof one === 'number' && typeof other === 'number')
    return divideFloats(one, other, 'division by zero')
  // biome-ignore lint/suspicious/noDoubleEquals: it may be a bigint.
  if (other == 0) throw byZero('division by zero')
  const size = divideSizes(absolute(one), absolute(other))
  if (Number.isFinite(size)) return one < 0 !== other < 0 ? -size : size
  throw new PythonError('OverflowError', 'integer division result too large for a float')
}

function absolute(value: Int): bigint {
  return value < 0 ? -BigInt(value) : BigInt(value)
}

/** As many bits as a float has and some more; a last one stands for the rest, so that it is rounded to the right side. */
function divideSizes(one: bigint, other: bigint): number {
  const shift = Math.max(0, 66 - bitLength(one) + bitLength(other))
  const above = one << BigInt(shift)
  const quotient = above / other
  const sticky = quotient * other === above ? 0n : 1n
  return Number((quotient << 1n) | sticky) * 2 ** -(shift + 1)
}

/** `one / other` of two floats. */
export function divideFloats(one: number, other: number, message = 'float division by zero'): number {
  if (other === 0) throw byZero(message)
  return one / other
}

/** `one // other`, down to the next whole number. */
export function floorDivide(one: Int, other: Int, areInts: boolean): Int | Float {
  if (!areInts) return Float.of(floorDivideFloats(toFloat(one), toFloat(other)))
  // biome-ignore lint/suspicious/noDoubleEquals: it may be a bigint.
  if (other == 0) throw byZero('integer division or modulo by zero')
  if (typeof one === 'number' && typeof other === 'number') {
    const rest = one % other
    return (one - rest) / other - (rest !== 0 && rest < 0 !== other < 0 ? 1 : 0) + 0
  }
  const [above, below] = [BigInt(one), BigInt(other)]
  const rest = above % below
  return normal((above - rest) / below - (rest !== 0n && rest < 0n !== below < 0n ? 1n : 0n))
}

/** `one % other`, with the sign of `other`. */
export function modulo(one: Int, other: Int, areInts: boolean): Int | Float {
  if (!areInts) return Float.of(moduloFloats(toFloat(one), toFloat(other)))
  // biome-ignore lint/suspicious/noDoubleEquals: it may be a bigint.
  if (other == 0) throw byZero('integer modulo by zero')
  if (typeof one === 'number' && typeof other === 'number') {
    const rest = one % other
    return (rest !== 0 && rest < 0 !== other < 0 ? rest + other : rest) + 0
  }
  const [above, below] = [BigInt(one), BigInt(other)]
  const rest = above % below
  return normal(rest !== 0n && rest < 0n !== below < 0n ? rest + below : rest)
}

function moduloFloats(one: number, other: number): number {
  if (other === 0) throw byZero('float modulo')
  const rest = one % other
  if (rest === 0) return other < 0 ? -0 : 0
  return rest < 0 !== other < 0 ? rest + other : rest
}

function floorDivideFloats(one: number, other: number): number {
  if (other === 0) throw byZero('float floor division by zero')
  const rest = one % other
  const quotient = (one - rest) / other - (rest !== 0 && rest < 0 !== other < 0 ? 1 : 0)
  if (quotient === 0) return one / other < 0 || Object.is(one / other, -0) ? -0 : 0
  const floor = Math.floor(quotient)
  return quotient - floor > 0.5 ? floor + 1 : floor
}

function byZero(message: string): PythonError {
  return new PythonError('ZeroDivisionError', message)
}
