import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { keyId, keysIn } from '../../../src/modules/packages/openpgp.ts'
import { armored, madeKey } from './keys.ts'

const test = suite('openpgp')

const NOW = 1_500_000_000
const one = madeKey(1)
const sub = madeKey(2, 1_000_000_000, undefined, true)
const old = madeKey(3, 1_000_000_000, 60)
const oldSub = madeKey(4, 1_000_000_000, 60, true)

const found = (bytes: Buffer) =>
  keysIn(bytes, NOW).map(({ fingerprint, isSubkey, isExpired }) => [fingerprint, isSubkey, isExpired])

test('keys and subkeys are found in their order, armored or not', () => {
  const all = [
    [one.fingerprint, false, false],
    [sub.fingerprint, true, false],
  ]
  const bytes = Buffer.concat([one.bytes, sub.bytes])
  assert.equal(found(bytes), all)
  assert.equal(found(Buffer.from(armored(bytes))), all)
  assert.equal(found(Buffer.from(armored(bytes).replaceAll('\n', '\r\n'))), all)
  assert.equal(found(Buffer.from(armored(one.bytes) + armored(old.bytes))), [
    [one.fingerprint, false, false],
    [old.fingerprint, false, true],
  ])
})

test('a key is expired when its signature says so, and its subkeys are too', () => {
  assert.equal(found(Buffer.concat([old.bytes, sub.bytes])), [
    [old.fingerprint, false, true],
    [sub.fingerprint, true, true],
  ])
  assert.equal(found(Buffer.concat([one.bytes, oldSub.bytes]))[1], [oldSub.fingerprint, true, true])
  const later = madeKey(5, 1_499_999_999, 60)
  assert.equal(found(later.bytes), [[later.fingerprint, false, false]])
})

test('what is no key, or is cut off, has no keys', () => {
  for (const bytes of ['', 'a text', '\0\0', '-----BEGIN PGP PUBLIC KEY BLOCK-----'])
    assert.equal(found(Buffer.from(bytes)), [])
  for (let length = 0; length < one.bytes.length; length++)
    assert.equal(found(one.bytes.subarray(0, length)), [])
})

test('the number of a key is the end of its fingerprint', () => {
  assert.is(
    keyId({ fingerprint: 'A'.repeat(24) + 'B'.repeat(16), isSubkey: false, isExpired: false }),
    'B'.repeat(16),
  )
})

test.run()
