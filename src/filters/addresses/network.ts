import { type Address, formatAddress, networkOf, parseAddress, versionOf } from '../../values/address.ts'

/** An address with the length of its prefix: "192.168.0.5/24". */
export interface Network {
  readonly bits: 32 | 128
  readonly number: bigint
  readonly prefix: number
}

/** Reads an address or "address/prefix", the prefix also as a mask; undefined for anything else. */
export function readNetwork(written: string): Network | undefined {
  const at = written.indexOf('/')
  const [text, length] = at === -1 ? [written, undefined] : [written.slice(0, at), written.slice(at + 1)]
  const address = readAddress(text) ?? readAddress(expanded(text))
  if (address === undefined) return undefined
  const { bits, number } = address
  const prefix = length === undefined ? bits : (lengthOf(length) ?? maskLength(length, bits))
  return prefix === undefined || prefix < 0 || prefix > bits ? undefined : { bits, number, prefix }
}

/** A plain address, without a prefix or a zone. */
export function readAddress(text: string): Address | undefined {
  return versionOf(text) === undefined || text.includes('/') ? undefined : parseAddress(text)
}

/** "10.1" as "10.1.0.0": IPv4 addresses may be cut short, with zeros before and blanks around their numbers. */
function expanded(text: string): string {
  const numbers = text.split('.')
  if (numbers.length > 4 || !numbers.every((number) => /^\s*\+?\d+(?:_\d+)*\s*$/.test(number))) return ''
  return [...numbers.map((number) => Number(number.replaceAll('_', ''))), 0, 0, 0].slice(0, 4).join('.')
}

function lengthOf(text: string): number | undefined {
  return /^\s*[-+]?\d+(?:_\d+)*\s*$/.test(text) ? Number(text.replaceAll('_', '')) : undefined
}

/** How many bits a netmask (255.255.255.0) or a hostmask (0.0.0.255) leaves to the network. */
function maskLength(text: string, bits: number): number | undefined {
  const mask = readAddress(text)
  if (mask === undefined || mask.bits !== bits) return undefined
  const all = (1n << BigInt(bits)) - 1n
  if (isHostMask(all ^ mask.number)) return bits - lengthOfBits(all ^ mask.number)
  return isHostMask(mask.number) ? bits - lengthOfBits(mask.number) : undefined
}

/** Whether all bits behind the first one that is set are set. */
export function isHostMask(number: bigint): boolean {
  return (number & (number + 1n)) === 0n
}

function lengthOfBits(number: bigint): number {
  return number === 0n ? 0 : number.toString(2).length
}

/** How many addresses there are in it. */
export function sizeOf({ bits, prefix }: Network): bigint {
  return 1n << BigInt(bits - prefix)
}

export function firstOf(network: Network): bigint {
  return networkOf(network).number
}

export function lastOf(network: Network): bigint {
  return firstOf(network) + sizeOf(network) - 1n
}

/** What has a number of its own: not the network itself, and not its broadcast address. */
export function usableOf(network: Network): { first: bigint; last: bigint } | undefined {
  const size = sizeOf(network)
  if (size === 1n) return undefined
  return size === 2n
    ? { first: firstOf(network), last: lastOf(network) }
    : { first: firstOf(network) + 1n, last: lastOf(network) - 1n }
}

/** A number as an address of 32 or 128 bits. Raises an Error with a sentence when it has more. */
export function addressText(number: bigint, bits: 32 | 128): string {
  if (number < 0n || number >= 1n << BigInt(bits))
    throw new Error(`there is no IPv${bits === 32 ? 4 : 6} address with the number ${number}`)
  return bits === 128 ? ipv6Text(number) : formatAddress({ bits, number })
}

/** A number as whichever address it is small enough for. */
export function anyAddressText(number: bigint): string {
  return addressText(number, number < 1n << 32n && number >= 0n ? 32 : 128)
}

/** The last 32 bits of ::a.b.c.d and ::ffff:a.b.c.d are written as IPv4. */
function ipv6Text(number: bigint): string {
  const high = number >> 32n
  if (high !== 0xffffn && !(high === 0n && number > 0xffffn)) return formatAddress({ bits: 128, number })
  return `::${high === 0n ? '' : 'ffff:'}${formatAddress({ bits: 32, number: number & 0xffffffffn })}`
}

/** "192.168.0.5/24". */
export function networkText({ bits, number, prefix }: Network): string {
  return `${addressText(number, bits)}/${prefix}`
}

/** "192.168.0.0/24". */
export function cidrText(network: Network): string {
  return networkText({ ...network, number: firstOf(network) })
}

export function maskOf({ bits, prefix }: Network): bigint {
  return ((1n << BigInt(prefix)) - 1n) << BigInt(bits - prefix)
}

export function hostMaskOf(network: Network): bigint {
  return sizeOf(network) - 1n
}

/** Whether all of a network lies in another. */
export function isWithin(inner: Network, outer: Network): boolean {
  return inner.bits === outer.bits && firstOf(inner) >= firstOf(outer) && lastOf(inner) <= lastOf(outer)
}
