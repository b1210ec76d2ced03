import { str } from '../../../python/text.ts'
import { isMap, type Value, type ValueMap } from '../../../values/value.ts'
import type { Args, Type } from './options.ts'

/** Properties as nmcli is given them; "" for what is to have none. */
export type Settings = ReadonlyMap<string, string>

export const TUNNELS: readonly string[] = ['gre', 'ipip', 'sit']
const PORTS: readonly string[] = ['bond-slave', 'bridge-slave', 'team-slave']
const WITHOUT_ADDRESS: readonly string[] = ['dummy', 'macvlan', 'wireguard']
const WITH_MTU: readonly string[] = ['dummy', 'ethernet', 'team-slave', 'vlan']

const SECRETS: ReadonlySet<string> = new Set([
  ...['leap-password', 'psk', 'wep-key0', 'wep-key1', 'wep-key2', 'wep-key3'].map(
    (name) => `802-11-wireless-security.${name}`,
  ),
  'gsm.password',
  'gsm.pin',
  'vpn.data',
  'wireguard.private-key',
])

/** Whether nobody else may see what a property is set to. */
export function isSecret(property: string): boolean {
  return SECRETS.has(property)
}

/** The properties of secrets that a task sets, with what they are to be. */
export function secretsOf(args: Args): [property: string, value: string][] {
  return (['wifi', 'gsm', 'wireguard', 'vpn'] as const)
    .flatMap((type) => [...settingsOf(args, type)])
    .filter(([property, value]) => isSecret(property) && value !== '')
}

const MTU = '802-3-ethernet.mtu'

type Given = readonly (readonly [property: string, value: Value | readonly string[] | undefined])[]

/** What a connection of this type is to have. */
export function settingsOf(args: Args, type: Type): Settings {
  const given: Given = [
    ['connection.interface-name', args.ifname],
    ['connection.autoconnect', args.autoconnect],
    ['connection.zone', args.zone],
    ...(PORTS.includes(type) || args.master !== undefined ? [] : addressed(args, type)),
    [type === 'bridge' ? 'bridge.mac-address' : '802-3-ethernet.cloned-mac-address', args.mac || undefined],
    ...(WITH_MTU.includes(type) ? [[MTU, args.mtu ?? 0] as const] : []),
    ...(PORTS.includes(type) || type === 'wifi' ? [['connection.master', args.master] as const] : []),
    ...ofType(args, type),
  ]
  return new Map(
    given.flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, written(value)]])),
  )
}

function written(value: Value | readonly string[]): string {
  if (Array.isArray(value)) return value.map(str).join(',')
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : str(value)
}

function addressed(args: Args, type: Type): Given {
  const method = (told: string | undefined, addresses: readonly string[] | undefined) => {
    const has = addresses !== undefined && addresses.length > 0
    return told ?? (has ? 'manual' : WITHOUT_ADDRESS.includes(type) ? 'disabled' : undefined)
  }
  const whole = (addresses: readonly string[] | undefined, length: number) =>
    addresses?.map((address) => (address.includes('/') ? address : `${address}/${length}`))
  return [
    ['ipv4.addresses', whole(args.ip4, 32)],
    ['ipv4.dhcp-client-id', args.dhcp_client_id],
    ['ipv4.dns', args.dns4],
    ['ipv4.dns-search', args.dns4_search],
    ['ipv4.ignore-auto-dns', args.dns4_ignore_auto],
    ['ipv4.gateway', args.gw4],
    ['ipv4.ignore-auto-routes', args.gw4_ignore_auto],
    ['ipv4.routes', args.routes4 ?? args.routes4_extended?.map(routeText)],
    ['ipv4.route-metric', args.route_metric4],
    ['ipv4.routing-rules', args.routing_rules4],
    ['ipv4.never-default', args.never_default4],
    ['ipv4.method', method(args.method4, args.ip4)],
    ['ipv4.may-fail', args.may_fail4],
    ['ipv6.addresses', whole(args.ip6, 128)],
    ['ipv6.dns', args.dns6],
    ['ipv6.dns-search', args.dns6_search],
    ['ipv6.ignore-auto-dns', args.dns6_ignore_auto],
    ['ipv6.gateway', args.gw6],
    ['ipv6.ignore-auto-routes', args.gw6_ignore_auto],
    ['ipv6.routes', args.routes6 ?? args.routes6_extended?.map(routeText)],
    ['ipv6.route-metric', args.route_metric6],
    ['ipv6.method', method(args.method6, args.ip6)],
    ['ipv6.ip6-privacy', args.ip_privacy6 === undefined ? undefined : PRIVACY[args.ip_privacy6]],
    ['ipv6.addr-gen-mode', args.addr_gen_mode6],
  ]
}

const PRIVACY = { unknown: -1, disabled: 0, 'prefer-public-addr': 1, 'prefer-temp-addr': 2 } as const

function routeText(route: Value): string {
  const { ip = '', next_hop = null, metric = null, ...others } = isMap(route) ? route : {}
  const attributes = Object.entries(others).filter(([, value]) => value !== null)
  const words = attributes.map(([name, value]) => `${name}=${str(value).toLowerCase()}`).sort()
  return [ip, ...[next_hop, metric].filter((part) => part !== null), ...words].map(str).join(' ')
}

function ofType(args: Args, type: Type): Given {
  const properties = (setting: string, map: ValueMap | undefined): Given =>
    Object.entries(map ?? {}).map(([name, value]) => [`${setting}.${name}`, value])
  switch (type) {
    case 'bond':
      return [['bond.options', bondOptions(args)]]
    case 'bond-slave':
    case 'team-slave':
      return [['connection.slave-type', type.replace('-slave', '')]]
    case 'bridge':
      return [
        ['bridge.ageing-time', args.ageingtime],
        ['bridge.forward-delay', args.forwarddelay],
        ['bridge.hello-time', args.hellotime],
        ['bridge.max-age', args.maxage],
        ['bridge.stp', args.stp],
        ['bridge.priority', args.priority],
      ]
    case 'bridge-slave':
      return [
        ['connection.slave-type', 'bridge'],
        ['bridge-port.path-cost', args.path_cost],
        ['bridge-port.hairpin-mode', args.hairpin],
        ['bridge-port.priority', args.slavepriority],
      ]
    case 'team':
      return [
        ['team.runner', args.runner],
        ['team.runner-hwaddr-policy', args.runner_hwaddr_policy],
        ['team.runner-fast-rate', args.runner_fast_rate],
      ]
    case 'gre':
    case 'ipip':
    case 'sit':
      return [
        ['ip-tunnel.mode', type],
        ['ip-tunnel.parent', args.ip_tunnel_dev],
        ['ip-tunnel.local', args.ip_tunnel_local],
        ['ip-tunnel.remote', args.ip_tunnel_remote],
        ['ip-tunnel.input-key', type === 'gre' ? args.ip_tunnel_input_key : undefined],
        ['ip-tunnel.output-key', type === 'gre' ? args.ip_tunnel_output_key : undefined],
      ]
    case 'vlan':
      return [
        ['vlan.id', args.vlanid],
        ['vlan.parent', args.vlandev],
        ['vlan.flags', args.flags],
        ['vlan.ingress-priority-map', args.ingress],
        ['vlan.egress-priority-map', args.egress],
      ]
    case 'vxlan':
      return [
        ['vxlan.id', args.vxlan_id],
        ['vxlan.local', args.vxlan_local],
        ['vxlan.remote', args.vxlan_remote],
      ]
    case 'wifi': {
      const { ssid: _, ...wifi } = args.wifi ?? {}
      return [
        ['802-11-wireless.ssid', args.ssid],
        ['connection.slave-type', args.master === undefined ? undefined : 'bond'],
        ...properties('802-11-wireless', wifi),
        ...properties('802-11-wireless-security', args.wifi_sec),
      ]
    }
    case 'vpn':
      return ofVpn(args.vpn ?? {})
    case 'infiniband':
      return [['infiniband.transport-mode', args.transport_mode]]
    case 'wireguard':
      return properties(type, args.wireguard).map(([name, value]) => [
        name,
        name.endsWith('fwmark') ? hex(value) : value,
      ])
    case 'gsm':
    case 'macvlan':
      return properties(type, args[type])
    default:
      return []
  }
}

/** A mark that is written without 0x is decimal, and nmcli would take it for another one. */
function hex(value: Given[number][1]): Given[number][1] {
  return /^\d+$/.test(String(value)) ? `0x${Number(value).toString(16)}` : value
}

function bondOptions(args: Args): string {
  const { mode, miimon, downdelay, updelay, xmit_hash_policy, arp_interval, primary } = args
  const arp_ip_target = args.arp_ip_target?.replace(/[\s,]+/g, ' ')
  const all = { mode, miimon, downdelay, updelay, xmit_hash_policy, arp_interval, arp_ip_target, primary }
  const told = Object.entries(all).filter(([, value]) => value !== undefined)
  return told.map(([name, value]) => `${name}=${value}`).join(',')
}

function ofVpn({ 'service-type': service, permissions, ...data }: ValueMap): Given {
  const parts = Object.entries(data).map(([name, value]) => `${name}=${value === null ? '' : written(value)}`)
  return [
    ['vpn.service-type', service],
    ['connection.permissions', permissions],
    ['vpn.data', parts.length === 0 ? undefined : parts.join(', ')],
  ]
}
