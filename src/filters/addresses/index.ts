import { itemsOf } from '../../python/sequence.ts'
import { str } from '../../python/text.ts'
import { isTruthy } from '../../python/truth.ts'
import { type Callable, filter } from '../define.ts'
import { isBoolean, isInteger, isList, isText, text } from '../given.ts'
import { described } from '../maps.ts'
import { hwaddr, parseMac } from './hwaddr.ts'
import { addressAt, ipaddr, normalized, placeOf } from './ipaddr.ts'
import { merged, spanned } from './merge.ts'
import {
  addressText,
  anyAddressText,
  firstOf,
  lastOf,
  type Network,
  readAddress,
  readNetwork,
  sizeOf,
  usableOf,
} from './network.ts'
import { usableAt } from './queries.ts'
import { ipsubnet } from './subnet.ts'

/** The filters of ansible.utils (and before, ansible.netcommon) for IP and MAC addresses. */
export const addressFilters: readonly Callable[] = [
  filter(
    'ipaddr',
    [{ query: '', version: null, alias: 'ipaddr' }],
    'An address or network if it is one, or what a query says of it; false otherwise.',
    (value: unknown, query: unknown, version: unknown) =>
      ipaddr(askable(value), query, version === 4 || version === 6 ? version : undefined),
  ),
  filter('ipv4', [{ query: '' }], 'The same for IPv4 only.', (value: unknown, query: unknown) =>
    ipaddr(askable(value), query, 4),
  ),
  filter('ipv6', [{ query: '' }], 'The same for IPv6 only.', (value: unknown, query: unknown) =>
    ipaddr(askable(value), query, 6),
  ),
  filter(
    'ipwrap',
    [{ query: '' }],
    'IPv6 addresses in brackets, anything else as it is.',
    (value: unknown, query: unknown) => {
      if (!isText(value) && !isList(value) && !isBoolean(value)) throw unusable(value)
      return wrapped(value, query)
    },
  ),
  filter(
    'ipsubnet',
    [{ query: '', index: null }],
    'Networks in a network, by the length of their prefix and their place.',
    ipsubnet,
  ),
  filter('ipmath', ['amount'], 'The address so many behind another.', (value: unknown, amount: unknown) => {
    const written = text(value)
    const address = written.includes('/') ? readNetwork(written) : readAddress(written)
    if (address === undefined) throw new Error(`"${written}" is no IP address`)
    return addressText(address.number + mustBeWhole(amount), address.bits)
  }),
  filter(
    'nthhost',
    [{ query: '' }],
    'The address at a place in a network.',
    (value: unknown, query: unknown) => {
      const network = normalized(value)
      const place = placeOf(query)
      if (network === undefined) return false
      return (place !== undefined && addressAt(network, place)) ?? false
    },
  ),
  filter(
    'next_nth_usable',
    ['offset'],
    'The address of a host so many behind another.',
    (value: unknown, offset: unknown) => nthUsable(value, offset, 1n),
  ),
  filter(
    'previous_nth_usable',
    ['offset'],
    'The address of a host so many before another.',
    (value: unknown, offset: unknown) => nthUsable(value, offset, -1n),
  ),
  filter(
    'network_in_network',
    ['test'],
    'Whether an address or a network lies in a network.',
    (value: unknown, inner: unknown) => {
      const outer = normalized(value)
      return outer !== undefined && isBetween(inner, outer, firstOf(outer), lastOf(outer))
    },
  ),
  filter(
    'network_in_usable',
    ['test'],
    'Whether they are among the addresses for its hosts.',
    (value: unknown, inner: unknown) => {
      const outer = normalized(value)
      if (outer === undefined) return false
      const { first, last } = usableOf(outer) ?? { first: outer.number, last: outer.number }
      return isBetween(inner, outer, first, last)
    },
  ),
  filter(
    'reduce_on_network',
    ['network'],
    'The addresses of a list that lie in a network.',
    (value: unknown, written: unknown) => {
      const network = must(written)
      return itemsOf(value).filter((address) =>
        isBetween(address, network, firstOf(network), lastOf(network)),
      )
    },
  ),
  filter(
    'cidr_merge',
    [{ action: 'merge' }],
    'The fewest networks that hold the addresses of a list and no other; with "span" the one that holds them all.',
    (value: unknown, action: unknown) => {
      if (!isList(value)) throw new Error(`cidr_merge takes a list, and ${described(value)} is none`)
      if (action === 'merge') return merged(value.map(network))
      if (action === 'span') return spanned(value.map(network))
      throw new Error(`the action is merge or span, and ${str(action)} is neither`)
    },
  ),
  filter('usable_range', [], 'All addresses of a network and how many there are.', (value: unknown) => {
    const found = network(value)
    if (sizeOf(found) > 65536n) throw new Error(`a list of ${sizeOf(found)} addresses is too long`)
    const count = Number(sizeOf(found))
    const first = firstOf(found)
    if (first !== found.number) throw new Error(`${str(value)} has bits behind its prefix`)
    return {
      usable_ips: Array.from({ length: count }, (_, index) => addressText(first + BigInt(index), found.bits)),
      number_of_ips: count,
    }
  }),
  filter(
    'ip4_hex',
    [{ delimiter: '' }],
    'An IPv4 address in hexadecimal digits.',
    (value: unknown, delimiter: unknown) => {
      const numbers = text(value).split('.').slice(0, 4)
      if (numbers.length < 4 || !numbers.every((part) => /^\d+$/.test(part)))
        throw new Error(`"${text(value)}" is no IPv4 address`)
      return numbers.map((part) => Number(part).toString(16).padStart(2, '0')).join(str(delimiter))
    },
  ),
  filter(
    'slaac',
    [{ query: '' }],
    'The address that a MAC address has in an IPv6 network.',
    (value: unknown, query: unknown) => {
      const found = normalized(value)
      const mac = isText(query) ? parseMac(query) : undefined
      if (found === undefined || found.bits !== 128 || mac === undefined) return false
      const [high, low] = mac.bits === 48 ? [mac.number >> 24n, mac.number & 0xffffffn] : [0n, 0n]
      const identifier = mac.bits === 48 ? (high << 40n) | (0xfffen << 24n) | low : mac.number
      return anyAddressText(firstOf(found) + (identifier ^ (1n << 57n)))
    },
  ),
  filter(
    'hwaddr',
    [{ query: '', alias: 'hwaddr' }],
    'A MAC address if it is one, or as a query writes it.',
    (value: unknown, query: unknown) => hwaddr(value, str(query)),
  ),
  filter('macaddr', [{ query: '' }], 'The same as hwaddr.', (value: unknown, query: unknown) =>
    hwaddr(value, str(query)),
  ),
]

function askable(value: unknown): unknown {
  if (isText(value) || isList(value) || isInteger(value) || isBoolean(value)) return value
  throw unusable(value)
}

function unusable(value: unknown): Error {
  return new Error(`this filter takes a text, a number or a list, and ${described(value)} is neither`)
}

function wrapped(value: unknown, query: unknown): unknown {
  if (isList(value)) return value.map((element) => wrapped(element, query))
  try {
    const found = ipaddr(value, query)
    return isTruthy(found) ? ipaddr(found, 'wrap') : value
  } catch {
    return value
  }
}

function nthUsable(value: unknown, offset: unknown, sign: bigint): unknown {
  const found = normalized(value)
  if (found === undefined) return false
  return usableAt(found, sign * mustBeWhole(offset))
}

function mustBeWhole(value: unknown): bigint {
  const place = placeOf(value)
  if (place === undefined) throw new Error(`a whole number is needed, and ${described(value)} is none`)
  return place
}

function network(value: unknown): Network {
  const found = readNetwork(str(value))
  if (found === undefined) throw new Error(`${described(value)} is no IP address or network`)
  return found
}

function must(value: unknown): Network {
  const found = normalized(value)
  if (found === undefined) throw new Error(`${described(value)} is no IP address or network`)
  return found
}

function isBetween(value: unknown, { bits }: Network, first: bigint, last: bigint): boolean {
  const inner = normalized(value)
  return inner !== undefined && inner.bits === bits && firstOf(inner) >= first && lastOf(inner) <= last
}
