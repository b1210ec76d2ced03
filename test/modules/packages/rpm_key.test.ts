import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rpm_key } from '../../../src/modules/packages/rpm_key.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'
import { armored, madeKey } from './keys.ts'

const test = suite('rpm_key')

const one = madeKey(1)
const other = madeKey(2)
const ID = one.fingerprint.slice(-16)

const section = (name: string, text: string, code = 0) => `${name}\0${text}\0${code}\0`
const trusted = (...keys: Buffer[]) =>
  section('rpm', '/usr/bin/rpm\n') +
  section('keys', keys.map((key) => armored(key)).join(''), keys.length === 0 ? 1 : 0)
const fetched = (bytes: Buffer, status = 0) =>
  section('fetched', `${bytes.toString('base64')}\n${status === 0 ? '' : 'curl: 404\n'}status ${status}`)

const URL = 'https://a/b'
const added = [[`key ${ID}`, null, 'trusted']]
const removed = [[`key ${ID}`, 'trusted', null]]

const TABLE: [raw: Raw, printed: string, changes: unknown[][]][] = [
  [{ key: URL }, trusted(other.bytes) + fetched(Buffer.from(armored(one.bytes))), added],
  [{ key: URL }, trusted(other.bytes, one.bytes) + fetched(one.bytes), []],
  [{ key: URL, state: 'absent' }, trusted(one.bytes) + fetched(one.bytes), removed],
  [
    { key: URL, fingerprint: one.fingerprint.replace(/(.{4})/g, '$1 ') },
    trusted() + fetched(one.bytes),
    added,
  ],
  [{ key: one.fingerprint }, trusted(one.bytes), []],
  [{ key: `0x${ID.toLowerCase()}`, state: 'absent' }, trusted(one.bytes), removed],
  [{ key: ID.slice(-8), state: 'absent' }, trusted(one.bytes), [[`key ${ID.slice(-8)}`, 'trusted', null]]],
  [{ key: ID, state: 'absent' }, trusted(other.bytes), []],
]

for (const [raw, printed, changes] of TABLE) {
  test(`${JSON.stringify(raw)} plans just what differs from ${printed.length} bytes`, () => {
    assert.equal(rows(planOf(rpm_key, raw, printed)), changes)
  })
}

test('a key is erased by the number under which rpm has it', () => {
  const { actions } = planOf(rpm_key, { key: ID, state: 'absent' }, trusted(one.bytes))
  assert.match(JSON.stringify(actions), new RegExp(`--allmatches gpg-pubkey-${ID.slice(-8).toLowerCase()}"`))
})

test('what cannot be had is a failure', () => {
  const failed = (raw: Raw, printed: string) => planOf(rpm_key, raw, printed).failed
  assert.is(
    failed({ key: URL }, trusted() + fetched(Buffer.alloc(0), 22)),
    `failed to fetch key at ${URL} , error was: curl: 404`,
  )
  assert.is(failed({ key: URL }, trusted() + fetched(Buffer.from('<html>'))), `Not a public key: ${URL}`)
  assert.is(failed({ key: ID }, trusted()), 'When importing a key, a valid file must be given')
  assert.match(
    failed({ key: ID }, section('rpm', '', 127) + section('keys', '', 127)) ?? '',
    /executable "rpm"/,
  )
  assert.is(
    failed({ key: URL, fingerprint: 'AB CD' }, trusted() + fetched(one.bytes)),
    `The specified fingerprint, 'ABCD', does not match the key fingerprint '${one.fingerprint}'`,
  )
})

test('a file on the host that an earlier task makes may be missing under check', () => {
  const file = (look: string, view = RUN) => planOf(rpm_key, { key: '/k' }, [look, trusted()], view)
  assert.equal(rows(file(`1${armored(one.bytes)}`)), added)
  assert.match(file('0').failed ?? '', /^Not a valid key \/k: there is no such file/)
  assert.is(file('1no key').failed, 'Not a public key: /k')
  assert.equal(rows(file('0', CHECK)), [['key of /k', null, 'trusted']])
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(rpm_key, raw)[0] ?? ''
  for (const key of ['', '12345678x', '0x12345678; id']) assert.match(problem({ key }), /^Not a valid key/)
  assert.match(problem({ key: 'file:///a' }), /not an address/)
  assert.match(problem({ key: ID, fingerprint: 'x' }), /not a fingerprint/)
})

test.run()
