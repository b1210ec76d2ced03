import { Float } from '../values/float.ts'
import {
  divideFloats,
  divideInts,
  floorDivide as floorDivideNumbers,
  modulo as moduloNumbers,
} from './division.ts'
import { PythonError } from './errors.ts'
import { formatPercent } from './format/percent.ts'
import { checkBits, checkLength } from './limits.ts'
import { bitLength, type Int, intOf, isInt, normal, numberOf, toFloat } from './numbers.ts'
import { PythonObject } from './object.ts'
import { power as powerOfNumbers } from './power.ts'
import { DictView, Tuple } from './tuple.ts'
import { typeName } from './type-name.ts'
import type { PyValue } from './types.ts'
import { Undefined } from './undefined.ts'

type Operator = '+' | '-' | '*' | '/' | '//' | '%' | '** or pow()'

/** Python's `one + other`: numbers, texts, lists, tuples, dates. Raises a TypeError. */
export function add(one: unknown, other: unknown): PyValue {
  if (typeof one === 'string' && typeof other === 'string') {
    checkLength(one.length + other.length, 'characters')
    return one + other
  }
  const sum = numeric(one, other, (a, b) => a + b, addBig)
  if (sum !== undefined) return sum
  refuseUndefined(one, other)
  if (
    Array.isArray(one) &&
    Array.isArray(other) &&
    typeName(one) === typeName(other) &&
    !(one instanceof DictView)
  ) {
    checkLength(one.length + other.length, 'items')
    return one instanceof Tuple ? (Tuple.from([...one, ...other]) as PyValue[]) : [...one, ...other]
  }
  const joined = one instanceof PythonObject ? one.plus(other) : undefined
  if (joined !== undefined) return joined as PyValue
  const type = typeName(one)
  if (type === 'str' || type === 'list' || type === 'tuple') {
    const wrong = typeName(other)
    throw new PythonError('TypeError', `can only concatenate ${type} (not "${wrong}") to ${type}`)
  }
  throw unsupported('+', one, other)
}

/** Python's `one - other`. Raises a TypeError. */
export function subtract(one: unknown, other: unknown): PyValue {
  const difference = numeric(one, other, (a, b) => a - b, subtractBig)
  if (difference !== undefined) return difference
  refuseUndefined(one, other)
  const left = one instanceof PythonObject ? one.minus(other) : undefined
  if (left !== undefined) return left as PyValue
  throw unsupported('-', one, other)
}

/** Python's `one * other`: numbers, and texts, lists and tuples so many times. Raises a TypeError. */
export function multiply(one: unknown, other: unknown): PyValue {
  const product = numeric(one, other, (a, b) => a * b, multiplyBig)
  if (product !== undefined) return product
  refuseUndefined(one, other)
  if (isSequence(one)) return repeated(one, other)
  if (isSequence(other)) return repeated(other, one)
  throw unsupported('*', one, other)
}

/** Python's `one / other`, always a float. Raises a TypeError, or a ZeroDivisionError. */
export function divide(one: unknown, other: unknown): PyValue {
  const [left, right] = numbers('/', one, other)
  return Float.of(
    isInt(one) && isInt(other) ? divideInts(left, right) : divideFloats(toFloat(left), toFloat(right)),
  )
}

/** Python's `one // other`. Raises a TypeError, or a ZeroDivisionError. */
export function floorDivide(one: unknown, other: unknown): PyValue {
  const [left, right] = numbers('//', one, other)
  return floorDivideNumbers(left, right, isInt(one) && isInt(other))
}

/** Python's `one % other`: the rest of numbers, or a text with values put in. Raises a TypeError. */
export function modulo(one: unknown, other: unknown): PyValue {
  if (typeof one === 'string') return formatPercent(one, other)
  const [left, right] = numbers('%', one, other)
  return moduloNumbers(left, right, isInt(one) && isInt(other))
}

/** Python's `one ** other`. Raises a TypeError, and a MemoryError for a result that is too large. */
export function power(one: unknown, other: unknown): PyValue {
  const [left, right] = numbers('** or pow()', one, other)
  return powerOfNumbers(left, right, isInt(one) && isInt(other))
}

/** Python's `-value`. Raises a TypeError. */
export function negate(value: unknown): PyValue {
  const int = intOf(value)
  if (typeof int === 'number') return 0 - int
  if (typeof int === 'bigint') return normal(-int)
  return Float.of(-sign('-', value))
}

/** Python's `+value`. Raises a TypeError. */
export function positive(value: unknown): PyValue {
  return intOf(value) ?? Float.of(sign('+', value))
}

function sign(operator: string, value: unknown): number {
  if (value instanceof Undefined) value.fail()
  const number = numberOf(value)
  if (number !== undefined) return Number(number)
  throw new PythonError('TypeError', `bad operand type for unary ${operator}: '${typeName(value)}'`)
}

/** The result for two numbers: quickly, as long as it is a safe int; else exactly, or as a float. */
function numeric(
  one: unknown,
  other: unknown,
  quick: (one: number, other: number) => number,
  exact: (one: bigint, other: bigint) => bigint,
): PyValue | undefined {
  const left = numberOf(one)
  const right = left === undefined ? undefined : numberOf(other)
  if (left === undefined || right === undefined) return undefined
  if (!isInt(one) || !isInt(other)) return Float.of(quick(toFloat(left), toFloat(right)))
  if (typeof left === 'number' && typeof right === 'number') {
    const result = quick(left, right)
    // Python's int has no -0.
    if (Number.isSafeInteger(result)) return result + 0
  }
  return normal(exact(BigInt(left), BigInt(right)))
}

const addBig = (one: bigint, other: bigint) => one + other
const subtractBig = (one: bigint, other: bigint) => one - other
const multiplyBig = (one: bigint, other: bigint) => {
  checkBits(bitLength(one) + bitLength(other))
  return one * other
}

function isSequence(value: unknown): value is string | PyValue[] {
  return typeof value === 'string' || (Array.isArray(value) && !(value instanceof DictView))
}

function repeated(sequence: string | PyValue[], times: unknown): PyValue {
  const count = intOf(times)
  if (count === undefined)
    throw new PythonError('TypeError', `can't multiply sequence by non-int of type '${typeName(times)}'`)
  const isText = typeof sequence === 'string'
  const least = sequence.length === 0 || count < 0 ? 0 : count
  checkLength(BigInt(sequence.length) * BigInt(least), isText ? 'characters' : 'items')
  if (isText) return sequence.repeat(Number(least))
  const list: PyValue[] = sequence instanceof Tuple ? (new Tuple() as PyValue[]) : []
  for (let time = 0; time < least; time += 1) for (const item of sequence) list.push(item)
  return list
}

function numbers(operator: Operator, one: unknown, other: unknown): [Int, Int] {
  const left = numberOf(one)
  const right = numberOf(other)
  if (left !== undefined && right !== undefined) return [left, right]
  refuseUndefined(one, other)
  throw unsupported(operator, one, other)
}

function refuseUndefined(one: unknown, other: unknown): void {
  if (one instanceof Undefined) one.fail()
  if (other instanceof Undefined) other.fail()
}

function unsupported(operator: Operator, one: unknown, other: unknown): PythonError {
  const types = `'${typeName(one)}' and '${typeName(other)}'`
  return new PythonError('TypeError', `unsupported operand type(s) for ${operator}: ${types}`)
}
