import { isMap, type Value, type ValueMap } from '../../../values/value.ts'
import { networkOf, type Prefix, readPrefix, showPrefix } from '../prefix.ts'

/** Machines and their bridges: what is there as far as it was found, and otherwise what is declared. */
export interface Network {
  readonly bridges: readonly Bridge[]
  readonly machines: readonly Machine[]
}

export interface Bridge {
  readonly name: string
  /** The Xen host that should have it. */
  readonly host: string
  /** Undefined where nobody has looked. */
  readonly isThere: boolean | undefined
}

export interface Machine {
  readonly name: string
  readonly declared: Declared
  readonly found: Found | undefined
  readonly ports: readonly Port[]
  readonly routes: readonly Route[]
  readonly forwards: boolean
}

interface Declared {
  readonly ports: readonly Port[]
  readonly routes: readonly Route[]
  readonly forwards: boolean
  /** Bridges that it may be on besides its own. */
  readonly visited: readonly string[]
}

/** An interface, its addresses as a.b.c.d/n. */
interface Port {
  readonly name: string
  readonly addresses: readonly string[]
  readonly bridge: string | undefined
}

/** `dev` is not known where only a gateway is declared that lies in no network of the machine. */
export interface Route {
  readonly to: Prefix
  readonly via: string | undefined
  readonly dev: string | undefined
}

/** What `mobility_facts` returns, as far as it is needed here. */
export interface Found {
  readonly interfaces: readonly { name: string; addresses: string[]; up: boolean; master: string | null }[]
  readonly main: readonly { to: string; via: string | null; dev: string }[]
  readonly tunnels: readonly { name: string; local: string; remote: string; up: boolean; used_by: string[] }[]
  readonly routes: readonly { to: string; dev: string }[]
  readonly tables: readonly { table: string; dev: string }[]
  readonly rules: readonly { from: string; table: string }[]
  readonly proxies: readonly { address: string; dev: string }[]
  readonly proxy_arp: readonly { dev: string }[]
  readonly forwarding: Readonly<Record<string, number>>
  readonly mobile_nodes: readonly string[]
}

/** Where a part has facts, they are those of the module mobility_facts. */
export function networkFrom(hosts: readonly ValueMap[], machines: readonly ValueMap[]): Network {
  const onHosts = hosts.map((part) => ({ part, found: foundIn(part) }))
  const masters = new Map(
    onHosts.flatMap(({ found }) => (found?.interfaces ?? []).map(({ name, master }) => [name, master])),
  )
  return {
    bridges: onHosts.flatMap(({ part, found }) =>
      mapsIn(part.bridges).map(({ name }) => ({
        name: String(name),
        host: String(part.name),
        isThere: found?.interfaces.some((one) => one.name === name),
      })),
    ),
    machines: [
      ...onHosts.map(({ part, found }) =>
        machineFrom(String(part.name), declaredHost(part), found, new Map()),
      ),
      ...machines.map((part) =>
        machineFrom(String(part.name), declaredMachine(part), foundIn(part), masters),
      ),
    ],
  }
}

/** `masters`: the bridges of interfaces on Xen hosts, where those of a machine are MACHINE.0, MACHINE.1 and so on. */
function machineFrom(
  name: string,
  declared: Declared,
  found: Found | undefined,
  masters: ReadonlyMap<string, string | null>,
): Machine {
  const bridgeOf = (port: Port, number: number) => {
    const master = masters.get(`${name}.${number}`)
    return master === undefined ? port.bridge : (master ?? undefined)
  }
  return {
    name,
    declared,
    found,
    ports: declared.ports.flatMap((port, number) => {
      const there = found?.interfaces.find((one) => one.name === port.name)
      if (found !== undefined && there === undefined) return []
      return [{ ...port, bridge: bridgeOf(port, number), addresses: there?.addresses ?? port.addresses }]
    }),
    routes: found === undefined ? declared.routes : found.main.flatMap((row) => routeFrom(row, [])),
    forwards: found === undefined ? declared.forwards : found.forwarding.all === 1,
  }
}

/** The addresses of a Xen host are those of its bridges. */
function declaredHost(part: ValueMap): Declared {
  const ports = mapsIn(part.bridges).filter(({ address }) => typeof address === 'string')
  return declaredWith(
    part,
    ports.map(({ name, address }) => portFrom(name, address, name)),
  )
}

function declaredMachine(part: ValueMap): Declared {
  return declaredWith(
    part,
    mapsIn(part.interfaces).map(({ name, address, bridge }) => portFrom(name, address, bridge)),
  )
}

function declaredWith(part: ValueMap, ports: readonly Port[]): Declared {
  const { gateway } = part
  const gateways = typeof gateway === 'string' && gateway !== '' ? [{ to: 'default', via: gateway }] : []
  return {
    ports,
    routes: [
      ...ports.flatMap(({ name, addresses }) =>
        addresses.flatMap((address) => routeFrom({ to: address, dev: name }, ports)),
      ),
      ...[...mapsIn(part.routes), ...gateways].flatMap((row) => routeFrom(row, ports)),
    ],
    forwards: part.forwarding === true,
    visited: Array.isArray(part.visited_bridges) ? part.visited_bridges.map(String) : [],
  }
}

function portFrom(name: Value | undefined, address: Value | undefined, bridge: Value | undefined): Port {
  return {
    name: String(name),
    addresses: typeof address === 'string' ? [address] : [],
    bridge: typeof bridge === 'string' ? bridge : undefined,
  }
}

function routeFrom(row: ValueMap, ports: readonly Port[]): Route[] {
  const to = row.to === 'default' ? readPrefix('0.0.0.0/0') : readPrefix(String(row.to))
  if (to === undefined || to.family === 'inet6') return []
  const via = typeof row.via === 'string' ? row.via : undefined
  const dev = typeof row.dev === 'string' ? row.dev : ports.find((port) => isNextTo(port, via))?.name
  return [{ to: networkOf(to), via, dev }]
}

function isNextTo({ addresses }: Port, address: string | undefined): boolean {
  return address !== undefined && addresses.some((own) => holds(networkOf(readPrefix(own)!), address))
}

/** Whether an address lies in a network. */
export function holds(network: Prefix, address: string): boolean {
  return networkOf({ family: 'inet', address, length: network.length }).address === network.address
}

export function ownAddresses({ ports }: Machine): string[] {
  return ports.flatMap(({ addresses }) => addresses.map((address) => address.replace(/\/.*/, '')))
}

export function showRoute({ to, via }: Route): string {
  return `${to.length === 0 ? 'default' : showPrefix(to)}${via === undefined ? '' : ` via ${via}`}`
}

function foundIn({ found }: ValueMap): Found | undefined {
  return isMap(found) && Array.isArray(found.interfaces) ? (found as unknown as Found) : undefined
}

function mapsIn(value: Value | undefined): ValueMap[] {
  return Array.isArray(value) ? value.filter(isMap) : []
}
