import { str } from '../../python/text.ts'
import { isTruthy } from '../../python/truth.ts'
import { didYouMean } from '../../values/problem.ts'
import { isList, isText } from '../given.ts'
import { addressText, firstOf, isWithin, type Network, networkText, readNetwork, sizeOf } from './network.ts'
import { type Asked, QUERIES } from './queries.ts'

type Version = 4 | 6 | undefined

/**
 * What a query says of an address or a network, or of those in a list that it says something of; false for what is
 * none, or not of the version wanted. Raises an Error with a sentence for a query that there is not.
 */
export function ipaddr(value: unknown, query: unknown = '', version?: Version): unknown {
  if (isList(value)) return value.map((element) => ipaddr(element, str(query), version)).filter(isTruthy)
  const asked = !isTruthy(value) || value === true ? undefined : read(value, version)
  if (asked === undefined) return false
  const { network } = asked
  const name = str(query)
  const outer =
    name === '' || Object.hasOwn(QUERIES, name) || /^\d+$/.test(name) ? undefined : outerNetwork(name)
  if (version !== undefined && (network.bits === 32 ? 4 : 6) !== version) return false
  if (outer !== undefined) return isWithin(network, outer) ? asked.value : null
  if (Object.hasOwn(QUERIES, name)) return QUERIES[name]!(asked)
  return nth(asked, query)
}

function read(value: unknown, version: Version): Asked | undefined {
  const written = str(value)
  if (/^\d+$/.test(written)) {
    const network = numbered(BigInt(written), version)
    return network && { network, value: networkText(network), hasPrefix: false }
  }
  if (!isText(value)) return undefined
  const network = readNetwork(value)
  if (network !== undefined) return { network, value, hasPrefix: value.split('/').length === 2 }
  // A number with a prefix.
  const [, number, prefix] = /^\s*(\d+)\s*\/\s*(\d+)\s*$/.exec(value) ?? []
  if (number === undefined) return undefined
  const plain = numbered(BigInt(number), undefined)
  const cidr = plain && { ...plain, prefix: Number(prefix) }
  return cidr && cidr.prefix <= cidr.bits
    ? { network: cidr, value: networkText(cidr), hasPrefix: true }
    : undefined
}

function numbered(number: bigint, version: Version): Network | undefined {
  if (version !== 6 && number < 1n << 32n) return { bits: 32, number, prefix: 32 }
  return number < 1n << 128n ? { bits: 128, number, prefix: 128 } : undefined
}

/** A network that is asked about as a query. */
function outerNetwork(query: string): Network | undefined {
  const asked = read(query, undefined)
  return asked && isTruthy(QUERIES.network!(asked)) ? asked.network : undefined
}

/** The address at a place in the network. */
function nth({ network, hasPrefix }: Asked, query: unknown): unknown {
  if (isText(query) && !/^\s*[-+]?[\d.]+\s*$/.test(query)) {
    throw new Error(
      `"${query}" is no query; ${didYouMean(query, Object.keys(QUERIES)) ?? 'take a number, a network, or one of those in the docs'}`,
    )
  }
  if (sizeOf(network) === 1n)
    return hasPrefix ? networkText(network) : addressText(network.number, network.bits)
  const place = placeOf(query)
  const found = place === undefined ? undefined : addressAt(network, place)
  return found === undefined ? false : `${found}/${network.prefix}`
}

/** A whole number, also as a text; undefined for anything else. */
export function placeOf(value: unknown): bigint | undefined {
  const [, digits] = /^\s*([-+]?\d+)\s*$/.exec(str(value)) ?? []
  return digits === undefined ? undefined : BigInt(digits.replace('+', ''))
}

/** The address at a place in a network, from its end below 0; undefined when it has not so many. */
export function addressAt(network: Network, index: bigint): string | undefined {
  const size = sizeOf(network)
  if (index >= size || index < -size) return undefined
  return addressText(firstOf(network) + (index < 0n ? index + size : index), network.bits)
}

/** The network that a value stands for as the filters that reckon with networks take it; undefined when it is none. */
export function normalized(value: unknown): Network | undefined {
  if (!isTruthy(value)) return undefined
  const asked = read(value, undefined)
  if (asked === undefined) return undefined
  const network =
    QUERIES.type!(asked) === 'network' ? { ...asked.network, number: firstOf(asked.network) } : asked.network
  return network
}
