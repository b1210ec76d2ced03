import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { callFilter } from '../../src/filters/index.ts'

const test = suite('filters/vault')

// What do_vault('geheim', 'pw', salt='0123456789abcdef0123456789abcdef') of ansible-core 2.14 gives.
const SEALED = `$ANSIBLE_VAULT;1.2;AES256;filter_default
33303331333233333334333533363337333833393631363236333634363536363330333133323333
3334333533363337333833393631363236333634363536360a336461343132346435636332656364
65373361353638376235386539306431333530313764663463616464316437393664306231336365
6262353339616536660a626531343936396236633136323630396662663833396133316431333265
6430
`

test('a text is encrypted as Ansible encrypts it', () => {
  assert.is(callFilter('vault', 'geheim', ['pw'], { salt: '0123456789abcdef0123456789abcdef' }), SEALED)
})

test('an id stands in the header, except the default one', () => {
  assert.match(
    callFilter('vault', 'x', ['pw'], { vaultid: 'dev' }) as string,
    /^\$ANSIBLE_VAULT;1\.2;AES256;dev\n/,
  )
  assert.match(
    callFilter('vault', 'x', ['pw'], { vaultid: 'default' }) as string,
    /^\$ANSIBLE_VAULT;1\.1;AES256\n/,
  )
})

test('an encrypted text is decrypted, and another one left as it is', () => {
  assert.is(callFilter('unvault', SEALED, ['pw']), 'geheim')
  assert.is(callFilter('unvault', 'plain', ['pw']), 'plain')
})

test('what is encrypted comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (plain, secret) => {
      assert.is(callFilter('unvault', callFilter('vault', plain, [secret]), [secret]), plain)
    }),
    { numRuns: 10 },
  )
})

test('a wrong password, and what is encrypted already, is told', () => {
  assert.throws(() => callFilter('unvault', SEALED, ['other']), /cannot be decrypted with this password/)
  assert.throws(() => callFilter('vault', SEALED, ['pw']), /is encrypted already/)
  assert.throws(() => callFilter('unvault', SEALED, [5]), /a text is needed, and 5 is none/)
})

test.run()
