import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'

/** What an encrypted text is made of: the salt of its keys, the proof that nobody changed it, and what is encrypted. */
export interface Sealed {
  readonly salt: Buffer
  /** HMAC-SHA256 of `data`. */
  readonly mac: Buffer
  readonly data: Buffer
}

interface Keys {
  readonly cipher: Buffer
  readonly mac: Buffer
  readonly counter: Buffer
}

const ROUNDS = 10_000
const KEY = 32
const BLOCK = 16

/** Encrypts as ansible-vault's AES256 does: keys by PBKDF2, AES in counter mode, padded as PKCS #7 says. */
export function seal(plain: Buffer, password: Buffer, salt: Buffer): Sealed {
  const keys = keysOf(password, salt)
  const padding = BLOCK - (plain.length % BLOCK)
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.counter)
  const data = Buffer.concat([
    cipher.update(plain),
    cipher.update(Buffer.alloc(padding, padding)),
    cipher.final(),
  ])
  return { salt, mac: macOf(data, keys), data }
}

/** What was encrypted; undefined when it was another password, or somebody has changed it since. */
export function unseal({ salt, mac, data }: Sealed, password: Buffer): Buffer | undefined {
  const keys = keysOf(password, salt)
  const expected = macOf(data, keys)
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return undefined
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.counter)
  const padded = Buffer.concat([decipher.update(data), decipher.final()])
  const padding = padded.at(-1) ?? 0
  const isPadded = padding > 0 && padding <= BLOCK && padding <= padded.length
  return isPadded ? padded.subarray(0, padded.length - padding) : undefined
}

/** Keys by password and salt: making them is meant to be slow, and a run needs the same ones again. */
const known = new Map<string, Keys>()
const MOST_REMEMBERED = 1000

function keysOf(password: Buffer, salt: Buffer): Keys {
  const name = `${password.toString('hex')} ${salt.toString('hex')}`
  let keys = known.get(name)
  if (keys === undefined) {
    const bytes = pbkdf2Sync(password, salt, ROUNDS, 2 * KEY + BLOCK, 'sha256')
    keys = {
      cipher: bytes.subarray(0, KEY),
      mac: bytes.subarray(KEY, 2 * KEY),
      counter: bytes.subarray(2 * KEY),
    }
    if (known.size >= MOST_REMEMBERED) known.clear()
    known.set(name, keys)
  }
  return keys
}

function macOf(data: Buffer, keys: Keys): Buffer {
  return createHmac('sha256', keys.mac).update(data).digest()
}
