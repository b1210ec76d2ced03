import { normal } from '../../python/numbers.ts'
import { isLinkLocal, isLoopback, isMulticast, isPrivate, isPublic } from './kinds.ts'
import {
  addressText,
  anyAddressText,
  cidrText,
  firstOf,
  hostMaskOf,
  isWithin,
  lastOf,
  maskOf,
  type Network,
  networkText,
  readNetwork,
  sizeOf,
  usableOf,
} from './network.ts'

/** What was asked about: the network, how it was written, and whether it had a prefix. */
export interface Asked {
  readonly network: Network
  readonly value: unknown
  readonly hasPrefix: boolean
}

type Query = (asked: Asked) => unknown

const address = (network: Network, number = network.number) => addressText(number, network.bits)
const isFirst = ({ number, ...rest }: Network) => number === firstOf({ number, ...rest })
/** IPv4 networks of one and two addresses have no broadcast address. */
const hasBroadcast = ({ bits, prefix }: Network) => bits === 128 || prefix < 31
const is =
  (holds: (network: Network) => boolean): Query =>
  ({ network, value }) =>
    holds(network) ? value : null
const single = (network: Network) => ({ ...network, prefix: network.bits })

/** A host of a network, with its prefix; false for the network itself and for its broadcast address. */
const hostWithPrefix: Query = ({ network }) => {
  const isEdge = isFirst(network) || network.number === lastOf(network)
  return sizeOf(network) > 2n && isEdge ? false : networkText(network)
}

const ip: Query = ({ network }) => {
  if (sizeOf(network) > 1n && isFirst(network) && hasBroadcast(network) && network.bits === 32) return null
  return address(network)
}

const isHost = (network: Network) => sizeOf(network) === 2n || (sizeOf(network) > 1n && !isFirst(network))

/** What needs a network with its prefix. */
const ofNetwork =
  (query: (network: Network) => unknown): Query =>
  ({ network, hasPrefix }) => {
    if (!hasPrefix) throw new Error('this is not a network address')
    return query(network)
  }

const usable = (pick: (usable: { first: bigint; last: bigint }, network: Network) => unknown): Query =>
  ofNetwork((network) => {
    const range = usableOf(network)
    return range === undefined ? null : pick(range, network)
  })

/** The address so many behind, if it is one for hosts. */
export function usableAt(network: Network, offset: bigint): string | null {
  const range = usableOf(network)
  const number = network.number + offset
  return range !== undefined && number >= range.first && number <= range.last ? anyAddressText(number) : null
}

/** The queries of ipaddr, by name. */
export const QUERIES: Readonly<Record<string, Query>> = {
  '': ({ network, hasPrefix }) => (hasPrefix ? networkText(network) : address(network)),
  '6to4': ({ network, value, hasPrefix }) => sixToFour(network, value, hasPrefix),
  address: ip,
  'address/prefix': hostWithPrefix,
  bool: () => true,
  broadcast: ({ network }) => (sizeOf(network) > 2n ? address(network, lastOf(network)) : null),
  cidr: ({ network }) => networkText(network),
  first_usable: ofNetwork((network) => {
    const range = usableOf(network)
    return range === undefined ? null : anyAddressText(range.first)
  }),
  gateway: hostWithPrefix,
  gw: hostWithPrefix,
  host: ({ network }) => {
    if (sizeOf(network) > 1n && isFirst(network) && hasBroadcast(network)) return null
    return networkText(network)
  },
  'host/prefix': hostWithPrefix,
  hostmask: ({ network }) => address(network, hostMaskOf(network)),
  hostnet: hostWithPrefix,
  int: ({ network, hasPrefix }) =>
    hasPrefix ? `${network.number}/${network.prefix}` : normal(network.number),
  ip,
  'ip/prefix': ({ network }) => (isHost(network) ? networkText(network) : null),
  ip_netmask: ({ network }) =>
    isHost(network) ? `${address(network)} ${address(network, maskOf(network))}` : null,
  ipv4: toIPv4,
  ipv6: toIPv6,
  last_usable: usable(({ last }) => anyAddressText(last)),
  'link-local': is((network) => isLinkLocal(single(network))),
  lo: is((network) => isLoopback(single(network))),
  loopback: is((network) => isLoopback(single(network))),
  multicast: is(isMulticast),
  net: ({ network }) => (sizeOf(network) > 1n && isFirst(network) ? networkText(network) : null),
  next_usable: ofNetwork((network) => usableAt(network, 1n)),
  netmask: ({ network }) => address(network, maskOf(network)),
  network: ({ network }) => address(network, firstOf(network)),
  network_id: ({ network }) => address(network, firstOf(network)),
  'network/prefix': ({ network }) => cidrText(network),
  network_netmask: ({ network }) =>
    `${address(network, firstOf(network))} ${address(network, maskOf(network))}`,
  network_wildcard: ({ network }) =>
    `${address(network, firstOf(network))} ${address(network, hostMaskOf(network))}`,
  peer: ofNetwork(peer),
  prefix: ({ network }) => network.prefix,
  previous_usable: ofNetwork((network) => usableAt(network, -1n)),
  private: is(isPrivate),
  public: is((network) => isPublic(single(network))),
  range_usable: usable(({ first, last }) => `${anyAddressText(first)}-${anyAddressText(last)}`),
  revdns: ({ network }) => reverseName(network),
  router: hostWithPrefix,
  size: ({ network }) => normal(sizeOf(network)),
  size_usable: ({ network }) => {
    const size = sizeOf(network)
    return size === 1n ? 0 : normal(size === 2n ? size : size - 2n)
  },
  subnet: ({ network }) => cidrText(network),
  type: ({ network }) => (sizeOf(network) > 1n && isFirst(network) ? 'network' : 'address'),
  unicast: is((network) => !isMulticast(network)),
  version: ({ network }) => (network.bits === 32 ? 4 : 6),
  wildcard: ({ network }) => address(network, hostMaskOf(network)),
  wrap: ({ network, value, hasPrefix }) =>
    network.bits === 32 ? value : `[${address(network)}]${hasPrefix ? `/${network.prefix}` : ''}`,
}

function toIPv4({ network, value }: Asked): unknown {
  if (network.bits === 32) return value
  const { number, prefix } = network
  const mapped = number >> 32n === 0xffffn || number >> 32n === 0n
  return mapped && prefix >= 96
    ? networkText({ bits: 32, number: number & 0xffffffffn, prefix: prefix - 96 })
    : false
}

function toIPv6({ network, value }: Asked): unknown {
  if (network.bits === 128) return value
  return networkText({ bits: 128, number: (0xffffn << 32n) | network.number, prefix: network.prefix + 96 })
}

/** The network of 6to4 (RFC 3056) of an IPv4 address; of IPv6, whether it is one. */
function sixToFour(network: Network, value: unknown, hasPrefix: boolean): unknown {
  if (network.bits === 32) {
    if (sizeOf(network) > 1n && isFirst(network)) return false
    const host = single(network)
    if (!isPublic(host) && !isPrivate(host)) return false
    const digits = network.number.toString(16).padStart(8, '0')
    return `2002:${digits.slice(0, 4)}:${digits.slice(4)}::1/48`
  }
  if (hasPrefix && isFirst(network)) return false
  return isWithin(single(network), readNetwork('2002::/16')!) ? value : false
}

/** The other end of a link between two. */
function peer(network: Network): string {
  const last = network.number % 4n
  if (sizeOf(network) === 2n) return anyAddressText(network.number ^ 1n)
  if (sizeOf(network) !== 4n)
    throw new Error('this is no network of two hosts: it has neither 2 nor 4 addresses')
  if (last === 0n || last === 3n)
    throw new Error(`the ${last === 0n ? 'network' : 'broadcast'} address has no peer`)
  return anyAddressText(network.number ^ 3n)
}

function reverseName({ bits, number }: Network): string {
  if (bits === 32) return `${addressText(number, 32).split('.').reverse().join('.')}.in-addr.arpa.`
  return `${Array.from(number.toString(16).padStart(32, '0')).reverse().join('.')}.ip6.arpa.`
}
