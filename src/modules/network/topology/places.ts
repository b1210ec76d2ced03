import { type Machine, type Network, ownAddresses } from './network.ts'

/** Where a mobile node is, and what is wrong with that. */
interface Place {
  /** "mnode is at home", with what shows it. */
  readonly sentence: string
  readonly drift: readonly string[]
}

/** Names of machines by what they are in Proxy Mobile IPv4 (RFC 5563). */
export interface Roles {
  readonly home_agents: readonly string[]
  readonly proxy_mobility_agents: readonly string[]
  readonly mobile_nodes: readonly string[]
  readonly correspondent_nodes: readonly string[]
}

/** Where a mobile node's first interface is, and whether home agent and proxy mobility agent have a binding that fits. */
export function placeOf({ machines }: Network, node: Machine, roles: Roles): Place {
  const [home] = node.declared.ports
  const bridge = node.ports[0]?.bridge
  const address = homeAddress(node)
  const agents = (names: readonly string[]) => machines.filter(({ name }) => names.includes(name))
  const holding = agents(roles.home_agents).find((agent) => serves(agent, address))
  if (bridge === undefined) return { sentence: `${node.name} is on no bridge`, drift: [] }
  if (bridge === home?.bridge) {
    if (holding === undefined) return { sentence: `${node.name} is at home (${bridge})`, drift: [] }
    const wrong = `${holding.name} still has a binding for ${address}`
    return { sentence: `${node.name} is at home (${bridge}), but ${wrong}`, drift: [wrong] }
  }
  const host = agents(roles.proxy_mobility_agents).find(({ ports }) =>
    ports.some((port) => port.bridge === bridge),
  )
  const at =
    host === undefined ? `${node.name} is on ${bridge}` : `${node.name} is at ${host.name} (${bridge})`
  const wrong = whyUnbound(host, holding, address, roles)
  if (wrong !== undefined) return { sentence: `${at}, but ${wrong}`, drift: [wrong] }
  return {
    sentence: `${at}; ${holding!.name} serves ${address} through ${wayOf(holding!, address)}`,
    drift: [],
  }
}

function whyUnbound(host: Machine | undefined, holding: Machine | undefined, address: string, roles: Roles) {
  if (host === undefined) return 'no proxy mobility agent has an interface there'
  if (holding === undefined) {
    const [agent = 'no home agent'] = roles.home_agents
    return `${agent} has no binding for ${address}`
  }
  const leads = holding.found?.tunnels.find(({ used_by }) => used_by.includes(address))?.remote
  if (leads === undefined) return `${holding.name} answers for ${address}, and has no tunnel for it`
  if (!ownAddresses(host).includes(leads))
    return `${holding.name} sends what comes for ${address} to ${leads}`
  if (!host.found?.routes.some(({ to }) => to === address)) return `${host.name} has no route to ${address}`
  return undefined
}

export function homeAddress({ declared }: Machine): string {
  return declared.ports[0]?.addresses[0]?.replace(/\/.*/, '') ?? 'an address that is not known'
}

function serves({ found }: Machine, address: string): boolean {
  return (
    found !== undefined &&
    (found.proxies.some((entry) => entry.address === address) ||
      found.tunnels.some(({ used_by }) => used_by.includes(address)))
  )
}

function wayOf({ found }: Machine, address: string): string {
  return found?.tunnels.find(({ used_by }) => used_by.includes(address))?.name ?? 'no tunnel'
}
