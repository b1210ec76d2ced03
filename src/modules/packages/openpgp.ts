import { createHash } from 'node:crypto'

/** A public key or subkey (RFC 4880). */
export interface PublicKey {
  /** Hexadecimal, in capitals. */
  readonly fingerprint: string
  readonly isSubkey: boolean
  /** As its own signatures, or those of the key that it belongs to, say. */
  readonly isExpired: boolean
}

interface Packet {
  readonly tag: number
  readonly body: Buffer
}

const PUBLIC_KEY = 6
const PUBLIC_SUBKEY = 14
const SIGNATURE = 2

/**
 * The keys of a file of keys, armored or not, in their order; none in what is no such file. `now` is in seconds since
 * 1970. Signatures are not verified: whoever writes the file could as well leave them away.
 */
export function keysIn(bytes: Buffer, now: number): PublicKey[] {
  const keys: Key[] = []
  for (const { tag, body } of packetsOf(dearmored(bytes))) {
    if (tag === PUBLIC_KEY || tag === PUBLIC_SUBKEY) {
      const key = keyOf(
        body,
        tag === PUBLIC_SUBKEY ? keys.findLast(({ main }) => main === undefined) : undefined,
      )
      if (key !== undefined) keys.push(key)
    } else if (tag === SIGNATURE && keys.length > 0) sign(keys.at(-1)!, body)
  }
  return keys.map((key) => ({
    fingerprint: key.fingerprint,
    isSubkey: key.main !== undefined,
    isExpired: isOver(key, now) || (key.main !== undefined && isOver(key.main, now)),
  }))
}

/** The number by which gpg lists a key: the last 16 digits of its fingerprint. */
export function keyId({ fingerprint }: PublicKey): string {
  return fingerprint.slice(-16)
}

interface Key {
  readonly fingerprint: string
  readonly made: number
  /** The key that it is a subkey of. */
  readonly main: Key | undefined
  /** Seconds from `made` on, 0 for no end; and when that was said. */
  lifetime: number
  signed: number
}

function isOver({ made, lifetime }: Key, now: number): boolean {
  return lifetime > 0 && made + lifetime <= now
}

const BEGIN = '-----BEGIN PGP PUBLIC KEY BLOCK-----'

function dearmored(bytes: Buffer): Buffer {
  if (!bytes.includes(BEGIN)) return bytes
  const blocks = bytes.toString('latin1').split(BEGIN).slice(1)
  return Buffer.concat(
    blocks.map((block) => {
      // Headers end at an empty line; "=" begins the checksum.
      const [, body = ''] = /^.*?\r?\n[ \t]*\r?\n(.*?)(\n=|\n?-----END)/s.exec(block) ?? []
      return Buffer.from(body, 'base64')
    }),
  )
}

function packetsOf(bytes: Buffer): Packet[] {
  const packets: Packet[] = []
  let at = 0
  while (at < bytes.length) {
    const first = bytes[at]!
    const length = (first & 0x80) === 0 ? undefined : lengthAt(bytes, at + 1, first)
    if (length === undefined || length.end > bytes.length) break
    const tag = (first & 0x40) === 0 ? (first >> 2) & 0x0f : first & 0x3f
    packets.push({ tag, body: bytes.subarray(length.start, length.end) })
    at = length.end
  }
  return packets
}

/** Where a packet begins and ends whose length stands at `at`; undefined for a length that no key has. */
function lengthAt(bytes: Buffer, at: number, first: number): { start: number; end: number } | undefined {
  const isOld = (first & 0x40) === 0
  const kind = isOld ? first & 3 : newKind(bytes[at] ?? 224)
  const size = [1, 2, 4][kind]
  const start = at + (isOld || kind < 2 ? (size ?? 0) : 5)
  if (size === undefined || start > bytes.length) return undefined
  const said = !isOld && kind === 2 ? bytes.readUInt32BE(at + 1) : bytes.readUIntBE(at, size)
  return { start, end: start + (!isOld && kind === 1 ? said - 0xc000 + 192 : said) }
}

function newKind(octet: number): number {
  if (octet < 192) return 0
  return octet < 224 ? 1 : octet === 255 ? 2 : 3
}

/** Only keys of version 4 are read; apt and rpm know no others. */
function keyOf(body: Buffer, main: Key | undefined): Key | undefined {
  if (body[0] !== 4 || body.length < 6) return undefined
  const head = Buffer.from([0x99, body.length >> 8, body.length & 0xff])
  const fingerprint = createHash('sha1').update(head).update(body).digest('hex').toUpperCase()
  return { fingerprint, made: body.readUInt32BE(1), main, lifetime: 0, signed: -1 }
}

/** What a signature says of how long a key lasts; those of others say nothing of that. */
function sign(key: Key, body: Buffer): void {
  const type = body[1]
  const own = key.main === undefined ? type === 0x1f || (type! >= 0x10 && type! <= 0x13) : type === 0x18
  if (body[0] !== 4 || !own || body.length < 6) return
  const hashed = body.subarray(6, 6 + body.readUInt16BE(4))
  const rest = body.subarray(6 + hashed.length)
  const unhashed = rest.length < 2 ? rest.subarray(0, 0) : rest.subarray(2, 2 + rest.readUInt16BE(0))
  const said = new Map([...subpacketsOf(unhashed), ...subpacketsOf(hashed)])
  const issuer = said.get(16)?.toString('hex').toUpperCase()
  if (issuer !== undefined && !(key.main ?? key).fingerprint.endsWith(issuer)) return
  const signed = numberIn(said.get(2))
  if (signed < key.signed) return
  key.signed = signed
  key.lifetime = numberIn(said.get(9))
}

function numberIn(data: Buffer | undefined): number {
  return data?.length === 4 ? data.readUInt32BE(0) : 0
}

function subpacketsOf(bytes: Buffer): [type: number, data: Buffer][] {
  const found: [number, Buffer][] = []
  let at = 0
  while (at < bytes.length) {
    const first = bytes[at]!
    const width = first < 192 ? 1 : first < 255 ? 2 : 5
    if (at + width > bytes.length) break
    const size =
      width === 1
        ? first
        : width === 2
          ? ((first - 192) << 8) + bytes[at + 1]! + 192
          : bytes.readUInt32BE(at + 1)
    if (size === 0 || at + width + size > bytes.length) break
    found.push([bytes[at + width]! & 0x7f, bytes.subarray(at + width + 1, at + width + size)])
    at += width + size
  }
  return found
}
