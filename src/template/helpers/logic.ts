import { callTest } from '../../filters/index.ts'
import { isTruthy } from '../../python/truth.ts'
import { Undefined, UndefinedError } from '../../python/undefined.ts'
import { Float } from '../../values/float.ts'
import { MissingError } from '../../values/missing.ts'
import { ProblemError } from '../../values/problem.ts'
import { isTrue } from '../../values/truth.ts'
import { isMap, type Value, type ValueMap } from '../../values/value.ts'
import { helper, toNumber } from './define.ts'

type Lazy = Value | ProblemError

/** Comparison, and what decides between values. */
export const logicHelpers = [
  helper(
    'eq',
    ['a:any', 'b:any'],
    'Whether both are equal; a number also equals the text that it looks like.',
    isSame,
  ),
  helper('ne', ['a:any', 'b:any'], 'Whether both differ.', (a, b) => !isSame(a, b)),
  helper('lt', ['a:any', 'b:any'], 'Whether a is less than b.', (a, b) => compare(a, b) < 0),
  helper('le', ['a:any', 'b:any'], 'Whether a is at most b.', (a, b) => compare(a, b) <= 0),
  helper('gt', ['a:any', 'b:any'], 'Whether a is greater than b.', (a, b) => compare(a, b) > 0),
  helper('ge', ['a:any', 'b:any'], 'Whether a is at least b.', (a, b) => compare(a, b) >= 0),
  helper(
    'and',
    ['...values:lazy'],
    'The first value that counts as false, or the last; those behind it do not matter.',
    (...values) => deciding(values, false),
  ),
  helper(
    'or',
    ['...values:lazy'],
    'The first value that counts as true, or the last; those behind it do not matter.',
    (...values) => deciding(values, true),
  ),
  helper('not', ['value:any'], 'Whether a value counts as false.', (value) => !isTrue(value)),
  helper(
    'in',
    ['needle:any', 'haystack:any'],
    'Whether a list, a text or the names of a map hold something.',
    (needle, haystack) => holds(haystack, needle),
  ),
  helper('contains', ['haystack:any', 'needle:any'], 'The same, the other way round.', holds),
  helper('defined', ['value:lazy'], 'Whether there is such a variable or key.', (value) => isThere(value), {
    optionalArguments: 'all',
  }),
  helper(
    'undefined',
    ['value:lazy'],
    'Whether there is no such variable or key.',
    (value) => not(isThere(value)),
    {
      optionalArguments: 'all',
    },
  ),
  helper(
    'default',
    ['value:lazy', '...fallbacks:lazy'],
    'The first of its values that is there.',
    firstThere,
    { optionalArguments: 'all but the last' },
  ),
  helper(
    'mandatory',
    ['value:lazy', 'message?:text'],
    'The value, or the message as an error when it is not there.',
    (value, message) => {
      if (message !== undefined && value instanceof MissingError) throw new Error(message)
      return value
    },
  ),
  helper(
    'ternary',
    ['condition:lazy', 'yes:lazy', 'no:lazy'],
    'One of two values, as a condition says.',
    (condition, yes, no) => (condition instanceof ProblemError ? condition : isTrue(condition) ? yes : no),
  ),
  helper(
    'test',
    ['value:lazy', 'name:text', '...arguments:lazy'],
    'Whether a test of Jinja holds: `test version "version" "2.0" ">="`, `test x "string"`.',
    function (value, name, ...args) {
      const wrong = [value, ...args].find((one) => one instanceof ProblemError)
      if (wrong !== undefined && !(wrong === value && value instanceof MissingError)) return wrong
      return tested(value as Value | MissingError, name, args as Value[], this.named)
    },
    { takesNamed: true },
  ),
  helper(
    'changed',
    ['result:map'],
    'Whether a registered result says that something was changed.',
    (result) => says(result, 'changed'),
  ),
  helper('failed', ['result:map'], 'Whether a registered result says that the task failed.', (result) =>
    says(result, 'failed'),
  ),
  helper(
    'succeeded',
    ['result:map'],
    'Whether a registered result says that the task did not fail.',
    (result) => !says(result, 'failed'),
  ),
  helper('skipped', ['result:map'], 'Whether a registered result says that the task was skipped.', (result) =>
    says(result, 'skipped'),
  ),
]

/** Whether two values are equal, whatever the order of a map's keys. "1.0" equals 1; two texts are equal only as texts. */
export function isSame(a: Value, b: Value): boolean {
  if (a === b) return true
  if (typeof a === 'string' && typeof b === 'string') return false
  const [first, second] = [toNumber(a), toNumber(b)]
  if (first !== undefined && second !== undefined) return first === second
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]!))
  }
  if (!isMap(a) || !isMap(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name]!, b[name]!))
  )
}

/** Less than 0, 0 or more than 0; numbers as numbers, else texts by their characters. */
export function compare(a: Value, b: Value): number {
  const [first, second] = [toNumber(a), toNumber(b)]
  if (first !== undefined && second !== undefined) return first - second
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (Array.isArray(a) && Array.isArray(b)) {
    for (const [index, item] of a.entries()) {
      if (index >= b.length) return 1
      const order = compare(item, b[index]!)
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  if (!isOrdered(a) || !isOrdered(b)) {
    throw new Error(`${JSON.stringify(a)} and ${JSON.stringify(b)} have no order`)
  }
  const [left, right] = [String(a), String(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function isOrdered(value: Value): value is string | number | Float {
  return typeof value === 'string' || typeof value === 'number' || value instanceof Float
}

function deciding(values: readonly Lazy[], wanted: boolean): Lazy {
  if (values.length === 0) throw new Error('takes at least one value')
  const decided = values.find((value) => value instanceof ProblemError || isTrue(value) === wanted)
  return decided === undefined ? values.at(-1)! : decided
}

function firstThere(...values: Lazy[]): Lazy {
  const found = values.find((value) => !(value instanceof MissingError))
  return found === undefined ? values.at(-1)! : found
}

/** Tests take what is not there, too; those that need a value give its error. */
function tested(value: Value | MissingError, name: string, args: readonly Value[], named: ValueMap): Lazy {
  const given = value instanceof MissingError ? new Undefined({ hint: value.message }) : value
  try {
    return isTruthy(callTest(name, given, args, named))
  } catch (error) {
    if (value instanceof MissingError && error instanceof UndefinedError) return value
    throw error
  }
}

function isThere(value: Lazy): boolean | ProblemError {
  if (value instanceof MissingError) return false
  return value instanceof ProblemError ? value : true
}

function not(value: boolean | ProblemError): boolean | ProblemError {
  return typeof value === 'boolean' ? !value : value
}

function holds(haystack: Value, needle: Value): boolean {
  if (Array.isArray(haystack)) return haystack.some((item) => isSame(item, needle))
  if (isMap(haystack)) return Object.hasOwn(haystack, String(needle))
  if (typeof haystack !== 'string') throw new Error(`${JSON.stringify(haystack)} is not a list, text or map`)
  return haystack.includes(String(needle))
}

function says(result: ValueMap, name: string): boolean {
  return isTrue(result[name] ?? false)
}
