import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { redis_data_incr } from '../../../src/modules/databases/redis_data_incr.ts'
import { planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('counting keys of Redis')

const SUMS: [old: string, raw: Raw, before: string | null, after: string][] = [
  ['(nil)', {}, null, '1'],
  ['"41"', {}, '41', '42'],
  ['"-5"', { increment_int: -5 }, '-5', '-10'],
  ['"9007199254740993"', { increment_int: 2 }, '9007199254740993', '9007199254740995'],
  ['"45.5"', { increment_float: 20.4 }, '45.5', '65.9'],
  ['"1e3"', { increment_float: -0.5 }, '1e3', '999.5'],
  ['(nil)', { increment_float: 0.0000001 }, null, '0.0000001'],
]

test('what a key holds then is known before', () => {
  for (const [old, raw, before, after] of SUMS) {
    const plan = planOf(redis_data_incr, { key: 'a', ...raw }, `PONG\n${old}\n\0\0`)
    assert.equal(rows(plan), [['key a', before, after]])
    assert.is(Number(plan.result?.value), Number(after))
  }
  for (const old of ['"x"', '"1.5"', '" 1"', '"01"', '""', '"9223372036854775807"'])
    assert.match(
      planOf(redis_data_incr, { key: 'a' }, `PONG\n${old}\n\0\0`).failed ?? '',
      /is not incrementable/,
    )
  const fraction = { key: 'a', increment_float: 1 }
  for (const old of ['"x"', '"0x1"', '""', '"1e999"'])
    assert.match(planOf(redis_data_incr, fraction, `PONG\n${old}\n\0\0`).failed ?? '', /\(float\)/)
})

test('a wrong argument is told in a sentence', () => {
  assert.match(
    problemsOf(redis_data_incr, { key: 'a', increment_int: 1, increment_float: 1 })[0]!,
    /exclusive/,
  )
  assert.match(problemsOf(redis_data_incr, { key: 'a', increment_float: 'inf' })[0]!, /increment_float/)
})

test.run()
