import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openssl_dhparam } from '../../../src/modules/crypto/openssl_dhparam.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('openssl_dhparam')

const THERE = filesText(statText(), FOLDER)
const GOOD = `${THERE}1    DH Parameters: (512 bit)\n    P:\n`
const MISSING = `${filesText(undefined, FOLDER)}1`
const A = { path: '/d/dh', size: 512 }

const TABLE: [title: string, raw: Raw, printed: string, changes: unknown[]][] = [
  ['parameters that are right are left', {}, GOOD, []],
  ['those that are missing are made', {}, MISSING, [['parameters', null, 512]]],
  ['and those of another size', { size: 1024 }, GOOD, [['parameters', 512, 1024]]],
  ['and those that are bad', {}, `${GOOD}WARNING: p is not prime\n`, [['parameters', 'unreadable', 512]]],
  [
    'and those that are none',
    {},
    `${THERE}1unable to load DH parameters\n`,
    [['parameters', 'unreadable', 512]],
  ],
  ['and by force', { force: true }, GOOD, [['parameters', 512, '512, new']]],
  ['permissions alone', { mode: '0600' }, GOOD, [['mode', '0644', '0600']]],
  ['they are removed', { state: 'absent' }, GOOD, [['state', 'file', 'absent']]],
  ['and not twice', { state: 'absent' }, MISSING, []],
]

for (const [title, raw, printed, changes] of TABLE)
  test(title, () => assert.equal(rows(planOf(openssl_dhparam, { ...A, ...raw }, printed)), changes))

test('what cannot be is a failure, and under check what may still come', () => {
  assert.match(
    planOf(openssl_dhparam, A, `${filesText(undefined, undefined)}1`).failed!,
    /The directory \/d does not exist/,
  )
  assert.match(planOf(openssl_dhparam, A, `${filesText(undefined, FOLDER)}0`).failed!, /executable "openssl"/)
  assert.is(planOf(openssl_dhparam, A, `${filesText(undefined, undefined)}0`, CHECK).changes.length, 1)
  assert.equal(planOf(openssl_dhparam, A, GOOD).result, { size: 512, filename: '/d/dh' })
})

test('a wrong argument is told in a sentence', () => {
  assert.match(problemsOf(openssl_dhparam, { size: 512 }).join(), /missing required arguments: path/)
  assert.match(problemsOf(openssl_dhparam, { path: '/d', size: 5 }).join(), /512 to 10000/)
})

test.run()
