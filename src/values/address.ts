import { isIPv4, isIPv6 } from 'node:net'

/** An IPv4 or IPv6 address as a number of 32 or 128 bits, with the prefix length that was written behind it. */
export interface Address {
  readonly bits: 32 | 128
  readonly number: bigint
  readonly prefix?: number | undefined
}

/** 4 or 6; undefined for a text that is no address, or one with a zone. */
export function versionOf(text: string): 4 | 6 | undefined {
  if (isIPv4(text)) return 4
  // Node's check for IPv6 takes milliseconds the first time.
  return text.includes(':') && !text.includes('%') && isIPv6(text) ? 6 : undefined
}

/** Reads "a.b.c.d", "a.b.c.d/n" and the same for IPv6; throws an Error with a sentence. */
export function parseAddress(text: string): Address {
  const [address = '', length, ...more] = text.trim().split('/')
  const version = versionOf(address)
  if (version === undefined || more.length > 0) throw new Error(`"${text}" is not an IP address`)
  const bits = version === 4 ? 32 : 128
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > bits)) {
    throw new Error(`"${text}" has no prefix length from 0 to ${bits}`)
  }
  const number = bits === 32 ? parse4(address) : parse6(address)
  return { bits, number, prefix: length === undefined ? undefined : Number(length) }
}

/** The address without its prefix length; IPv6 as RFC 5952 wants it. */
export function formatAddress({ bits, number }: Address): string {
  if (bits === 32) return groups(number, 4, 8n).join('.')
  const words = groups(number, 8, 16n).map((word) => word.toString(16))
  const zeros = [...` ${words.join(' ')} `.matchAll(/(?<= )(?:0 ){2,}/g)].map((match) => match[0])
  const longest = zeros.reduce((best, run) => (run.length > best.length ? run : best), '')
  if (longest === '') return words.join(':')
  const joined = `${words.join(' ')} `
  const at = ` ${joined}`.indexOf(` ${longest}`)
  const before = joined.slice(0, at).trim().replaceAll(' ', ':')
  const behind = joined
    .slice(at + longest.length)
    .trim()
    .replaceAll(' ', ':')
  return `${before}::${behind}`
}

/** The address with the bits behind its prefix cleared. */
export function networkOf(address: Address & { prefix: number }): Address {
  const host = BigInt(address.bits - address.prefix)
  return { ...address, number: (address.number >> host) << host }
}

function groups(number: bigint, count: number, size: bigint): number[] {
  return Array.from({ length: count }, (_, index) =>
    Number((number >> (size * BigInt(count - 1 - index))) & ((1n << size) - 1n)),
  )
}

function parse4(text: string): bigint {
  return text.split('.').reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

function parse6(text: string): bigint {
  const mapped = text.replace(/[\d.]+$/, (tail) => {
    if (!tail.includes('.')) return tail
    const number = parse4(tail)
    return `${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`
  })
  const [before = '', behind] = mapped.split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = behind === undefined || behind === '' ? [] : behind.split(':')
  const words = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
  return words.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n)
}
