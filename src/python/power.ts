import { Float } from '../values/float.ts'
import { divideInts } from './division.ts'
import { PythonError } from './errors.ts'
import { checkBits } from './limits.ts'
import { bitLength, type Int, normal, toFloat } from './numbers.ts'

/** `base ** exponent`: an int for ints, unless the exponent is below 0. */
export function power(base: Int, exponent: Int, areInts: boolean): Int | Float {
  if (areInts && exponent >= 0) return powerOfInts(base, exponent)
  // JavaScript's own ** is off by a last digit now and then.
  if (areInts && exponent > -1000 && base !== 0)
    return Float.of(divideInts(1, powerOfInts(base, -exponent as Int)))
  return Float.of(powerOfFloats(toFloat(base), toFloat(exponent)))
}

function powerOfInts(base: Int, exponent: Int): Int {
  const quick = Number(base) ** Number(exponent)
  if (Number.isSafeInteger(quick)) return quick
  checkBits((bitLength(base) - 1) * Number(exponent))
  return normal(BigInt(base) ** BigInt(exponent))
}

function powerOfFloats(base: number, exponent: number): number {
  if (base === 0 && exponent < 0)
    throw new PythonError('ZeroDivisionError', '0.0 cannot be raised to a negative power')
  if (base < 0 && Number.isFinite(base) && Number.isFinite(exponent) && !Number.isInteger(exponent))
    throw new PythonError('ValueError', 'the result would be a complex number, which is not known here')
  // To Python 1 is the result also for NaN and infinity.
  if (base === 1 || (base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent))) return 1
  const result = exponent === 0.5 && base >= 0 ? Math.sqrt(base) + 0 : base ** exponent
  if (!Number.isFinite(result) && Number.isFinite(base) && Number.isFinite(exponent))
    throw new PythonError('OverflowError', "(34, 'Numerical result out of range')")
  return result
}
