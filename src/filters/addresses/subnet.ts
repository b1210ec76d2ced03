import { normal } from '../../python/numbers.ts'
import { str } from '../../python/text.ts'
import { isTruthy } from '../../python/truth.ts'
import { normalized, placeOf } from './ipaddr.ts'
import { cidrText, firstOf, type Network, networkText, sizeOf } from './network.ts'

/** How many networks with a prefix a network has, one of them, one that an address lies in, or its rank in another. */
export function ipsubnet(value: unknown, query: unknown, index: unknown): unknown {
  const found = normalized(value)
  if (found === undefined) return false
  const network = { ...found, number: firstOf(found) }
  if (!isTruthy(query)) return cidrText(network)
  const wanted = str(query)
  if (!/^\d+$/.test(wanted)) return rank(network, wanted)
  const prefix = Number(wanted)
  if (prefix > network.bits) return false
  if (index !== null && !/^\s*[-+]?\d+\s*$/.test(str(index)))
    throw new Error(`the index must be a whole number, and ${str(index)} is none`)
  return sizeOf(network) === 1n ? above(network, prefix, index) : within(network, prefix, index)
}

/** The networks that an address lies in, from the prefix on to its own. */
function above(network: Network, prefix: number, index: unknown): unknown {
  const at = index === null ? 0 : Number(str(index))
  if (index !== null && (at > network.bits + 1 - at || at < prefix - network.bits)) return false
  const lengths = Array.from({ length: network.bits - prefix }, (_, step) => prefix + step)
  const length = lengths.at(at)
  if (length === undefined) throw new Error(`the address has no such network: there are ${lengths.length}`)
  return cidrText({ ...network, prefix: length })
}

function within(network: Network, prefix: number, index: unknown): unknown {
  if (prefix < network.prefix) {
    if (index === null)
      throw new Error(`a network with the prefix ${network.prefix} has none with ${prefix} in it`)
    return placeOf(index) === 0n ? networkText({ ...network, prefix }) : false
  }
  const count = 1n << BigInt(prefix - network.prefix)
  if (index === null) return String(count)
  const written = BigInt(str(index).trim())
  const at = written < 0n ? written + count : written
  if (at < 0n || at >= count) return false
  return cidrText({ ...network, number: network.number + (at << BigInt(network.bits - prefix)), prefix })
}

/** At which place a network lies in another one, from 1. */
function rank(network: Network, written: string): string {
  const outer = normalized(written)
  if (outer === undefined) throw new Error(`"${written}" is no IP address or network`)
  const shift = BigInt(network.bits - outer.prefix)
  if (network.number >> shift !== outer.number >> shift)
    throw new Error(`${cidrText(network)} is not in the network ${cidrText(outer)}`)
  const places = 1n << BigInt(network.prefix - outer.prefix)
  return String(normal(((network.number >> BigInt(network.bits - network.prefix)) & (places - 1n)) + 1n))
}
