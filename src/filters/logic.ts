import { isTruthy } from '../python/truth.ts'
import { typeName } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { filter } from './define.ts'
import { isUndefined } from './given.ts'

/** What to take when a value is missing, empty, true or false. */
export const logicFilters = [
  filter(
    'default',
    [{ default_value: '', boolean: false }],
    'The value, or another one when it is undefined, or with `true` when it counts as false.',
    (value: unknown, other: unknown, boolean: unknown) =>
      isUndefined(value) || (isTruthy(boolean) && !isTruthy(value)) ? other : value,
  ),
  filter(
    'bool',
    [],
    'True for yes, on, 1 and true, whatever their case; none stays none.',
    (value: unknown) => {
      if (value === null || typeof value === 'boolean') return value
      if (isUndefined(value)) return isTruthy(value)
      if (typeof value === 'string') return ['yes', 'on', '1', 'true'].includes(value.toLowerCase())
      return value instanceof Number ? value.valueOf() === 1 : value === 1
    },
  ),
  filter(
    'ternary',
    ['true_val', 'false_val', { none_val: null }],
    'One of two values, as the first counts as true or not, or a third one when it is none.',
    (value: unknown, yes: unknown, no: unknown, nothing: unknown) =>
      value === null && nothing !== null ? nothing : isTruthy(value) ? yes : no,
  ),
  filter(
    'mandatory',
    [{ msg: null }],
    'The value, or an error with the message when it is undefined.',
    (value: unknown, message: unknown) => {
      if (!(value instanceof Undefined)) return value
      const name = 'of' in value.missing || value.missing.name === undefined ? '' : `"${value.missing.name}" `
      throw new Error(message === null ? `mandatory variable ${name}not defined` : String(message))
    },
  ),
  filter('type_debug', [], "The name of the value's type in Python.", typeName),
]
