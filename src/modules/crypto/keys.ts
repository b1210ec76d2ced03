import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import type { Output } from '../../shell/output.ts'
import { quotePath, withStdin } from '../../shell/quote.ts'
import type { ValueMap } from '../../values/value.ts'

/** What a file of a private key is found to be. */
export interface FoundKey {
  readonly format: 'pkcs1' | 'pkcs8' | 'other'
  readonly isEncrypted: boolean
  /** Undefined if it cannot be read, with or without a passphrase. */
  readonly publicKey: KeyObject | undefined
  /** Why it cannot. */
  readonly refusal: string
}

/** A way for openssl to a key and its passphrase, which nobody else sees. */
export interface KeyWay {
  readonly path: string | undefined
  readonly content: string | undefined
  readonly passphrase: string | undefined
}

/** Sh in which a key is `file` and `pass` is openssl's word for its passphrase. */
export function withKey(
  { path, content, passphrase }: KeyWay,
  use: (file: string, pass: string) => string,
): string {
  let script = use('/dev/fd/4', passphrase === undefined ? 'pass:' : 'fd:3')
  if (passphrase !== undefined) script = withStdin(`exec 3<&0\n${script}`, Buffer.from(`${passphrase}\n`))
  return path === undefined
    ? withStdin(`exec 4<&0\n${script}`, Buffer.from(content ?? ''))
    : opening(path, 4, script)
}

/**
 * Sh that has a file open under a number meanwhile. Openssl is given no path of a host's: it looks at what lies there, opens
 * it after that, and never ends when somebody has put a folder there in between.
 */
export function opening(path: string, descriptor: number, script: string): string {
  const file = quotePath(path)
  const missing = `printf '%s\\n' ${file}' is not there, or cannot be read' >&2`
  return `(\n{ [ -f ${file} ] && [ -r ${file} ]; } || { ${missing}; exit 1; }\nexec ${descriptor}<${file}\n${script}\n)`
}

/** Sh that prints the public part of a private key; on stderr why it cannot be read. */
export function publicPart(way: KeyWay): string {
  return withKey(way, (key, pass) => `openssl pkey -in ${key} -passin ${pass} -pubout </dev/null`)
}

/** Sh that prints how a private key is written, and its public part. */
export function keyScript(path: string, passphrase: string | undefined): string {
  const ask = publicPart({ path, content: undefined, passphrase })
  return [
    `printf '%s\\0' "$(LC_ALL=C sed -n '/^-----BEGIN .*PRIVATE KEY-----/p;/^Proc-Type: 4,ENCRYPTED/p' <${quotePath(path)} | head -n 2)"`,
    `p=$(\n${ask} 2>&1\n) && printf '1\\0%s\\0' "$p" || printf '0\\0%s\\0' "$p"`,
  ].join('\n')
}

/** Raises an Error when it makes no sense. */
export function readKey(output: Output, passphrase: string | undefined): FoundKey {
  const lines = output.field().split('\n')
  const isRead = output.field() === '1'
  const said = output.field()
  const kind = /^-----BEGIN (|ENCRYPTED |RSA |EC |DSA )PRIVATE KEY-----/.exec(lines[0]!)?.[1]
  const format = kind === undefined ? 'other' : kind === '' || kind === 'ENCRYPTED ' ? 'pkcs8' : 'pkcs1'
  const isEncrypted = kind === 'ENCRYPTED ' || lines[1] !== undefined
  // Openssl opens a key that has no passphrase with any.
  const isRight = isRead && isEncrypted === (passphrase !== undefined)
  const pem = /-----BEGIN PUBLIC KEY-----[\s\S]*-----END PUBLIC KEY-----/.exec(said)?.[0]
  if (!isRight || pem === undefined) return { format, isEncrypted, publicKey: undefined, refusal: said }
  try {
    return { format, isEncrypted, publicKey: createPublicKey(pem), refusal: '' }
  } catch (error) {
    throw new Error(
      `openssl on the host printed a public key that makes no sense: ${(error as Error).message}`,
    )
  }
}

/** What openssl calls curves otherwise than the registry for TLS. */
const CURVES: Readonly<Record<string, string>> = { secp256r1: 'prime256v1', secp192r1: 'prime192v1' }

export function curveName(name: string): string {
  return CURVES[name] ?? name
}

/** As Ansible names a key: its type, and its size or curve. */
export function describeKey(key: KeyObject): { type: string; size?: number; curve?: string } {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'dsa':
      return { type: key.asymmetricKeyType.toUpperCase(), size: modulusLength ?? 0 }
    case 'ec': {
      const name = Object.keys(CURVES).find((one) => CURVES[one] === namedCurve)
      return { type: 'ECC', curve: name ?? namedCurve ?? 'unknown' }
    }
    default: {
      const type = String(key.asymmetricKeyType)
      return { type: type[0]!.toUpperCase() + type.slice(1) }
    }
  }
}

const DIGESTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].map((name) => [name, name])),
  blake2b: 'blake2b512',
  blake2s: 'blake2s256',
  sha3_224: 'sha3-224',
  sha3_256: 'sha3-256',
  sha3_384: 'sha3-384',
  sha3_512: 'sha3-512',
  shake_128: 'shake128',
  shake_256: 'shake256',
}

/** Digests of a public key, by the names that Python has for them. */
export function fingerprintOf(key: KeyObject): ValueMap {
  const der = key.export({ type: 'spki', format: 'der' })
  const digest = (name: string) => {
    const hash = createHash(name, name.startsWith('shake') ? { outputLength: 32 } : {})
    return hash
      .update(der)
      .digest('hex')
      .replace(/..(?=.)/g, '$&:')
  }
  return Object.fromEntries(Object.entries(DIGESTS).map(([python, name]) => [python, digest(name)]))
}
