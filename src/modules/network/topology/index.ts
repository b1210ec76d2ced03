import { defineModule } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import type { DrawnPath, DrawnTunnel, Topology } from '../../../sdk/topology.ts'
import { isMap, type ValueMap } from '../../../values/value.ts'
import { driftOf, driftOfBridge } from './drift.ts'
import { type Machine, type Network, networkFrom, ownAddresses } from './network.ts'
import { homeAddress, placeOf } from './places.ts'
import { trace } from './trace.ts'

const declared = options({
  xen_hosts: {
    type: 'list',
    default: [],
    help: 'Maps of hosts with bridges: name, bridges (name, address), routes (to, via), and found: what mobility_facts returned there.',
  },
  machines: {
    type: 'list',
    required: true,
    help: 'Maps of machines on these bridges: name, interfaces (name, address, bridge), gateway, routes (to, via), forwarding, visited_bridges, and found.',
  },
  routers: { type: 'strings', default: [], help: 'Names of machines that are routers.' },
  home_agents: { type: 'strings', default: [], help: 'Names of home agents (RFC 5944).' },
  proxy_mobility_agents: { type: 'strings', default: [], help: 'Names of proxy mobility agents (RFC 5563).' },
  mobile_nodes: { type: 'strings', default: [], help: 'Names of mobile nodes.' },
  correspondent_nodes: { type: 'strings', default: [], help: 'Names of correspondent nodes.' },
})

type Args = ArgsOf<typeof declared>

/**
 * Says where mobile nodes are, which way packets take between them and correspondent nodes, and what differs from what is
 * declared. HTML reports draw what it returns. It asks no host: what was found is handed to it.
 */
export const topology = defineModule({
  name: 'topology',
  summary:
    'Says where mobile nodes are, the paths to them and what differs, from what mobility_facts found; HTML reports draw it.',
  options: declared,
  validate: ({ xen_hosts = [], machines = [] }) =>
    Object.entries({ xen_hosts, machines }).flatMap(([option, parts]) =>
      parts.every((part) => isMap(part) && typeof part.name === 'string')
        ? []
        : [`topology: ${option} takes a list of maps, each with a name`],
    ),
  plan(args) {
    const network = networkFrom(args.xen_hosts.filter(isMap), args.machines.filter(isMap))
    const nodes = network.machines.filter(({ name }) => args.mobile_nodes.includes(name))
    const places = new Map(nodes.map((node) => [node, placeOf(network, node, args)]))
    const paths = nodes.flatMap((node) => pathsOf(network, node, args))
    const drawn = drawnOf(network, args, paths, (machine) => [
      ...driftOf(machine),
      ...(places.get(machine)?.drift ?? []),
    ])
    return {
      changes: [],
      result: {
        msg: [
          ...[...places.values()].map(({ sentence }) => sentence),
          ...paths.map(showPath),
          ...differences(drawn),
        ],
        topology: drawn as unknown as ValueMap,
      },
    }
  },
})

/** To a mobile node from each correspondent node, and back. */
function pathsOf(network: Network, node: Machine, { correspondent_nodes }: Args): DrawnPath[] {
  const home = homeAddress(node)
  return network.machines
    .filter(({ name }) => correspondent_nodes.includes(name))
    .flatMap((correspondent) => {
      const [address] = ownAddresses(correspondent)
      if (address === undefined) return []
      return [trace(network, correspondent, address, home), trace(network, node, home, address)]
    })
}

function drawnOf(
  network: Network,
  args: Args,
  paths: readonly DrawnPath[],
  drift: (machine: Machine) => readonly string[],
): Topology {
  return {
    bridges: network.bridges.map((bridge) => ({ name: bridge.name, drift: driftOfBridge(bridge) })),
    machines: network.machines.map((machine) => ({
      name: machine.name,
      role: roleOf(machine.name, args),
      ports: machine.ports.map(({ name, addresses, bridge = null }) => ({ name, addresses, bridge })),
      drift: drift(machine),
      isFound: machine.found !== undefined,
    })),
    tunnels: network.machines.flatMap((machine) => tunnelsOf(network, machine)),
    paths,
  }
}

function tunnelsOf({ machines }: Network, { name: from, found }: Machine): DrawnTunnel[] {
  return (found?.tunnels ?? []).map(({ name, remote, up }) => ({
    name,
    from,
    to: machines.find((machine) => ownAddresses(machine).includes(remote))?.name ?? remote,
    isUp: up,
  }))
}

function roleOf(name: string, args: Args): string {
  const roles = [
    'home_agents',
    'proxy_mobility_agents',
    'mobile_nodes',
    'correspondent_nodes',
    'routers',
  ] as const
  const role = roles.find((role) => args[role].includes(name))
  return role?.replace(/s$/, '').replaceAll('_', ' ') ?? ''
}

function showPath({ from, to, legs, broken }: DrawnPath): string {
  const way = legs.map((leg) => (leg.isTunnel ? ` =${leg.over}=> ${leg.to}` : ` > ${leg.to}`)).join('')
  return broken === null
    ? `${from}${way}`
    : `from ${from} to ${to} the path is broken: ${broken} (${from}${way})`
}

function differences({ bridges, machines }: Topology): string[] {
  return [...bridges, ...machines].flatMap(({ name, drift }) => drift.map((phrase) => `${name}: ${phrase}`))
}
