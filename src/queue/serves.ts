import type { Inventory } from '../inventory/inventory.ts'
import { select } from '../inventory/pattern.ts'
import { type Address, networkOf, parseAddress } from '../values/address.ts'

/** Which hosts a worker's --serves means in an inventory, by name. `addressOf` a host, where one is known. */
export function servedHosts(
  inventory: Inventory,
  pattern: string,
  addressOf: (host: string) => string | undefined,
): Set<string> {
  const parts = partsOf(pattern).map((part) => {
    const [, mark = '', text = ''] = /^([&!]?)(.*)$/s.exec(part)!
    return { mark, hosts: hostsOf(inventory, text, addressOf) }
  })
  const plain = parts.filter(({ mark }) => mark === '')
  const all = plain.length === 0 ? [new Set(inventory.hosts.keys())] : plain.map(({ hosts }) => hosts)
  const found = new Set(all.flatMap((hosts) => [...hosts]))
  for (const host of found) {
    const isLeft = parts.every(({ mark, hosts }) => mark === '' || hosts.has(host) === (mark === '&'))
    if (!isLeft) found.delete(host)
  }
  return found
}

/** As in patterns of plays, at commas or else at colons; a network of IPv6 has colons of its own. */
function partsOf(pattern: string): string[] {
  const isOne = networkIn(pattern.replace(/^[&!]/, '')) !== undefined
  const parts = pattern.includes(',') ? pattern.split(',') : isOne ? [pattern] : pattern.split(/:(?![^[]*\])/)
  return parts.map((part) => part.trim()).filter(Boolean)
}

function hostsOf(
  inventory: Inventory,
  text: string,
  addressOf: (host: string) => string | undefined,
): Set<string> {
  const network = networkIn(text)
  if (network === undefined) return new Set(select(inventory, text).hosts.map(({ name }) => name))
  return new Set([...inventory.hosts.keys()].filter((host) => isWithin(addressOf(host), network)))
}

type Network = Address & { readonly prefix: number }

function networkIn(text: string): Network | undefined {
  if (!text.includes('/')) return undefined
  try {
    return networkOf(parseAddress(text) as Network) as Network
  } catch {
    return undefined
  }
}

function isWithin(text: string | undefined, network: Network): boolean {
  if (text === undefined) return false
  try {
    const { bits, number } = parseAddress(text.replace(/\/.*$/, ''))
    return (
      bits === network.bits && networkOf({ bits, number, prefix: network.prefix }).number === network.number
    )
  } catch {
    return false
  }
}
