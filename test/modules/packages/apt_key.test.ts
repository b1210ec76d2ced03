import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { apt_key } from '../../../src/modules/packages/apt_key.ts'
import type { Outcome } from '../../../src/sdk/module.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'
import { armored, madeKey } from './keys.ts'

const test = suite('apt_key')

const one = madeKey(1)
const other = madeKey(2)
const old = madeKey(3, 1_000_000_000, 60)
const ID = one.fingerprint.slice(-16)
const SHORT = ID.slice(-8)

const section = (name: string, text: string) => `${name}\0${text}\x000\0`
const trusted = (...keys: Buffer[]) =>
  section('missing', '') + section('keys', keys.map((key) => `${key.toString('base64')}\n`).join(''))
const fetched = (bytes: Buffer, said = '', status = 0) =>
  section('fetched', `${bytes.toString('base64')}\n${said}status ${status}`)

const TABLE: [raw: Raw, printed: string, changes: unknown[][]][] = [
  [{ data: armored(one.bytes) }, trusted(), [[`key ${ID}`, null, 'trusted']]],
  [{ data: armored(one.bytes) }, trusted(other.bytes, one.bytes), []],
  [{ data: armored(one.bytes), state: 'absent' }, trusted(one.bytes), [[`key ${ID}`, 'trusted', null]]],
  [{ id: one.fingerprint, state: 'absent' }, trusted(other.bytes), []],
  [{ id: `0x${ID.toLowerCase()}`, url: 'https://a/b' }, trusted(one.bytes), []],
  [{ id: SHORT, url: 'https://a/b' }, trusted(one.bytes), []],
  [{ id: SHORT, url: 'https://a/b' }, trusted(other.bytes), [[`key ${SHORT}`, null, 'trusted']]],
  [{ id: ID, keyserver: 'a.example' }, trusted(), [[`key ${ID}`, null, 'trusted']]],
  [{ id: ID }, trusted(one.bytes), []],
  [{ url: 'https://a/b' }, trusted(one.bytes) + fetched(one.bytes), []],
  [{ url: 'https://a/b' }, trusted() + fetched(one.bytes), [[`key ${ID}`, null, 'trusted']]],
]

for (const [raw, printed, changes] of TABLE) {
  test(`${JSON.stringify(raw).slice(0, 60)} plans just what differs from ${printed.length} bytes`, () => {
    assert.equal(rows(planOf(apt_key, raw, printed)), changes)
  })
}

test('what Ansible returns of a key is returned', () => {
  const { result } = planOf(apt_key, { id: `0x${one.fingerprint}`, url: 'https://a/b' }, trusted(other.bytes))
  assert.equal(result, {
    id: `0x${one.fingerprint}`,
    short_id: SHORT,
    fp: ID,
    key_id: one.fingerprint,
    before: [other.fingerprint.slice(-16)],
  })
  const short = planOf(apt_key, { id: SHORT, url: 'https://a/b' }, trusted(one.bytes))
  assert.equal(short.result!.before, [SHORT])
})

test('a key that is expired is as good as missing', () => {
  assert.equal(rows(planOf(apt_key, { id: old.fingerprint, state: 'absent' }, trusted(old.bytes))), [])
  const { failed } = planOf(apt_key, { data: armored(old.bytes) }, trusted(old.bytes))
  assert.match(failed ?? '', /^apt-key did not return an error, but failed to add the key/)
})

test('what cannot be had is a failure', () => {
  const failed = (raw: Raw, printed = trusted(), view = RUN) => planOf(apt_key, raw, printed, view).failed
  assert.is(failed({ data: 'no key' }), "Unable to extract key from 'inline data'")
  assert.match(failed({ id: other.fingerprint, data: armored(one.bytes) }) ?? '', /failed to add the key/)
  assert.match(failed({ id: ID }) ?? '', /there is no key to add/)
  const url = { url: 'https://a/b' }
  const said = fetched(Buffer.alloc(0), 'curl: (22) 404\n', 22)
  assert.is(failed(url, trusted() + said), 'Failed to download key at https://a/b: curl: (22) 404')
  assert.throws(() => failed(url, trusted()), /did not say how fetching ended/)
  assert.throws(() => failed({ id: ID }, section('missing', '')), /cannot be read/)
  assert.throws(
    () => failed({ id: ID }, section('missing', '') + section('keys', '?\n')),
    /file of keys was expected/,
  )
})

test('programs that a host has not are named, and how to get them', () => {
  const lacking = (names: string) => section('missing', names) + section('keys', '')
  const raw = { id: ID, state: 'absent' }
  assert.match(planOf(apt_key, raw, lacking('gpg\n')).failed ?? '', /executable "gpg".* install gnupg/)
  assert.match(planOf(apt_key, raw, lacking('apt-key\ngpg\n')).failed ?? '', /"apt-key".* signed-by/)
})

test('a file on the host that an earlier task makes may be missing under check', () => {
  const file = (bytes: Buffer, view = RUN) => {
    const look = bytes.length === 0 ? '0' : `1${bytes}`
    return planOf(apt_key, { file: '/a' }, [look, trusted()], view)
  }
  assert.equal(rows(file(Buffer.from(armored(one.bytes)))), [[`key ${ID}`, null, 'trusted']])
  assert.is(file(Buffer.alloc(0)).failed, "Unable to extract key from '/a'")
  assert.equal(rows(file(Buffer.alloc(0), CHECK)), [['key of /a', null, 'trusted']])
})

test('what apt trusts afterwards says whether it went well', () => {
  const conclude = (raw: Raw, before: string, outcome: Partial<Outcome>) => {
    const plan = planOf(apt_key, raw, before)
    const all = [{ code: 0, stdout: '', stderr: '', seconds: 0, ...outcome }]
    const args = { state: 'present', ...raw } as never
    return apt_key.interpret!(all, args, { now: Date.now() / 1000 }, plan)
  }
  const add = { data: armored(one.bytes) }
  const listed = `${one.bytes.toString('base64')}\n`
  assert.equal(conclude(add, trusted(), { stdout: listed }), { result: { after: [ID] } })
  assert.match(conclude(add, trusted(), {}).failed ?? '', /failed to add the key/)
  const remove = { id: ID, state: 'absent' }
  assert.equal(conclude(remove, trusted(one.bytes), {}), { result: { after: [] } })
  assert.match(
    conclude(remove, trusted(one.bytes), { stdout: listed }).failed ?? '',
    /but the key was not removed/,
  )
  const why = (raw: Raw, code: number, stderr: string) =>
    conclude(raw, raw.state === 'absent' ? trusted(one.bytes) : trusted(), { code, stderr }).failed
  assert.is(why(add, 2, 'gpg: x\n'), 'Unable to add a key from binary data: gpg: x')
  assert.is(why(remove, 1, ''), `Unable to remove a key with id ${SHORT}`)
  const server = { id: ID, keyserver: 'k' }
  assert.is(why(server, 2, 'gpg: key not found on keyserver'), `Key ${ID} not found on keyserver k`)
  assert.is(why(server, 2, 'x'), `Error fetching key ${ID} from keyserver: k: x`)
  assert.is(
    why({ id: ID, url: 'https://a/b' }, 66, 'curl: no'),
    'Failed to download key at https://a/b: curl: no',
  )
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(apt_key, raw)[0]
  for (const id of ['x', '1234', '0x', '123456789', '-12345678', '12345678; id'])
    assert.is(problem({ id, state: 'absent' }), 'Invalid key_id')
  assert.is(problem({ state: 'absent' }), 'Invalid key_id')
  assert.is(
    problem({ data: 'a', url: 'https://a/b' }),
    'parameters are mutually exclusive: data|file|keyserver|url',
  )
  assert.is(problem({ keyserver: 'a' }), 'Missing key_id, required with keyserver.')
  for (const keyserver of ['-x', 'a b', "a'"])
    assert.match(problem({ keyserver, id: ID }) ?? '', /not the name of a server/)
  for (const url of ['-x', '/a', 'https://', 'https://a b'])
    assert.match(problem({ url }) ?? '', /not an address/)
  assert.match(problem({ id: ID, keyring: '-x' }) ?? '', /not a path/)
})

test.run()
