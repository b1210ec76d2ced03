import { toText } from '../../values/text.ts'
import { toBoolean } from '../../values/truth.ts'
import type { Value } from '../../values/value.ts'
import { helper, shown, toNumber } from './define.ts'
import { order } from './lists.ts'

/** Numbers, and the conversions between types. */
export const numberHelpers = [
  helper('add', ['...numbers:number'], 'The sum of its arguments.', (...numbers) =>
    finite(numbers.reduce((sum, number) => sum + number, 0)),
  ),
  helper('sub', ['a:number', 'b:number'], 'a less b.', (a, b) => finite(a - b)),
  helper('mul', ['...numbers:number'], 'The product of its arguments.', (...numbers) =>
    finite(numbers.reduce((product, number) => product * number, 1)),
  ),
  helper('div', ['a:number', 'b:number'], 'a divided by b.', (a, b) => finite(a / divisor(b))),
  helper(
    'mod',
    ['a:number', 'b:number'],
    'What is left of a divided by b, with the sign of b.',
    (a, b) => ((a % divisor(b)) + b) % b,
  ),
  helper('sum', ['list:list'], 'The sum of a list of numbers.', (list) =>
    finite(list.reduce<number>((sum, item) => sum + number(item), 0)),
  ),
  helper('min', ['list:list'], 'The least item of a list.', (list) => [...list].sort(order(list))[0]),
  helper('max', ['list:list'], 'The greatest item of a list.', (list) => [...list].sort(order(list)).at(-1)),
  helper('abs', ['number:number'], 'A number without its sign.', (number) => Math.abs(number)),
  helper(
    'round',
    ['number:number', 'digits?:number'],
    'A number rounded to so many digits behind the point, none if not said.',
    (number, digits = 0) => Math.round(number * 10 ** digits) / 10 ** digits,
  ),
  helper('int', ['value:any'], 'A whole number; what is behind the point is cut off.', (value) =>
    Math.trunc(number(value)),
  ),
  helper('float', ['value:any'], 'A number.', number),
  helper('bool', ['value:any'], 'true or false, from yes, no, on, off, 1, 0 and the like.', (value) => {
    const truth = toBoolean(value)
    if (truth === undefined) throw new Error(`${shown(value)} is neither true nor false`)
    return truth
  }),
  helper('string', ['value:any'], 'A value as text, as it is written into templates.', toText),
]

function number(value: Value): number {
  const found = typeof value === 'boolean' ? Number(value) : toNumber(value)
  if (found === undefined) throw new Error(`${shown(value)} is not a number`)
  return found
}

function divisor(number: number): number {
  if (number === 0) throw new Error('nothing can be divided by 0')
  return number
}

function finite(number: number): number {
  if (!Number.isFinite(number)) throw new Error('the result is too large a number')
  return number
}
