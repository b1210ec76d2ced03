import type { Footprint } from '../../../sdk/footprint.ts'
import { defineModule, type Plan } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { isMap, type Value } from '../../../values/value.ts'
import {
  concludeIp,
  interfaceProblems,
  ipOptions,
  ipProbe,
  lookNames,
  namesOf,
  netnsProblems,
  nothing,
  planOfIp,
  protocolName,
  rowsOf,
  scopeName,
} from '../iproute2.ts'
import {
  addressProblems,
  familyOf,
  networkProblems,
  type Prefix,
  readAddress,
  readPrefix,
  routeTrace,
} from '../prefix.ts'
import { type DesiredRoute, type NextHop, planRoute, selector } from './plan.ts'

const routeOptions = options({
  to: {
    type: 'str',
    required: true,
    aliases: ['dst', 'destination'],
    help: 'Network (10.0.0.0/8), address, or default.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be there: present or absent.',
  },
  ...ipOptions,
  family: {
    type: 'str',
    choices: ['inet', 'inet6'],
    help: 'Whether "default" is that of IPv4 or of IPv6, where no address says it; IPv4 if not told.',
  },
  type: {
    type: 'str',
    choices: ['unicast', 'blackhole', 'unreachable', 'prohibit', 'throw', 'local'],
    help: 'unicast if not told.',
  },
  via: {
    type: 'str',
    aliases: ['gateway'],
    help: 'Address of the next router. Without it, "dev" alone is the way.',
  },
  dev: { type: 'str', help: 'Interface that packets leave through.' },
  nexthops: {
    type: 'list',
    help: 'Several ways in parallel: a list of maps with via, dev, weight (1 to 256) and onlink.',
  },
  nhid: { type: 'int', help: 'Number of a nexthop object or group (module nexthop) that is the way.' },
  src: { type: 'str', help: 'Source address for what this host sends itself; "" for none.' },
  metric: {
    type: 'int',
    aliases: ['preference', 'priority'],
    help: 'Routes that differ in it are different routes; the lowest wins. 0 (IPv6: 1024) if not told.',
  },
  table: {
    type: 'str',
    help: 'Routing table by number, or by its name in /etc/iproute2/rt_tables; main (for type local: local).',
  },
  scope: { type: 'str', help: 'IPv4: global, site, link, host or a number.' },
  proto: {
    type: 'str',
    aliases: ['protocol'],
    help: 'Who made the route: boot, static, kernel, ... or a number.',
  },
  onlink: { type: 'bool', help: 'The next router is on the link, though no address of the link says so.' },
  mtu: { type: 'int', help: 'Largest packet along the route; 0 for none in particular.' },
  advmss: { type: 'int', help: 'TCP segment size to announce; 0 for none in particular.' },
})

type RouteArgs = ArgsOf<typeof routeOptions>

const LEADS_NOWHERE = ['blackhole', 'unreachable', 'prohibit', 'throw']

/**
 * A route as ip-route(8) makes it. There is one for a destination, metric and table: another one with these is
 * replaced, and the change says so.
 */
export const route = defineModule({
  name: 'route',
  summary: 'Make, replace and delete routes (ip route).',
  options: routeOptions,
  validate: (args, complete) => [
    ...(isDefault(args.to) ? [] : networkProblems('to', args.to)),
    ...addressProblems('via', args.via),
    ...interfaceProblems('dev', args.dev),
    ...netnsProblems('netns', args.netns),
    ...tableProblems(args.table),
    ...(args.src === '' ? [] : addressProblems('src', args.src)),
    ...rangeProblems('metric', args.metric, 2 ** 32 - 1),
    ...rangeProblems('nhid', args.nhid, 2 ** 32 - 1),
    ...rangeProblems('mtu', args.mtu, 2 ** 31 - 1),
    ...rangeProblems('advmss', args.advmss, 65535),
    ...(args.nexthops ?? []).flatMap(hopProblems),
    ...familyProblems(args),
    ...wayProblems(args, complete),
  ],
  probe: (args) => [lookOf(args), args.proto === undefined ? '' : lookNames('rt_protos')],
  parse: (output, args, view) => ({
    rows: rowsOf(output.of(lookOf(args))[0]!, nothing(view, /FIB table does not exist/)),
    protocols: namesOf(output.text, 'rt_protos'),
  }),
  plan: (args, { rows, protocols }) =>
    planOfIp(planRoute(desiredState(args, protocols), rows), { routes: rows }),
  footprint: { of: footprint },
  interpret: (outcomes) => concludeIp(outcomes),
})

/** A route through an interface needs that alone; by a router, all that says whether it can be reached. */
function footprint(args: RouteArgs, _: unknown, plan: Plan): Footprint | undefined {
  const { netns, via, nexthops, nhid, src, dev, state } = args
  // Two names of namespaces may mean the same one.
  if (netns !== undefined) return undefined
  const { to, table } = identityOf(args)
  // Other tables have names and numbers.
  const own = ['main', '254'].includes(table) ? `routes/main/${routeTrace(to)}` : 'routes'
  const isByItself = [via, nexthops, nhid, src].every((said) => said === undefined) && state === 'present'
  const way = isByItself ? [`links/${dev}`] : ['routes', 'addresses', 'links']
  return {
    reads: { names: [own, ...way] },
    writes: plan.changes.length === 0 ? {} : isByItself ? { names: [own] } : 'anything',
  }
}

function lookOf(args: RouteArgs) {
  return ipProbe(args.netns, ...selector(identityOf(args)))
}

function isDefault(to: string | undefined): boolean {
  return ['default', 'all', 'any'].includes(to ?? '')
}

/** The addresses in a route's arguments, but the destination's. */
function addressesIn({ via, src, nexthops = [] }: Partial<RouteArgs>): string[] {
  const hops = nexthops.flatMap((hop) => (isMap(hop) && typeof hop.via === 'string' ? [hop.via] : []))
  return [src, via, ...hops].flatMap((address) => readAddress(address ?? '') ?? [])
}

function identityOf(args: RouteArgs): Pick<DesiredRoute, 'to' | 'table' | 'netns'> {
  const { table = args.type === 'local' ? 'local' : 'main', netns } = args
  if (!isDefault(args.to)) return { to: readPrefix(args.to)!, table, netns }
  const [example] = addressesIn(args)
  const family = args.family ?? (example === undefined ? 'inet' : familyOf(example))
  const to: Prefix = { family, address: family === 'inet' ? '0.0.0.0' : '::', length: 0 }
  return { to, table, netns }
}

function desiredState(args: RouteArgs, protocols: ReadonlyMap<string, number>): DesiredRoute {
  const { state, type, via, dev, nexthops, metric, src, scope, proto, onlink, mtu, advmss } = args
  const gateway = via === undefined ? undefined : readAddress(via)
  const hops =
    nexthops?.map(hopOf) ??
    (via === undefined && dev === undefined ? undefined : [{ via: gateway, dev, weight: 1 }])
  return {
    ...identityOf(args),
    ...{ state, type, metric, hops, nhid: args.nhid },
    asked: {
      ...(src !== undefined && { src: readAddress(src) ?? '' }),
      ...(scope !== undefined && { scope: scopeName(scope) }),
      ...(proto !== undefined && { proto: protocolName(proto, protocols) }),
      ...(onlink !== undefined && { onlink }),
      ...(mtu !== undefined && { mtu }),
      ...(advmss !== undefined && { advmss }),
    },
  }
}

function hopOf(hop: Value): NextHop {
  const { via, dev, weight, onlink } = isMap(hop) ? hop : {}
  return {
    via: typeof via === 'string' ? readAddress(via) : undefined,
    dev: typeof dev === 'string' ? dev : undefined,
    weight: Number(weight ?? 1),
    ...(onlink === true && { onlink }),
  }
}

function tableProblems(table: string | undefined): string[] {
  if (table === undefined || !['', 'all', 'cache', 'unspec'].includes(table)) return []
  return [`table: "${table}" is not one table to ip; give its number or its name in /etc/iproute2/rt_tables`]
}

function rangeProblems(name: string, value: number | undefined, most: number): string[] {
  if (value === undefined || (value >= 0 && value <= most)) return []
  return [`${name}: ${value} is out of range: 0 to ${most}`]
}

const HOP = ['via', 'dev', 'weight', 'onlink']

function hopProblems(hop: Value): string[] {
  if (!isMap(hop)) return ['nexthops: each is a map with via, dev, weight and onlink']
  const { via, dev, weight = 1, onlink = false } = hop
  const unknown = Object.keys(hop).filter((name) => !HOP.includes(name))
  return [
    ...unknown.map((name) => `nexthops: "${name}" is none of ${HOP.join(', ')}`),
    ...(via === undefined && dev === undefined ? ['nexthops: each needs "via" or "dev"'] : []),
    ...(via === undefined ? [] : addressProblems('nexthops: via', String(via))),
    ...(dev === undefined ? [] : interfaceProblems('nexthops: dev', String(dev))),
    ...(Number.isInteger(weight) && Number(weight) >= 1 && Number(weight) <= 256
      ? []
      : [`nexthops: weight: ${JSON.stringify(weight)} is not a number from 1 to 256`]),
    ...(typeof onlink === 'boolean' ? [] : ['nexthops: onlink is true or false']),
  ]
}

function familyProblems(args: Partial<RouteArgs>): string[] {
  const prefix = args.to === undefined || isDefault(args.to) ? undefined : readPrefix(args.to)
  const [first] = addressesIn(args)
  const family = prefix?.family ?? args.family ?? (first === undefined ? undefined : familyOf(first))
  // An IPv4 network behind an IPv6 router is possible (RFC 8950), the other way round is not.
  const strange = addressesIn(args).filter((address) => family === 'inet6' && familyOf(address) === 'inet')
  return [
    ...strange.map((address) => `${address} is an IPv4 address, and the route is one of IPv6`),
    ...(prefix !== undefined && args.family !== undefined && prefix.family !== args.family
      ? [`family: "${args.to}" is not of the family ${args.family}`]
      : []),
    ...(family === 'inet6' && args.scope !== undefined ? ['scope: IPv6 routes have none'] : []),
  ]
}

function wayProblems(args: Partial<RouteArgs>, complete: boolean): string[] {
  const { type = 'unicast', via, dev, nexthops, nhid, onlink, state } = args
  const ways = [via, dev, nexthops, nhid].filter((way) => way !== undefined)
  if (LEADS_NOWHERE.includes(type))
    return ways.length === 0
      ? []
      : [`a route of type ${type} leads nowhere: leave out via, dev, nexthops and nhid`]
  return [
    ...(nexthops !== undefined && ways.length > 1 ? ['"nexthops" takes the place of "via" and "dev"'] : []),
    ...(nhid !== undefined && ways.length > 1
      ? ['"nhid" takes the place of "via", "dev" and "nexthops"']
      : []),
    ...(nexthops?.length === 0 ? ['nexthops: the list is empty'] : []),
    ...(onlink === true && nexthops !== undefined ? ['onlink: say it in each of nexthops'] : []),
    ...(complete && state !== 'absent' && ways.length === 0
      ? ['a route needs a way: "via", "dev", "nexthops" or "nhid"; or a type such as blackhole']
      : []),
    ...(complete && onlink === true && nexthops === undefined && (via === undefined || dev === undefined)
      ? ['onlink: it takes both "via" and "dev"']
      : []),
  ]
}
