import { versionOf } from '../../values/address.ts'

/** An address with the length of its network, as in 10.0.0.1/24; a bare address has all its bits. */
export interface Prefix {
  readonly family: 'inet' | 'inet6'
  /** In its canonical form: RFC 5952 for IPv6. */
  readonly address: string
  readonly length: number
}

/** An address in its canonical form, or undefined when it is none. */
export function readAddress(text: string): string | undefined {
  const version = versionOf(text)
  if (version === undefined) return undefined
  if (version === 4) return text
  return new URL(`http://[${text}]/`).hostname.slice(1, -1)
}

/** An address with or without a length, or undefined when it is neither. */
export function readPrefix(text: string): Prefix | undefined {
  const [, before = '', , after] = /^([^/]*)(\/(\d{1,3}))?$/.exec(text) ?? []
  const address = readAddress(before)
  if (address === undefined) return undefined
  const family = familyOf(address)
  const length = after === undefined ? bitsIn(family) : Number(after)
  return length > bitsIn(family) ? undefined : { family, address, length }
}

/** The family of an address that readAddress knows. */
export function familyOf(address: string): Prefix['family'] {
  return address.includes(':') ? 'inet6' : 'inet'
}

/** `address/length`, and the bare address for a single host, as iproute2 prints it. */
export function showPrefix({ family, address, length }: Prefix): string {
  return length === bitsIn(family) ? address : `${address}/${length}`
}

/** The network that an address lies in: what is behind its length is zero. */
export function networkOf({ family, address, length }: Prefix): Prefix {
  const behind = BigInt(bitsIn(family) - length)
  return { family, address: fromBits(family, (toBits(address) >> behind) << behind), length }
}

/** How footprints name the routes to a network. */
export function routeTrace({ address, length }: Prefix): string {
  return `${address}-${length}`
}

/** The broadcast address of an IPv4 network. */
export function broadcastOf({ family, address, length }: Prefix): string {
  return fromBits(family, toBits(address) | ((1n << BigInt(bitsIn(family) - length)) - 1n))
}

/** What is wrong with an address, as no or one sentence. */
export function addressProblems(option: string, text: string | undefined): string[] {
  if (text === undefined || readAddress(text) !== undefined) return []
  return [`${option}: "${text}" is not an IPv4 or IPv6 address`]
}

/** What is wrong with an address that may have a length, as no or one sentence. */
export function prefixProblems(option: string, text: string | undefined): string[] {
  if (text === undefined || readPrefix(text) !== undefined) return []
  const address = readAddress(text.replace(/\/.*$/, ''))
  if (address === undefined) return [`${option}: "${text}" is not an IPv4 or IPv6 address`]
  const most = bitsIn(familyOf(address))
  return [`${option}: "${text}" has a prefix length out of range: write ${address}/0 to ${address}/${most}`]
}

/** What is wrong with the prefix of a network, whose bits behind its length must be zero. */
export function networkProblems(option: string, text: string | undefined): string[] {
  const prefix = text === undefined ? undefined : readPrefix(text)
  if (prefix === undefined) return prefixProblems(option, text)
  const network = networkOf(prefix)
  if (network.address === prefix.address) return []
  return [`${option}: "${text}" is an address in a network, not a network; it lies in ${showPrefix(network)}`]
}

export function bitsIn(family: Prefix['family']): number {
  return family === 'inet' ? 32 : 128
}

function toBits(address: string): bigint {
  if (familyOf(address) === 'inet')
    return address.split('.').reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n)
  const [head = [], tail = []] = address
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':').map((group) => BigInt(`0x${group}`))))
  const zeros = new Array<bigint>(8 - head.length - tail.length).fill(0n)
  return [...head, ...zeros, ...tail].reduce((bits, group) => (bits << 16n) | group, 0n)
}

function fromBits(family: Prefix['family'], bits: bigint): string {
  const size = family === 'inet' ? 8 : 16
  const parts: string[] = []
  for (let shift = bitsIn(family) - size; shift >= 0; shift -= size)
    parts.push(((bits >> BigInt(shift)) & ((1n << BigInt(size)) - 1n)).toString(family === 'inet' ? 10 : 16))
  return readAddress(parts.join(family === 'inet' ? '.' : ':'))!
}
