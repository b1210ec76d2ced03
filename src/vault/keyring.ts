import { randomBytes } from 'node:crypto'
import { seal, unseal } from './cipher.ts'
import { DEFAULT_ID, type Envelope, readEnvelope, writeEnvelope } from './envelope.ts'

/** The passwords that encrypted files and values are tried with. */
export interface Keyring {
  /** In the order in which they are tried. */
  readonly passwords: readonly VaultPassword[]
  /** Only passwords with the id that a vault's header names are tried. */
  readonly matchIds: boolean
}

export interface VaultPassword {
  readonly id: string
  /** Base64: it need not be text. */
  readonly password: string
}

/** Why a vault stays closed, as a sentence, and what to do. */
export class Locked extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.name = 'Locked'
    this.hint = hint
  }
}

let keyring: Keyring = { passwords: [], matchIds: false }

/** Says which passwords this process decrypts with. */
export function unlockWith(given: Keyring): void {
  keyring = given
}

/** What an encrypted text holds; the password of its own id is tried first, then all others. Raises Locked. */
export function decrypt(text: string): Buffer {
  return decryptWith(keyring, text).plain
}

/** What an encrypted text holds, the vault id in its header, and the password that has opened it. */
export interface Decrypted {
  readonly plain: Buffer
  readonly id: string
  readonly used: VaultPassword
}

/** The same with these passwords. Raises Locked. */
export function decryptWith(keyring: Keyring, text: string): Decrypted {
  const { id, sealed } = envelopeOf(text)
  const own = keyring.passwords.filter((one) => one.id === id)
  const others = keyring.matchIds ? [] : keyring.passwords.filter((one) => one.id !== id)
  for (const used of [...own, ...others]) {
    const plain = unseal(sealed, Buffer.from(used.password, 'base64'))
    if (plain !== undefined) return { plain, id, used }
  }
  throw locked(id, keyring)
}

/** Bytes as an encrypted text, in lines of 80 characters; `id` goes into its header. */
export function encrypt(
  plain: Buffer,
  { id, password }: VaultPassword,
  salt: Buffer = randomBytes(32),
): string {
  return writeEnvelope({ id, sealed: seal(plain, Buffer.from(password, 'base64'), salt) })
}

function envelopeOf(text: string): Envelope {
  try {
    return readEnvelope(text)
  } catch (error) {
    throw new Locked((error as Error).message)
  }
}

function locked(id: string, { passwords, matchIds }: Keyring): Locked {
  const named = id === DEFAULT_ID ? '' : ` with the vault id "${id}"`
  const flags =
    id === DEFAULT_ID
      ? '--ask-vault-pass or --vault-password-file FILE'
      : `--vault-id ${id}@FILE or ${id}@prompt`
  if (passwords.length === 0)
    return new Locked(`it is encrypted${named}, and no vault password is given`, `give one with ${flags}`)
  const ids = [...new Set(passwords.map((one) => one.id))]
  if (matchIds && !ids.includes(id))
    return new Locked(
      `it is encrypted${named || ' without a vault id'}, and passwords are given for ${ids.join(', ')} only`,
      `give one with ${flags}, or leave vault_id_match away`,
    )
  return new Locked(
    `it is encrypted${named}, and no password that is given decrypts it (tried: ${ids.join(', ')})`,
    ids.includes(id)
      ? 'the password is another one, or somebody has changed the encrypted text'
      : `give the password of "${id}" with ${flags}`,
  )
}
