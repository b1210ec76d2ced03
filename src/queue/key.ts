import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, brotliDecompressSync, constants } from 'node:zlib'
import { ProblemError } from '../values/problem.ts'

/** Bytes of the key that coordinator and workers share. */
const KEY_BYTES = 32
/** AES-256-GCM as NIST SP 800-38D has it: a nonce of 96 bits, a tag of 128. */
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** More than any text that one process gives another, in bytes: what unpacks to more is refused. */
const MOST = 1 << 30

const HOW = 'make one with: openssl rand -base64 32 > FILE; chmod 600 FILE'

/** Something in Redis was not sealed with this key, or was put where it does not belong. */
export class NotOurs extends Error {
  constructor(what: string) {
    super(`${what} is not sealed with this key`)
    this.name = 'NotOurs'
  }
}

/**
 * The key in a file that nobody else may read, or in a text: 32 bytes, in base64 or hex. Raises ProblemError where there is
 * none.
 */
export function readKey(file: string | undefined, text: string | undefined): Buffer {
  if (file !== undefined) return decoded(heldIn(file), file)
  if (text !== undefined && text !== '') return decoded(text, 'PLAYSSH_QUEUE_KEY')
  throw new ProblemError({
    message: 'a queue needs a key that coordinator and workers share, and none is given',
    hint: `give --queue-key-file FILE or PLAYSSH_QUEUE_KEY; ${HOW}`,
  })
}

function heldIn(file: string): string {
  let open: number | undefined
  try {
    open = openSync(file, 'r')
    const { mode } = fstatSync(open)
    if ((mode & 0o077) !== 0)
      throw new ProblemError({
        message: `${file} holds the key of the queue, and others may read it (mode ${(mode & 0o777).toString(8)})`,
        hint: `chmod 600 ${file}`,
      })
    return readFileSync(open, 'utf8')
  } catch (error) {
    if (error instanceof ProblemError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new ProblemError({
      message: `the key of the queue cannot be read from ${file} (${code})`,
      hint: HOW,
    })
  } finally {
    if (open !== undefined) closeSync(open)
  }
}

function decoded(text: string, from: string): Buffer {
  const word = text.trim()
  const key = /^[0-9a-f]{64}$/i.test(word) ? Buffer.from(word, 'hex') : Buffer.from(word, 'base64')
  if (key.length === KEY_BYTES && /^[\w+/=-]+$/.test(word)) return key
  throw new ProblemError({
    message: `${from} gives no key: ${KEY_BYTES} bytes in base64 or hex are expected`,
    hint: HOW,
  })
}

/** Seals what goes through Redis, and names things there so that the names tell nothing. */
export class Seal {
  readonly #sealing: Buffer
  readonly #naming: Buffer
  /** Tells whether two have the same key, and nothing of it. */
  readonly fingerprint: string

  constructor(key: Buffer) {
    const derived = (use: string) =>
      Buffer.from(hkdfSync('sha256', key, '', `playssh queue ${use}`, KEY_BYTES))
    this.#sealing = derived('seal')
    this.#naming = derived('name')
    this.fingerprint = createHmac('sha256', derived('fingerprint')).digest('hex').slice(0, 12)
  }

  /** A name for a text or content that only those with the key can make. */
  name(content: string | Buffer): string {
    return createHmac('sha256', this.#naming).update(content).digest('base64url').slice(0, 22)
  }

  /** Bytes compressed and sealed; `place` says what they are, and they open as nothing else. */
  async seal(place: string, plain: Buffer | string): Promise<Buffer> {
    const packed = await compress(plain, {
      params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_LGWIN]: WINDOW },
    })
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#sealing, nonce)
    cipher.setAAD(Buffer.from(place))
    return Buffer.concat([nonce, cipher.update(packed), cipher.final(), cipher.getAuthTag()])
  }

  /** What was sealed for this place. Raises NotOurs. */
  async open(place: string, sealed: Buffer): Promise<Buffer> {
    if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new NotOurs(place)
    const decipher = createDecipheriv(CIPHER, this.#sealing, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(place))
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    let packed: Buffer
    try {
      packed = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    } catch {
      throw new NotOurs(place)
    }
    const options = { maxOutputLength: MOST }
    return packed.length <= SMALL ? brotliDecompressSync(packed, options) : decompress(packed, options)
  }

  /** The same as texts, for what is JSON in Redis. */
  async sealText(place: string, plain: string): Promise<string> {
    return (await this.seal(place, plain)).toString('base64')
  }

  async openText(place: string, sealed: string): Promise<string> {
    return (await this.open(place, Buffer.from(sealed, 'base64'))).toString()
  }
}

/** Of brotli: quick, and with a window in which the facts of many hosts are seen to be alike. */
const QUALITY = 4
const WINDOW = 22

/** So many packed bytes are unpacked at once: to have another thread do it takes four times the CPU for a chunk of events. */
const SMALL = 64 * 1024

const compress = promisify(brotliCompress)
const decompress = promisify(brotliDecompress)
