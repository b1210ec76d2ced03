import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { passwordHash } from '../../../src/python/crypt/password-hash.ts'
import { recorded } from '../../support/recorded.ts'

const test = suite('python/crypt/password-hash')

interface Case {
  readonly password: string
  readonly hashtype: string
  readonly options: {
    readonly salt?: string
    readonly rounds?: number
    readonly ident?: string
    readonly salt_size?: number
  }
  readonly hash?: string
  readonly error?: string
}

for (const type of [
  'md5',
  'sha256',
  'sha512',
  'sha256_crypt',
  'sha512_crypt',
  'blowfish',
  'bcrypt',
  'apr_md5_crypt',
])
  test(`passwords are hashed as passlib hashes them: ${type}`, () => {
    const cases = recorded<Case>('crypt').filter(({ hashtype }) => hashtype === type)
    assert.ok(cases.length > 0)
    for (const { password, options, hash } of cases)
      assert.is(hashed(password, type, options), hash, JSON.stringify({ password, type, options }))
  })

test('without a salt one is drawn, which with the password gives the same hash again', () => {
  for (const [type, pattern] of [
    ['sha512', /^\$6\$rounds=1000\$([./\w]{16})\$/],
    ['sha256', /^\$5\$rounds=1000\$([./\w]{16})\$/],
  ] as const) {
    const hash = passwordHash('secret', type, { rounds: 1000 })
    assert.is(passwordHash('secret', type, { rounds: 1000, salt: pattern.exec(hash)![1]! }), hash)
    assert.is.not(passwordHash('secret', type, { rounds: 1000 }), hash)
  }
})

test('a salt is drawn as long as is asked for', () => {
  assert.match(
    passwordHash('secret', 'sha512', { rounds: 1000, saltSize: 3 }),
    /^\$6\$rounds=1000\$[./\w]{3}\$/,
  )
})

const WRONG = [
  ['sha215', {}, 'there is no hash of passwords "sha215"; did you mean "sha256"?'],
  ['sha512', { rounds: 10 }, 'sha512_crypt takes 1000 to 20000000 rounds, not 10'],
  ['md5', { rounds: 1000 }, 'md5_crypt takes no rounds'],
  ['md5', { salt: 'saltstring' }, 'md5_crypt takes a salt of at most 8 characters, not 10'],
  ['bcrypt', { salt: 'short' }, 'bcrypt takes a salt of 22 characters, not 5'],
  ['sha512', { salt: 'bad!' }, 'a salt has letters, digits, "." and "/" and nothing else'],
  ['bcrypt', { ident: '2x', rounds: 4 }, 'bcrypt has the versions 2a, 2b and 2y, and no "2x"'],
] as const

for (const [type, options, message] of WRONG)
  test(`what cannot be hashed is refused: ${message}`, () => {
    assert.throws(
      () => passwordHash('secret', type, options),
      (error: Error) => error.message === message,
    )
  })

function hashed(password: string, type: string, { salt, rounds, ident, salt_size }: Case['options']) {
  try {
    return passwordHash(password, type, { salt, rounds: Number(rounds ?? 0), ident, saltSize: salt_size })
  } catch {
    return undefined
  }
}

test.run()
