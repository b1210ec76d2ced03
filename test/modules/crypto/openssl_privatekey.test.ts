import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openssl_privatekey } from '../../../src/modules/crypto/openssl_privatekey/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('openssl_privatekey')

const PUBLIC = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey,
  ec: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey,
  ed: generateKeyPairSync('ed25519').publicKey,
}
const THERE = filesText(statText({ mode: 0o600 }), FOLDER)
const A = { path: '/d/k', size: 1024 }

/** What the probe prints of a key that is written so. */
function found(key: KeyObject | undefined, begin = 'RSA ', more = ''): string {
  const said =
    key === undefined ? '0\0unable to load key' : `1\0${key.export({ type: 'spki', format: 'pem' })}`
  return `${THERE}2-----BEGIN ${begin}PRIVATE KEY-----${more}\0${said}\0`
}

const MISSING = `${filesText(undefined, FOLDER)}1`
const FORMAT = { format: 'pkcs8', format_mismatch: 'convert' }
const TABLE: [title: string, raw: Raw, printed: string, changes: unknown[]][] = [
  ['a key that is right is left', {}, found(PUBLIC.rsa), []],
  ['one that is missing is made', {}, MISSING, [['private key', null, 'RSA 1024 pkcs1, new']]],
  [
    'another size',
    { size: 2048 },
    found(PUBLIC.rsa),
    [['private key', 'RSA 1024 pkcs1', 'RSA 2048 pkcs1, new']],
  ],
  [
    'another type',
    { type: 'Ed25519' },
    found(PUBLIC.rsa),
    [['private key', 'RSA 1024 pkcs1', 'Ed25519 pkcs8, new']],
  ],
  ['a curve by its other name', { type: 'ECC', curve: 'secp256r1' }, found(PUBLIC.ec, 'EC '), []],
  [
    'another curve',
    { type: 'ECC', curve: 'secp384r1' },
    found(PUBLIC.ec, 'EC '),
    [['private key', 'ECC secp256r1 pkcs1', 'ECC secp384r1 pkcs1, new']],
  ],
  ['a size means nothing to some', { type: 'Ed25519' }, found(PUBLIC.ed, ''), []],
  ['the way it is written is left', {}, found(PUBLIC.rsa, ''), []],
  [
    'unless it is to be right',
    { format: 'auto' },
    found(PUBLIC.rsa, ''),
    [['private key', 'RSA 1024 pkcs8', 'RSA 1024 pkcs1, new']],
  ],
  ['or converted', FORMAT, found(PUBLIC.rsa), [['format', 'pkcs1', 'pkcs8']]],
  [
    'one that cannot be read',
    {},
    found(undefined),
    [['private key', 'unreadable pkcs1', 'RSA 1024 pkcs1, new']],
  ],
  [
    'one without the passphrase that it is to have',
    { passphrase: 'x', cipher: 'auto' },
    found(PUBLIC.rsa),
    [['private key', 'unreadable pkcs1', 'RSA 1024 pkcs1 encrypted, new']],
  ],
  [
    'one with it',
    { passphrase: 'x', cipher: 'auto' },
    found(PUBLIC.rsa, 'RSA ', '\nProc-Type: 4,ENCRYPTED'),
    [],
  ],
  [
    'by force',
    { force: true },
    found(PUBLIC.rsa),
    [['private key', 'RSA 1024 pkcs1', 'RSA 1024 pkcs1, new']],
  ],
  ['never', { regenerate: 'never', size: 2048 }, found(PUBLIC.rsa), []],
  ['removed', { state: 'absent' }, found(PUBLIC.rsa), [['state', 'file', 'absent']]],
  ['and not twice', { state: 'absent' }, MISSING, []],
  ['permissions alone', { mode: '0640' }, found(PUBLIC.rsa), [['mode', '0600', '0640']]],
]

for (const [title, raw, printed, changes] of TABLE)
  test(title, () => assert.equal(rows(planOf(openssl_privatekey, { ...A, ...raw }, printed)), changes))

test('a passphrase is nowhere in what is run', () => {
  const raw = { ...A, passphrase: 'secret words', cipher: 'auto' }
  const { actions } = planOf(openssl_privatekey, raw, MISSING)
  assert.not.match(JSON.stringify(actions?.[0]), /secret words/)
  assert.match(String((actions![1] as { script: string }).script), /^.*printf 'secret words/s)
})

test('what stands in the way is told in the words of Ansible', () => {
  const failed = (raw: Raw, printed: string) =>
    planOf(openssl_privatekey, { ...A, ...raw }, printed).failed ?? ''
  assert.match(
    failed({ regenerate: 'partial_idempotence' }, found(undefined)),
    /^Unable to read the key\..*\(unable to load key\)$/,
  )
  assert.match(
    failed({ regenerate: 'fail', size: 2048 }, found(PUBLIC.rsa)),
    /^Key has wrong type and\/or size\./,
  )
  assert.match(
    failed({ regenerate: 'fail', format: 'pkcs8' }, found(PUBLIC.rsa)),
    /^Key has wrong format\..*`convert`\.$/,
  )
  assert.match(failed({}, `${filesText(undefined, undefined)}1`), /The directory \/d does not exist/)
  assert.match(failed({}, `${filesText(undefined, FOLDER)}0`), /required executable "openssl"/)
  assert.is(planOf(openssl_privatekey, A, `${filesText(undefined, undefined)}0`, CHECK).changes.length, 1)
  assert.match(failed({ type: 'X448', format: 'pkcs1' }, MISSING), /required format "pkcs1"/)
  assert.match(failed({ format: 'raw' }, MISSING), /no raw keys/)
})

test('the result is that of Ansible', () => {
  const { result } = planOf(openssl_privatekey, A, found(PUBLIC.rsa))
  assert.equal(Object.keys(result!).sort(), ['filename', 'fingerprint', 'size', 'type'])
  assert.match(String((result!.fingerprint as { sha1: string }).sha1), /^([0-9a-f]{2}:){19}[0-9a-f]{2}$/)
  const bad = planOf(openssl_privatekey, { ...A, type: 'ECC', curve: 'sect163k1' }, MISSING)
  assert.equal(bad.warnings, ['Elliptic curves of type sect163k1 should not be used for new keys!'])
  assert.is(bad.result?.curve, 'sect163k1')
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ size: 1 }, /missing required arguments: path/],
  [{ path: '/k', type: 'ECC' }, /type is ECC but all of the following are missing: curve/],
  [{ path: '/k', passphrase: 'x' }, /cipher is needed/],
  [{ path: '/k', passphrase: 'x\ny', cipher: 'auto' }, /takes one line/],
  [{ path: '/k', size: 100 }, /512 to 65536/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(openssl_privatekey, raw)
    assert.is(problems.length, 1, JSON.stringify(problems))
    assert.match(problems[0]!, problem)
  }
})

test.run()
