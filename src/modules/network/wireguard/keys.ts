import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import type { Value } from '../../../values/value.ts'

/** Whether this is a key as wg writes it: 32 bytes in base64. */
export function isKey(value: Value | undefined): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(value)
}

/** What stands before the 32 bytes of a private key of X25519 in PKCS #8 (RFC 8410, section 7). */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex')

/** The public key that belongs to a private one, both as wg writes them (RFC 7748). */
export function publicKeyOf(privateKey: string): string {
  const der = Buffer.concat([PKCS8, Buffer.from(privateKey, 'base64')])
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
  return key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
}

/** By which a host says which key it has, without showing it. */
export function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
