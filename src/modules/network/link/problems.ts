import { interfaceProblems, macProblems } from '../iproute2.ts'
import { familyOf, readAddress } from '../prefix.ts'
import type { Setting } from './attribute.ts'
import { keyNumber } from './tunnels.ts'

type Settings = Readonly<Record<string, Setting | undefined>>

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  mtu: [1, 2 ** 31 - 1],
  txqueuelen: [0, 2 ** 31 - 1],
  dstport: [0, 65535],
  encap_dport: [0, 65535],
  priority: [0, 65535],
  // The kernel takes 0 for "as usual".
  ageing: [1, 2 ** 32 - 1],
  vlan_default_pvid: [0, 4094],
  mcast_router: [0, 2],
  mcast_igmp_version: [2, 3],
  mcast_mld_version: [1, 2],
  table: [1, 2 ** 32 - 1],
  if_id: [1, 2 ** 32 - 1],
  erspan_ver: [0, 2],
  num_grat_arp: [0, 255],
  resend_igmp: [0, 255],
  packets_per_slave: [0, 65535],
  lp_interval: [1, 2 ** 31 - 1],
  ad_actor_sys_prio: [1, 65535],
  ad_user_port_key: [0, 1023],
}

/** What some options may be besides a number, of which kind ip takes them. */
const NUMBERS: Readonly<Record<string, readonly [number, string]>> = {
  ttl: [255, 'inherit'],
  tos: [255, 'inherit'],
  tclass: [255, 'inherit'],
  flowlabel: [2 ** 20 - 1, 'inherit'],
  encaplimit: [255, 'none'],
  fwmark: [2 ** 32 - 1, 'inherit'],
  encap_sport: [65535, 'auto'],
}

const MACVLAN_MODES = ['private', 'vepa', 'bridge', 'passthru', 'source']
const IPVLAN_MODES = ['l2', 'l3', 'l3s']
const MACVLAN_FLAGS = ['nopromisc', 'nodst', 'null']
const IPVLAN_FLAGS = ['bridge', 'private', 'vepa']

const MODES: Readonly<Record<string, readonly string[]>> = {
  bond: ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'],
  macvlan: MACVLAN_MODES,
  macvtap: MACVLAN_MODES,
  ipvlan: IPVLAN_MODES,
  ipvtap: IPVLAN_MODES,
  ipip: ['ipip', 'mplsip', 'any'],
  sit: ['ip6ip', 'ipip', 'mplsip', 'any'],
  ip6tnl: ['ip6ip6', 'ipip6', 'any'],
}

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  macvlan: MACVLAN_FLAGS,
  macvtap: MACVLAN_FLAGS,
  ipvlan: IPVLAN_FLAGS,
  ipvtap: IPVLAN_FLAGS,
}

const OVER_IPV6 = ['ip6tnl', 'ip6gre', 'ip6gretap', 'ip6erspan', 'vti6']
const OVER_EITHER = ['vxlan', 'geneve']

/** What is wrong with the settings of a link, whose kind may not be known; a sentence each. */
export function settingProblems(kind: string | undefined, settings: Settings): string[] {
  const text = (name: string) => (settings[name] === undefined ? undefined : String(settings[name]))
  const ranges = {
    ...RANGES,
    id: [0, kind === undefined || OVER_EITHER.includes(kind) ? 2 ** 24 - 1 : 4094] as const,
  }
  const device = (name: string) => (text(name) === '' ? [] : interfaceProblems(name, text(name)))
  return [
    ...Object.entries(ranges).flatMap(([name, [least, most]]) => outside(name, settings[name], least, most)),
    ...macProblems('address', text('address')),
    ...(/^.[13579bdf]/i.test(text('address') ?? '')
      ? [
          `address: "${settings.address}" is the address of a group; that of an interface has an even first byte`,
        ]
      : []),
    ...(Buffer.byteLength(text('alias') ?? '') > 255 ? ['alias: at most 255 bytes'] : []),
    ...['master', 'link', 'active_slave', 'primary'].flatMap(device),
    ...interfaceProblems('peer', text('peer')),
    ...['local', 'remote'].flatMap((name) => endProblems(name, text(name), kind)),
    ...['key', 'ikey', 'okey'].flatMap((name) => keyProblems(name, text(name))),
    ...(text('key') !== undefined && (text('ikey') ?? text('okey')) !== undefined
      ? ['"key" stands for both "ikey" and "okey": give it or them']
      : []),
    ...Object.entries(NUMBERS).flatMap(([name, [most, word]]) =>
      numberProblems(name, text(name), most, word),
    ),
    ...['group_address', 'ad_actor_system'].flatMap((name) => macProblems(name, text(name))),
    ...(text('macaddr') ?? '').split(' ').flatMap((one) => (one === '' ? [] : macProblems('macaddr', one))),
    ...choiceProblems('mode', text('mode'), MODES, kind),
    ...choiceProblems('flag', text('flag'), FLAGS, kind),
    ...['ingress_qos_map', 'egress_qos_map'].flatMap((name) =>
      itemProblems(name, text(name), /^\d{1,10}:\d{1,10}$/, 'two numbers, FROM:TO'),
    ),
    ...itemProblems('srcport', text('srcport'), /^\d{1,5}-\d{1,5}$/, 'two ports, MIN-MAX'),
    ...targetProblems('arp_ip_target', text('arp_ip_target'), 'inet'),
    ...targetProblems('ns_ip6_target', text('ns_ip6_target'), 'inet6'),
    ...(settings.pmtudisc === false && !['0', 'inherit'].includes(text('ttl') ?? 'inherit')
      ? ['a ttl of its own needs path MTU discovery: leave out "ttl", or have pmtudisc']
      : []),
  ]
}

function outside(name: string, value: Setting | undefined, least: number, most: number): string[] {
  if (typeof value !== 'number' || (value >= least && value <= most)) return []
  return [`${name}: ${value} is out of range: ${least} to ${most}`]
}

function endProblems(name: string, address: string | undefined, kind: string | undefined): string[] {
  if (address === undefined || address === 'any' || address === '') return []
  const canonical = readAddress(address)
  if (canonical === undefined) return [`${name}: "${address}" is not an IPv4 or IPv6 address, nor "any"`]
  if (kind === undefined || OVER_EITHER.includes(kind)) return []
  const family = OVER_IPV6.includes(kind) ? 'inet6' : 'inet'
  if (familyOf(canonical) === family) return []
  return [
    `${name}: tunnels of type ${kind} run between IPv${family === 'inet' ? 4 : 6} addresses, and "${address}" is none`,
  ]
}

function keyProblems(name: string, key: string | undefined): string[] {
  if (key === undefined || key === '') return []
  const isKey = /^\d+$/.test(key) ? keyNumber(key)! < 2 ** 32 : isQuad(key)
  return isKey ? [] : [`${name}: "${key}" is not a key: a number below 4294967296, or a dotted quad`]
}

function isQuad(key: string): boolean {
  return key.includes('.') && readAddress(key) !== undefined
}

function numberProblems(name: string, value: string | undefined, most: number, word: string): string[] {
  if (value === undefined || value === word) return []
  const isNumber = /^(\d+|0x[0-9a-f]+)$/i.test(value) && Number(value) <= most
  return isNumber ? [] : [`${name}: "${value}" is neither a number from 0 to ${most} nor ${word}`]
}

/** What is wrong with a word of which each kind of link has others. */
function choiceProblems(
  name: string,
  value: string | undefined,
  choices: Readonly<Record<string, readonly string[]>>,
  kind: string | undefined,
): string[] {
  const known = kind === undefined ? Object.values(choices).flat() : choices[kind]
  if (value === undefined || known === undefined || known.includes(value)) return []
  return [`${name}: "${value}" is none of ${[...new Set(known)].join(', ')}`]
}

function itemProblems(name: string, items: string | undefined, form: RegExp, wanted: string): string[] {
  const wrong = (items ?? '').split(' ').filter((item) => item !== '' && !form.test(item))
  return wrong.map((item) => `${name}: "${item}" is not ${wanted}`)
}

function targetProblems(name: string, items: string | undefined, family: 'inet' | 'inet6'): string[] {
  const wrong = (items ?? '').split(' ').filter((item) => {
    const address = readAddress(item)
    return item !== '' && (address === undefined || familyOf(address) !== family)
  })
  return wrong.map((item) => `${name}: "${item}" is not an IPv${family === 'inet' ? 4 : 6} address`)
}
