import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ascii, repr, str } from '../../src/python/text.ts'
import { isTruthy } from '../../src/python/truth.ts'
import { Undefined, UndefinedError } from '../../src/python/undefined.ts'
import { decode, recordedRows } from '../support/recorded.ts'

const test = suite("Python's texts of values")
for (const [encoded, text, shown, truth, escaped] of recordedRows<[unknown, string, string, boolean, string]>(
  'texts',
)) {
  test(`${shown} is written as Python writes it`, () => {
    const value = decode(encoded)
    assert.equal([str(value), repr(value), isTruthy(value), ascii(value)], [text, shown, truth, escaped])
  })
}
test('a list that holds itself ends', () => {
  const list: unknown[] = [1]
  list.push(list, { a: list })
  assert.is(repr(list), "[1, [...], {'a': [...]}]")
})
test('an undefined value has neither text nor truth, but shows itself within a list', () => {
  const missing = new Undefined({ name: 'b', of: { a: 1 } })
  for (const work of [str, isTruthy])
    assert.throws(
      () => work(missing),
      (error: Error) => error instanceof UndefinedError,
    )
  assert.is(missing.message, "'dict object' has no attribute 'b'")
  assert.is(str([missing]), "[AnsibleUndefined(hint=None, obj={'a': 1}, name='b')]")
  assert.is(new Undefined({ name: 5, of: [] }).message, 'list object has no element 5')
})
test.run()
