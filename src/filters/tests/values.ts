import { modulo } from '../../python/arithmetic.ts'
import { contains, equals } from '../../python/equality.ts'
import { compare } from '../../python/order.ts'
import { str } from '../../python/text.ts'
import { isTruthy } from '../../python/truth.ts'
import { isDict, typeName } from '../../python/type-name.ts'
import { toBoolean } from '../../values/truth.ts'
import { type CallContext, test } from '../define.ts'
import { isBoolean, isFloat, isInteger, isText, isUndefined, text } from '../given.ts'
import { method } from '../method.ts'

const isThere = (value: unknown) => !isUndefined(value)
const isNumber = (value: unknown) => isInteger(value) || isFloat(value) || isBoolean(value)

/** What a value is, and how it compares with another. */
export const valueTests = [
  test('defined', [], 'There is such a variable, key or item.', isThere),
  test('undefined', [], 'There is none.', isUndefined),
  test('none', [], 'It is none.', (value: unknown) => value === null),
  test('boolean', [], 'It is true or false.', isBoolean),
  test('true', [], 'It is true.', (value: unknown) => value === true),
  test('false', [], 'It is false.', (value: unknown) => value === false),
  test('string', [], 'It is a text.', isText),
  test('mapping', [], 'It is a map.', isDict),
  test('sequence', [], 'It has a length and can be looked into: a list, a text, a map.', isSequence),
  test('iterable', [], 'It can be gone over.', isIterable),
  test('number', [], 'It is a number, or true or false.', isNumber),
  test('integer', [], 'It is a whole number.', isInteger),
  test('float', [], 'It is a number with a fraction.', isFloat),
  test('callable', [], 'It can be called.', (value: unknown) => typeof value === 'function'),
  test('escaped', [], 'It is marked as escaped; nothing is here.', () => false),
  test(
    'vault_encrypted',
    [],
    'It is encrypted; no value is here, as it is decrypted when it is read.',
    () => false,
  ),
  test('sameas', ['other'], 'It is the very same.', identical),
  test('odd', [], 'It is an odd number.', (value: unknown) => equals(modulo(value, 2), 1)),
  test('even', [], 'It is an even number.', (value: unknown) => equals(modulo(value, 2), 0)),
  test(
    'divisibleby',
    ['num'],
    'It can be divided by a number without a rest.',
    (value: unknown, divisor: unknown) => equals(modulo(value, divisor), 0),
  ),
  test('lower', [], 'Its letters are small ones.', (value: unknown) => method(str(value), 'islower')),
  test('upper', [], 'Its letters are capitals.', (value: unknown) => method(str(value), 'isupper')),
  test('nan', [], 'It is the number that is none.', (value: unknown) => {
    if (isUndefined(value)) return isTruthy(value)
    return isNumber(value) && Number.isNaN(Number(value))
  }),
  test(
    'truthy',
    [{ convert_bool: false }],
    'It counts as true; with convert_bool "no" and "off" do not.',
    truthy,
  ),
  test(
    'falsy',
    [{ convert_bool: false }],
    'It counts as false; with convert_bool "no" and "off" do, too.',
    (value: unknown, convert: unknown) => !truthy(value, convert),
  ),
  test('in', ['seq'], 'A list, a text or the keys of a map hold it.', (value: unknown, seq: unknown) =>
    contains(seq, value),
  ),
  test('contains', ['value'], 'It holds a value.', (seq: unknown, value: unknown) => contains(seq, value)),
  test('eq', ['other'], 'It is equal.', equals),
  test('ne', ['other'], 'It is not equal.', (a: unknown, b: unknown) => !equals(a, b)),
  test('lt', ['other'], 'It is less.', (a: unknown, b: unknown) => compare(a, b) < 0),
  test('le', ['other'], 'It is less or equal.', (a: unknown, b: unknown) => compare(a, b) <= 0),
  test('gt', ['other'], 'It is more.', (a: unknown, b: unknown) => compare(a, b) > 0),
  test('ge', ['other'], 'It is more or equal.', (a: unknown, b: unknown) => compare(a, b) >= 0),
  test('filter', [], 'There is a filter of that name.', function (this: CallContext, value: unknown) {
    return this.hasFilter(text(value))
  }),
  test('test', [], 'There is a test of that name.', function (this: CallContext, value: unknown) {
    return this.hasTest(text(value))
  }),
]

/** Numbers and texts with the same value are taken for one object, as Python mostly has it; 1 and 1.0 are not. */
function identical(a: unknown, b: unknown): boolean {
  if (a === b || isBoolean(a) || isBoolean(b)) return a === b
  return isNumber(a) && isNumber(b) && typeName(a) === typeName(b) && equals(a, b)
}

function isIterable(value: unknown): boolean {
  if (isUndefined(value)) value.fail()
  return isSequence(value)
}

function isSequence(value: unknown): boolean {
  return isText(value) || Array.isArray(value) || isDict(value)
}

function truthy(value: unknown, convert: unknown): boolean {
  if (isTruthy(convert) && (isText(value) || isNumber(value))) {
    const plain = isText(value) ? value.trim() : Number(value)
    return toBoolean(plain as string | number) ?? isTruthy(value)
  }
  return isTruthy(value)
}
