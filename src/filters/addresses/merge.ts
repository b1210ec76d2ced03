import { cidrText, firstOf, lastOf, type Network, networkText } from './network.ts'

/** The fewest networks that hold the same addresses, IPv4 first. */
export function merged(networks: readonly Network[]): string[] {
  return ([32, 128] as const).flatMap((bits) => {
    const ranges: { first: bigint; last: bigint }[] = []
    for (const network of networks.filter((one) => one.bits === bits).sort(byFirst)) {
      const [first, last] = [firstOf(network), lastOf(network)]
      const before = ranges.at(-1)
      if (before === undefined || first > before.last + 1n) ranges.push({ first, last })
      else if (last > before.last) before.last = last
    }
    return ranges.flatMap(({ first, last }) => networksBetween(first, last, bits))
  })
}

/** The smallest network that holds all; null for none. */
export function spanned(networks: readonly Network[]): string | null {
  const [one, ...others] = networks
  if (one === undefined) return null
  if (others.length === 0) return networkText(one)
  if (others.some(({ bits }) => bits !== one.bits)) throw new Error('IPv4 and IPv6 have no network in common')
  const sorted = [...networks].sort(byFirst)
  const first = firstOf(sorted[0]!)
  const last = networks.map(lastOf).reduce((a, b) => (a > b ? a : b))
  let prefix = networks.reduce((least, network) => Math.min(least, network.prefix), one.bits as number)
  while (prefix > 0 && first >> BigInt(one.bits - prefix) !== last >> BigInt(one.bits - prefix)) prefix -= 1
  return cidrText({ bits: one.bits, number: first, prefix })
}

function byFirst(a: Network, b: Network): number {
  const [first, second] = [firstOf(a), firstOf(b)]
  return first < second ? -1 : first > second ? 1 : a.prefix - b.prefix
}

/** From each address on, the largest network that begins there and does not go too far. */
function networksBetween(from: bigint, last: bigint, bits: 32 | 128): string[] {
  const found: string[] = []
  let first = from
  while (first <= last) {
    let host = 0
    const fits = (length: number) =>
      first % (1n << BigInt(length)) === 0n && first + (1n << BigInt(length)) - 1n <= last
    while (host < bits && fits(host + 1)) host += 1
    found.push(networkText({ bits, number: first, prefix: bits - host }))
    first += 1n << BigInt(host)
  }
  return found
}
