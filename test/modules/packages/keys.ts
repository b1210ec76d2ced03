import { createHash } from 'node:crypto'

interface Made {
  /** A packet of a key, and perhaps signatures behind it. */
  readonly bytes: Buffer
  readonly fingerprint: string
}

/** A key of no use (RFC 4880) with nothing in it but `seed`; one that ends has a signature that says when. */
export function madeKey(seed: number, made = 1_000_000_000, lifetime?: number, isSubkey = false): Made {
  const body = Buffer.from([4, 0, 0, 0, 0, 1, 0, 8, seed, 0, 8, 3])
  body.writeUInt32BE(made, 1)
  const head = Buffer.from([0x99, 0, body.length])
  const fingerprint = createHash('sha1').update(head).update(body).digest('hex').toUpperCase()
  // Tag 6 in the old form, and 14 in the new one.
  const key = Buffer.concat([Buffer.from([isSubkey ? 0xce : 0x98, body.length]), body])
  const signed = lifetime === undefined ? [] : [signature(isSubkey ? 0x18 : 0x13, made, lifetime)]
  return { bytes: Buffer.concat([key, ...signed]), fingerprint }
}

function signature(type: number, made: number, lifetime: number): Buffer {
  const hashed = Buffer.from([5, 2, 0, 0, 0, 0, 5, 9, 0, 0, 0, 0])
  hashed.writeUInt32BE(made, 2)
  hashed.writeUInt32BE(lifetime, 8)
  const body = Buffer.from([4, type, 1, 8, 0, hashed.length, ...hashed, 0, 0, 1, 2, 0, 8, 7])
  return Buffer.concat([Buffer.from([0xc2, body.length]), body])
}

export function armored(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g)!
  const marks = ['-----BEGIN PGP PUBLIC KEY BLOCK-----', 'Version: x', '']
  return [...marks, ...lines, '=AAAA', '-----END PGP PUBLIC KEY BLOCK-----', ''].join('\n')
}
