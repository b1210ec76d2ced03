import type { DrawnLeg, DrawnPath } from '../../../sdk/topology.ts'
import { type Found, holds, type Machine, type Network, ownAddresses, type Route } from './network.ts'

/** More machines than a path has; what goes round in circles ends here. */
const MOST_LEGS = 32

type Tunnel = Found['tunnels'][number]

/**
 * The way of packets from an address of one machine to an address of another, by what each has on the way: rules and
 * tables, the longest prefix, and on a bridge whoever has the next address or answers for it (proxy ARP, RFC 1027).
 */
export function trace(network: Network, from: Machine, source: string, to: string): DrawnPath {
  return traceWithin(network, from, source, to, [])
}

/** `inside`: the tunnels whose own packets these are. */
function traceWithin(
  network: Network,
  from: Machine,
  source: string,
  to: string,
  inside: readonly Tunnel[],
): DrawnPath {
  const legs: DrawnLeg[] = []
  const path = (broken: string | null): DrawnPath => ({
    from: from.name,
    to: network.machines.find((machine) => ownAddresses(machine).includes(to))?.name ?? to,
    legs,
    broken,
  })
  for (let here = from; ; ) {
    if (ownAddresses(here).includes(to)) return path(null)
    if (legs.length >= MOST_LEGS) return path('packets go round in circles')
    if (here !== from && !here.forwards) return path(`${here.name} does not forward packets`)
    const next = nextOf(network, here, source, to, inside)
    if (typeof next === 'string') return path(next)
    legs.push(next.leg)
    here = next.machine
  }
}

function nextOf(network: Network, here: Machine, source: string, to: string, inside: readonly Tunnel[]) {
  const dev = tableFor(here, source)?.dev
  const route = dev === undefined ? routeTo(here, to) : { dev, via: undefined }
  if (route === undefined) return `${here.name} has no route to ${to}`
  const tunnel = here.found?.tunnels.find(({ name }) => name === route.dev)
  if (tunnel !== undefined) return throughTunnel(network, here, tunnel, inside)
  const bridge = here.ports.find(({ name }) => name === route.dev)?.bridge
  if (bridge === undefined) return `${route.dev ?? 'what leads there'} of ${here.name} is on no bridge`
  const address = route.via ?? to
  const machine = whoAnswers(network, bridge, address, here)
  if (machine === undefined) return `nobody answers for ${address} on ${bridge}`
  return { machine, leg: { over: bridge, isTunnel: false, to: machine.name } }
}

/** What goes into a tunnel comes out at its other end, if the packets around it get there. */
function throughTunnel(network: Network, here: Machine, tunnel: Tunnel, inside: readonly Tunnel[]) {
  const { name, local, remote, up } = tunnel
  if (!up) return `the tunnel ${name} of ${here.name} is down`
  if (inside.includes(tunnel)) return `the tunnel ${name} of ${here.name} leads into itself`
  const machine = network.machines.find((one) => ownAddresses(one).includes(remote))
  if (machine === undefined) return `nobody here has ${remote}, where ${name} leads to`
  if (!machine.found?.tunnels.some((other) => ownAddresses(here).includes(other.remote)))
    return `${machine.name} has no tunnel to ${here.name}`
  const { broken } = traceWithin(network, here, local, remote, [...inside, tunnel])
  if (broken !== null) return `within ${name}, ${broken}`
  return { machine, leg: { over: name, isTunnel: true, to: machine.name } }
}

/** The table that a rule for an address names, with where its default route leads. */
function tableFor({ found }: Machine, source: string) {
  const rule = found?.rules.find(({ from }) => from === source)
  const table = found?.tables.find(({ table }) => table === rule?.table)
  return table?.dev === '' ? undefined : table
}

function routeTo({ routes }: Machine, address: string): Route | undefined {
  return routes
    .filter(({ to }) => holds(to, address))
    .reduce<Route | undefined>(
      (best, one) => (best === undefined || one.to.length > best.to.length ? one : best),
      undefined,
    )
}

function whoAnswers({ machines }: Network, bridge: string, address: string, asking: Machine) {
  const others = machines
    .filter((machine) => machine !== asking)
    .flatMap((machine) =>
      machine.ports.filter((port) => port.bridge === bridge).map((port) => ({ machine, port })),
    )
  const owner = others.find(({ machine }) => ownAddresses(machine).includes(address))
  const proxy = others.find(
    ({ machine, port }) =>
      machine.found?.proxies.some((entry) => entry.address === address && entry.dev === port.name) ||
      (machine.found?.proxy_arp.some(({ dev }) => dev === port.name) &&
        ![undefined, port.name].includes(routeTo(machine, address)?.dev)),
  )
  return (owner ?? proxy)?.machine
}
