import { isHostMask, isWithin, type Network, readNetwork } from './network.ts'

const PRIVATE = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '239.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fec0::/10',
  'fe80::/10',
]
const RESERVED = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/29',
  '192.0.0.170/31',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  '::/127',
  '::ffff:0:0/96',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  'fc00::/7',
  'fe80::/10',
]

/** Reads the ranges when they are asked for the first time: that takes longer than most runs have for it. */
function isIn(written: readonly string[]): (network: Network) => boolean {
  let ranges: readonly Network[] | undefined
  return (network) => {
    ranges ??= written.map((text) => readNetwork(text)!)
    return ranges.some((range) => isWithin(network, range))
  }
}

/** RFC 1918, 3879, 4193, 5736, 6598 and the like: what is not for the internet. */
export const isPrivate = isIn(PRIVATE)
/** What IANA's registries call not globally reachable. */
export const isNotGlobal = isIn(RESERVED)
export const isMulticast = isIn(['224.0.0.0/4', 'ff00::/8'])
export const isLoopback = isIn(['127.0.0.0/8', '::1/128'])
export const isLinkLocal = isIn(['169.254.0.0/16', 'fe80::/10'])

/** An address of the internet: none of the above, and no mask. */
export function isPublic(network: Network): boolean {
  const { bits, number } = network
  const all = (1n << BigInt(bits)) - 1n
  const isMask = isHostMask(number) || isHostMask(all ^ number)
  return !isMask && ![isPrivate, isMulticast, isLoopback].some((is) => is(network))
}
