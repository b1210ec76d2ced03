import { dumpYaml } from '../../../python/yaml/dump.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import type { Backend } from './backend.ts'
import type { ConfiguredLink, ConfiguredRoute, ConfiguredRule } from './model.ts'

/** A file of netplan(5). Its permissions are those that netplan asks for: it may hold secrets. */
export const netplan: Backend = {
  folder: '/etc/netplan',
  files: (name, links, header) =>
    links.length === 0 ? [] : [{ path: pathOf(name), mode: 0o600, text: `${header}${textOf(links)}` }],
  owns: (name, path) => path === pathOf(name),
  pattern: pathOf,
  cannot,
  apply: 'netplan apply',
}

function pathOf(name: string): string {
  return `/etc/netplan/90-${name}.yaml`
}

/** The groups that netplan sorts links into. */
const GROUPS: Readonly<Record<string, string>> = {
  bridge: 'bridges',
  bond: 'bonds',
  vlan: 'vlans',
  vrf: 'vrfs',
  dummy: 'dummy-devices',
}

/** What of a type netplan has, by its names; a function makes what its units want. */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bridge: {
    stp_state: 'stp',
    forward_delay: 'forward-delay',
    hello_time: 'hello-time',
    max_age: 'max-age',
    ageing_time: 'ageing-time',
    priority: 'priority',
  },
  bond: {
    mode: 'mode',
    miimon: 'mii-monitor-interval',
    updelay: 'up-delay',
    downdelay: 'down-delay',
    lacp_rate: 'lacp-rate',
    xmit_hash_policy: 'transmit-hash-policy',
  },
  vlan: { link: 'link', id: 'id' },
  vxlan: {
    id: 'id',
    link: 'link',
    local: 'local',
    remote: 'remote',
    group: 'remote',
    dstport: 'port',
    learning: 'mac-learning',
    ttl: 'ttl',
  },
  vrf: { table: 'table' },
  ipip: { local: 'local', remote: 'remote', ttl: 'ttl' },
  sit: { local: 'local', remote: 'remote', ttl: 'ttl' },
  gre: { local: 'local', remote: 'remote', ttl: 'ttl', key: 'key' },
  gretap: { local: 'local', remote: 'remote', ttl: 'ttl', key: 'key' },
}

/** Times of bridges, which netplan takes in seconds. */
const HUNDREDTHS = ['forward_delay', 'hello_time', 'max_age', 'ageing_time']

function cannot({ type = '', settings, rules }: ConfiguredLink): string[] {
  const lacks = Object.keys(settings).filter((name) => PARAMETERS[type]?.[name] === undefined)
  const odd = HUNDREDTHS.filter((name) => Number(settings[name] ?? 0) % 100 !== 0)
  const isTunnel = PARAMETERS[type]?.remote !== undefined && type !== 'vxlan'
  return [
    ...lacks.map((name) => `"${name}" of a ${type}`),
    ...odd.map((name) => `parts of seconds as "${name}"`),
    ...(isTunnel && settings.remote === undefined ? ['a tunnel without "remote"'] : []),
    ...(type === 'vxlan' && settings.remote !== undefined && settings.group !== undefined
      ? ['both "remote" and "group"']
      : []),
    ...(['iif', 'oif'] as const)
      .filter((name) => rules.some((rule) => rule[name] !== undefined))
      .map((name) => `"${name}" of a rule`),
    ...(rules.some(({ fwmark }) => fwmark?.includes('/')) ? ['a mask of "fwmark"'] : []),
    ...(rules.some(({ from, to }) => from === undefined && to === undefined)
      ? ['a rule without "from" or "to"']
      : []),
  ]
}

function textOf(links: readonly ConfiguredLink[]): string {
  const groups: Record<string, ValueMap> = {}
  for (const link of links) {
    const group = link.type === undefined ? 'ethernets' : (GROUPS[link.type] ?? 'tunnels')
    groups[group] = { ...groups[group], [link.name]: linkMap(link, links) }
  }
  return dumpYaml({ network: { version: 2, ...groups } }, { sort_keys: false, default_flow_style: false })
}

function linkMap(link: ConfiguredLink, links: readonly ConfiguredLink[]): ValueMap {
  const { mtu, mac, addresses, dhcp4, dhcp6, accept_ra, routes, rules, dns, search } = link
  const ports = links.filter(({ master }) => master === link.name).map(({ name }) => name)
  return {
    ...own(link),
    ...(ports.length > 0 && { interfaces: ports }),
    ...(mtu !== undefined && { mtu }),
    ...(mac !== undefined && { macaddress: mac }),
    ...(dhcp4 && { dhcp4 }),
    ...(dhcp6 && { dhcp6 }),
    ...(accept_ra !== undefined && { 'accept-ra': accept_ra }),
    ...(addresses.length > 0 && {
      addresses: addresses.map(({ address, length }) => `${address}/${length}`),
    }),
    ...(routes.length > 0 && { routes: routes.map(routeMap) }),
    ...(rules.length > 0 && { 'routing-policy': rules.map(ruleMap) }),
    ...((dns.length > 0 || search.length > 0) && {
      nameservers: {
        ...(dns.length > 0 && { addresses: [...dns] }),
        ...(search.length > 0 && { search: [...search] }),
      },
    }),
  }
}

function own({ type, settings }: ConfiguredLink): ValueMap {
  if (type === undefined) return {}
  const given = Object.entries(settings).map(([name, value]): [string, Value] => [
    PARAMETERS[type]![name]!,
    HUNDREDTHS.includes(name) && type === 'bridge' ? Number(value) / 100 : numeric(value),
  ])
  const map = Object.fromEntries(given)
  if (type === 'bridge' || type === 'bond') return given.length === 0 ? {} : { parameters: map }
  return GROUPS[type] === undefined ? { mode: type, ...map } : map
}

/** Netplan tells numbers from texts. */
function numeric(value: Value): Value {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
}

function routeMap({ to, via, src, type, metric, table, mtu, onlink }: ConfiguredRoute): ValueMap {
  return {
    to: to.length === 0 ? `${to.address}/0` : `${to.address}/${to.length}`,
    ...(via !== undefined && { via }),
    ...(src !== undefined && { from: src }),
    ...(type !== undefined && { type }),
    ...(metric !== undefined && { metric }),
    ...(table !== undefined && { table }),
    ...(mtu !== undefined && { mtu }),
    ...(onlink !== undefined && { 'on-link': onlink }),
    ...(via === undefined && (type ?? 'unicast') === 'unicast' && { scope: 'link' }),
  }
}

function ruleMap({ priority, table, from, to, fwmark }: ConfiguredRule): ValueMap {
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    table,
    priority,
    ...(fwmark !== undefined && { mark: Number(fwmark) }),
  }
}
