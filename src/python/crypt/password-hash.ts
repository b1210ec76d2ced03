import { createRequire } from 'node:module'
import { didYouMean } from '../../values/problem.ts'
import { randomText } from '../random/random.ts'
import { ALPHABET } from './hash64.ts'
import { md5Crypt } from './md5-crypt.ts'
import { type ShaCrypt, shaCrypt } from './sha-crypt.ts'

/** How a password is hashed; what is left out is drawn or taken from Ansible's defaults. */
export interface HashOptions {
  readonly salt?: string | null
  /** Characters of the salt that is drawn when none is given. */
  readonly saltSize?: number | null
  readonly rounds?: number | null
  /** Which version of bcrypt: 2a, 2b or 2y. */
  readonly ident?: string | null
}

/** A password as crypt writes it: "$6$rounds=656000$salt$hash". Throws what passlib refuses. */
export function passwordHash(password: string, type: string, options: HashOptions = {}): string {
  const name = SHORT_NAMES[type] ?? type
  const scheme = SCHEMES[name]
  if (scheme === undefined) {
    const known = [...Object.keys(SHORT_NAMES), ...Object.keys(SCHEMES)]
    throw new Error(
      `there is no hash of passwords "${type}"; ${didYouMean(type, known) ?? `take ${known.join(', ')}`}`,
    )
  }
  if (password.includes('\0')) throw new Error('a password cannot have a NUL character')
  const rounds = roundsFor(scheme, name, options.rounds)
  const salt = saltFor(scheme, name, options)
  const known = `${name} ${options.ident} ${rounds} ${salt} ${password}`
  return remembered(options.salt ? known : undefined, () =>
    scheme.hash(password, salt, rounds, options.ident),
  )
}

/** A salt of crypt's letters. */
function randomSalt(size: number): string {
  return randomText(size, ALPHABET)
}

interface Scheme {
  /** Characters of a salt, at most; for `exact` just as many. */
  readonly saltSize: number
  readonly exact?: boolean
  /** Rounds: by default, least, most, and most that end within a minute. Left out: their number is fixed. */
  readonly rounds?: readonly [number, number, number]
  hash(password: string, salt: string, rounds: number, ident?: string | null): string
}

function sha(kind: ShaCrypt, magic: string, rounds: number): Scheme {
  return {
    saltSize: 16,
    rounds: [rounds, 1000, 20_000_000],
    hash: (password, salt, count) =>
      `${magic}${count === 5000 ? '' : `rounds=${count}$`}${salt}$${shaCrypt(kind, password, salt, count)}`,
  }
}

function md5(magic: '$1$' | '$apr1$'): Scheme {
  return { saltSize: 8, hash: (password, salt) => `${magic}${salt}$${md5Crypt(password, salt, magic)}` }
}

const SCHEMES: { readonly [name: string]: Scheme } = {
  md5_crypt: md5('$1$'),
  apr_md5_crypt: md5('$apr1$'),
  sha256_crypt: sha('sha256', '$5$', 535_000),
  sha512_crypt: sha('sha512', '$6$', 656_000),
  bcrypt: { saltSize: 22, exact: true, rounds: [12, 4, 18], hash: bcrypt },
}

const SHORT_NAMES: { readonly [name: string]: string } = {
  md5: 'md5_crypt',
  blowfish: 'bcrypt',
  sha256: 'sha256_crypt',
  sha512: 'sha512_crypt',
}

function bcrypt(password: string, salt: string, rounds: number, ident?: string | null): string {
  const version = (ident || '2b').replace(/^\$(.*)\$$/, '$1')
  if (!/^2[aby]$/.test(version)) throw new Error(`bcrypt has the versions 2a, 2b and 2y, and no "${ident}"`)
  const { hashSync } = createRequire(import.meta.url)('bcryptjs') as typeof import('bcryptjs')
  return hashSync(password, `$${version}$${String(rounds).padStart(2, '0')}$${salt}`)
}

function roundsFor({ rounds }: Scheme, name: string, given: number | null | undefined): number {
  if (rounds === undefined) {
    if (given) throw new Error(`${name} takes no rounds`)
    return 0
  }
  const [usual, least, most] = rounds
  const count = given || usual
  if (!Number.isInteger(count) || count < least || count > most)
    throw new Error(`${name} takes ${least} to ${most} rounds, not ${count}`)
  return count
}

function saltFor({ saltSize, exact }: Scheme, name: string, options: HashOptions): string {
  const size = options.saltSize || saltSize
  if (size < 0 || size > saltSize || (exact && size !== saltSize))
    throw new Error(`${name} takes a salt of ${exact ? '' : 'at most '}${saltSize} characters, not ${size}`)
  const salt = options.salt || randomSalt(size)
  if (!/^[./0-9A-Za-z]*$/.test(salt))
    throw new Error('a salt has letters, digits, "." and "/" and nothing else')
  if (salt.length > saltSize || (exact && salt.length !== saltSize))
    throw new Error(
      `${name} takes a salt of ${exact ? '' : 'at most '}${saltSize} characters, not ${salt.length}`,
    )
  return salt
}

// Hashing is slow by design, and every host asks for the same password with the same salt.
const hashes = new Map<string, string>()
const MOST_REMEMBERED = 1000

function remembered(key: string | undefined, make: () => string): string {
  if (key === undefined) return make()
  let hash = hashes.get(key)
  if (hash === undefined) {
    hash = make()
    if (hashes.size >= MOST_REMEMBERED) hashes.clear()
    hashes.set(key, hash)
  }
  return hash
}
