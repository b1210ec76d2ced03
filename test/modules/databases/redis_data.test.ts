import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { redis_data } from '../../../src/modules/databases/redis_data.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('keys of Redis')

const A = { key: 'a', value: '1' }
const printed = (...lines: string[]) => `PONG\n${lines.join('\n')}\n\0\0`
const gone = printed('(integer) 0', '(integer) -2', '(nil)')
const holds = (value: string, ttl = -1) => printed('(integer) 1', `(integer) ${ttl}`, value)

const PLANS: [raw: Raw, printed: string, changes: unknown[], failed?: string][] = [
  [A, gone, [['key a', null, '1']]],
  [A, holds('"1"'), []],
  [A, holds('"1"', 50), []],
  [
    A,
    holds('"2"', 50),
    [
      ['key a', '2', '1'],
      ['milliseconds of key a', 50, null],
    ],
  ],
  [A, holds('"\\xff"'), [['key a', '\ufffd', '1']]],
  [{ ...A, value: '\ufffd' }, holds('"\\xff"'), [['key a', '\ufffd', '\ufffd']]],
  [{ ...A, value: 'ä"\n' }, holds('"\\xc3\\xa4\\"\\n"'), []],
  [{ ...A, keep_ttl: true }, holds('"2"', 50), [['key a', '2', '1']]],
  [{ ...A, keep_ttl: false }, holds('"1"', 50), [['milliseconds of key a', 50, null]]],
  [{ ...A, keep_ttl: false }, holds('"1"'), []],
  [
    { ...A, expiration: 5 },
    gone,
    [
      ['key a', null, '1'],
      ['milliseconds of key a', null, 5],
    ],
  ],
  [{ ...A, expiration: 5 }, holds('"1"', 3), [['milliseconds of key a', 3, 5]]],
  [{ ...A, existing: true }, gone, [], 'Could not set key: a. Key not present.'],
  [{ ...A, non_existing: true }, holds('"1"'), []],
  [{ ...A, non_existing: true }, holds('"2"'), [], 'Could not set key: a. Key already present.'],
  [A, holds('(error) WRONGTYPE x'), [], 'Failed to get value of key: a with exception: WRONGTYPE x'],
  [A, printed('(error) NOPERM x', '(error) NOPERM x', '(error) NOPERM x'), [], 'NOPERM x'],
  [A, 'none\0\0', [], 'Failed to find required executable "redis-cli" in paths'],
  [{ key: 'a', state: 'absent' }, printed('(integer) 1', '(integer) -1'), [['key a', 'present', null]]],
  [{ key: 'a', state: 'absent' }, printed('(integer) 0', '(integer) -2'), []],
]

test('a key is what it is to be', () => {
  for (const [raw, text, changes, failed] of PLANS) {
    const plan = planOf(redis_data, raw, text)
    assert.equal([rows(plan), plan.failed], [changes, failed], JSON.stringify([raw, text]))
  }
  assert.is(planOf(redis_data, A, 'none\0\0', CHECK).changes.length, 1)
})

const PROBLEMS: [Raw, RegExp][] = [
  [{ value: '1' }, /missing required arguments: key/],
  [{ key: 'a' }, /state is present but all of the following are missing: value/],
  [{ ...A, expiration: 0 }, /expiration: 0 is no number of milliseconds/],
  [{ ...A, existing: true, non_existing: true }, /mutually exclusive: non_existing\|existing/],
  [{ ...A, keep_ttl: true, expiration: 1 }, /mutually exclusive: keep_ttl\|expiration/],
  [{ ...A, login_port: 0 }, /login_port: 0 is not a port/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(redis_data, raw)
    assert.is(problems.length, 1, JSON.stringify(raw))
    assert.match(problems[0]!, problem)
  }
})

test.run()
