import type { Value } from '../../../values/value.ts'
import { isMap } from '../../../values/value.ts'
import { type Row, text } from '../iproute2.ts'
import { readAddress } from '../prefix.ts'

/** What a user gives for an attribute. */
export type Setting = string | number | boolean

/** One thing that can be asked of a link: how to see it, compare it and put it into words of ip-link(8). */
export interface Attribute {
  /** As it is, in the form that `wanted` makes; null when the kernel does not report it. */
  current(row: Row): Value
  /** What was asked for, in the form in which it is compared. */
  wanted(setting: Setting): Setting
  words(wanted: Setting): string[]
  /** Whether a change between these two takes deleting the link and making it again. */
  fixed(before: Value, after: Value): boolean
  /** Its words stand before `type`: `link eth0`. */
  readonly beforeType?: boolean
  /** ip takes a change of it only together with this other one, as it is or shall be. */
  readonly with?: string
}

/** What iproute2 calls a kind of link, and the attributes that only it has. */
export type Attributes = Readonly<Record<string, Attribute>>

/** info_data of a row: what the kind itself reports. */
function data(row: Row): Row {
  const info = row.linkinfo
  return isMap(info) && isMap(info.info_data) ? info.info_data : {}
}

/** bridge, veth, ipip, ...; tun and tap apart; undefined for a device that ip did not make. */
export function kindOf(row: Row): string | undefined {
  const kind = isMap(row.linkinfo) ? text(row.linkinfo, 'info_kind') : undefined
  return kind === 'tun' ? text(data(row), 'type') : kind
}

/** The kind of the link of a name; undefined too when there is none. */
export function kindIn(rows: readonly Row[], name: string): string | undefined {
  const row = rows.find(({ ifname }) => ifname === name)
  return row === undefined ? undefined : kindOf(row)
}

/** UP, NOARP, PROMISC, ... */
export function hasFlag(row: Row, flag: string): boolean {
  return Array.isArray(row.flags) && row.flags.includes(flag)
}

function attribute(read: (row: Row) => Value, name: string, changes: Partial<Attribute> = {}): Attribute {
  return {
    current: read,
    wanted: (setting) => setting,
    words: (wanted) => [name, String(wanted)],
    fixed: () => false,
    ...changes,
  }
}

const FIXED = { fixed: () => true }
const BEFORE = { beforeType: true, ...FIXED }

function number(name: string, key = name, changes: Partial<Attribute> = {}): Attribute {
  const read = (row: Row) => (text(data(row), key) === undefined ? null : Number(data(row)[key]))
  return attribute(read, name, { wanted: Number, ...changes })
}

function name(word: string, key = word, changes: Partial<Attribute> = {}): Attribute {
  const words = (wanted: Setting) => (wanted === '' ? [] : [word, String(wanted)])
  return attribute((row) => text(data(row), key) ?? '', word, { words, ...changes })
}

/** The kernel says 1 or 0, and so does ip. */
function digit(word: string): Attribute {
  const read = (row: Row) => (text(data(row), word) === undefined ? null : Number(data(row)[word]) === 1)
  return attribute(read, word, { words: (wanted) => [word, wanted ? '1' : '0'] })
}

/** ip says `word` or `noword`. */
function negated(word: string): Attribute {
  return attribute((row) => data(row)[word] === true, word, {
    words: (wanted) => [wanted ? word : `no${word}`],
  })
}

/** `word on` or `word off`, and a flag that shows it (or its contrary). */
function flag(word: string, shown: string, contrary = false): Attribute {
  return attribute((row) => hasFlag(row, shown) !== contrary, word, {
    words: (wanted) => [word, wanted ? 'on' : 'off'],
  })
}

/** An end of a tunnel: an address, or "any". */
function end(word: string, changes: Partial<Attribute> = {}): Attribute {
  const canonical = (address: string) =>
    ['', 'any', '0.0.0.0', '::'].includes(address) ? 'any' : (readAddress(address) ?? address)
  const read = (row: Row) => canonical(text(data(row), word) ?? text(data(row), `${word}6`) ?? 'any')
  return attribute(read, word, { wanted: (setting) => canonical(String(setting)), ...changes })
}

/** A GRE key as a number, "" for none: 0 is a key too. VTI has no "none", there it is 0. */
function key(word: string, none: '' | 0): Attribute {
  const read = (row: Row) => keyNumber(text(data(row), word)) ?? none
  const words = (wanted: Setting) => (wanted === '' ? [`no${word}`] : [word, String(wanted)])
  return attribute(read, word, { wanted: (setting) => keyNumber(String(setting)) ?? none, words })
}

/** A key as ip takes it, a number or a dotted quad; undefined when it is neither. */
export function keyNumber(written: string | undefined): number | undefined {
  if (written === undefined || written === '') return undefined
  if (!written.includes('.')) return Number(written)
  return written.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
}

/** 0 is "inherit": the packet inside says it. */
const ttl = attribute((row) => Number(data(row).ttl ?? 0), 'ttl', {
  wanted: (setting) => (setting === 'inherit' ? 0 : Number(setting)),
})

/** 1 is "inherit". ip reads hexadecimal here, whatever it looks like. */
const tos = attribute((row) => Number(data(row).tos ?? 0), 'tos', {
  wanted: (setting) => (setting === 'inherit' ? 1 : Number(setting)),
  words: (wanted) => ['tos', `0x${Number(wanted).toString(16)}`],
})

/** The device below: once given it can be another, but not none. */
const below = name('dev', 'link', { fixed: (_, after) => after === '' })

/** A tunnel without a remote end is of another make than one with, and cannot become one. */
const remote = end('remote', { fixed: (before, after) => before === 'any' || after === 'any' })

const overIPv4: Attributes = { local: end('local'), remote, ttl, tos, link: below }
const overIPv6: Attributes = { local: end('local'), remote: end('remote'), ttl, link: below }
const pmtudisc = { pmtudisc: negated('pmtudisc') }
const greKeys = { ikey: key('ikey', ''), okey: key('okey', '') }
const vtiKeys = { ikey: key('ikey', 0), okey: key('okey', 0) }

const device = attribute((row) => text(row, 'link') ?? '', 'link', BEFORE)

/** Attributes that every link has. */
export const GENERAL: Attributes = {
  mtu: attribute((row) => row.mtu ?? null, 'mtu'),
  txqueuelen: attribute((row) => row.txqlen ?? 0, 'txqueuelen'),
  address: attribute((row) => text(row, 'address')?.toLowerCase() ?? '', 'address', {
    wanted: (setting) => String(setting).toLowerCase(),
  }),
  alias: attribute((row) => text(row, 'ifalias') ?? '', 'alias'),
  master: attribute((row) => text(row, 'master') ?? '', 'master', {
    wanted: (setting) => (setting === 'nomaster' ? '' : setting),
    words: (wanted) => (wanted === '' ? ['nomaster'] : ['master', String(wanted)]),
  }),
  arp: flag('arp', 'NOARP', true),
  multicast: flag('multicast', 'MULTICAST'),
  allmulticast: flag('allmulticast', 'ALLMULTI'),
  promisc: flag('promisc', 'PROMISC'),
}

/** Attributes that only some kinds of link have, by kind. */
export const KINDS: Readonly<Record<string, Attributes>> = {
  bridge: {
    stp_state: digit('stp_state'),
    forward_delay: number('forward_delay'),
    hello_time: number('hello_time'),
    max_age: number('max_age'),
    ageing_time: number('ageing_time'),
    priority: number('priority'),
    group_fwd_mask: number('group_fwd_mask'),
    vlan_filtering: digit('vlan_filtering'),
    vlan_default_pvid: number('vlan_default_pvid'),
    vlan_protocol: name('vlan_protocol'),
    mcast_snooping: digit('mcast_snooping'),
    mcast_querier: digit('mcast_querier'),
    mcast_router: number('mcast_router'),
    nf_call_iptables: digit('nf_call_iptables'),
    nf_call_ip6tables: digit('nf_call_ip6tables'),
    nf_call_arptables: digit('nf_call_arptables'),
  },
  bond: {
    mode: name('mode'),
    miimon: number('miimon'),
    updelay: number('updelay'),
    downdelay: number('downdelay'),
    lacp_rate: name('lacp_rate', 'ad_lacp_rate'),
    xmit_hash_policy: name('xmit_hash_policy'),
  },
  // The kernel takes another id or protocol for a vlan, answers that all is well, and keeps the old one.
  vlan: { link: device, id: number('id', 'id', FIXED), protocol: name('protocol', 'protocol', FIXED) },
  vxlan: {
    id: number('id', 'id', FIXED),
    local: end('local', { fixed: otherFamily }),
    remote: end('remote', { fixed: otherFamily }),
    group: name('group', 'group', { fixed: (before, after) => before === '' || after === '', with: 'link' }),
    link: below,
    dstport: number('dstport', 'port', FIXED),
    learning: negated('learning'),
    ttl: attribute((row) => text(data(row), 'ttl') ?? 'inherit', 'ttl', { wanted: String }),
  },
  macvlan: { link: device, mode: name('mode') },
  macvtap: { link: device, mode: name('mode') },
  ipvlan: { link: device, mode: name('mode') },
  vrf: { table: number('table', 'table', FIXED) },
  veth: { peer: attribute((row) => text(row, 'link') ?? '', 'peer', FIXED) },
  tun: { user: name('user', 'user', FIXED), group: name('group', 'group', FIXED) },
  tap: { user: name('user', 'user', FIXED), group: name('group', 'group', FIXED) },
  ipip: { ...overIPv4, ...pmtudisc },
  sit: { ...overIPv4, ...pmtudisc },
  gre: { ...overIPv4, ...pmtudisc, ...greKeys },
  gretap: { ...overIPv4, ...pmtudisc, ...greKeys, remote: end('remote') },
  vti: { local: end('local'), remote, link: below, ...vtiKeys },
  ip6tnl: { ...overIPv6, mode: name('mode', 'proto') },
  ip6gre: { ...overIPv6, ...greKeys },
  ip6gretap: { ...overIPv6, ...greKeys },
  vti6: { local: end('local'), remote: end('remote'), link: below, ...vtiKeys },
  dummy: {},
  ifb: {},
  wireguard: {},
}

function otherFamily(before: Value, after: Value): boolean {
  return before === 'any' || after === 'any' || String(before).includes(':') !== String(after).includes(':')
}

/** What a link of a kind cannot be made without. */
export const NEEDED: Readonly<Record<string, readonly string[]>> = {
  vlan: ['link', 'id'],
  vxlan: ['id'],
  macvlan: ['link'],
  macvtap: ['link'],
  ipvlan: ['link'],
  vrf: ['table'],
  veth: ['peer'],
}

/** Kinds of which the kernel allows one for the same two ends, and the device that each brings along for itself. */
export const TUNNELS: Readonly<Record<string, string>> = {
  ipip: 'tunl0',
  sit: 'sit0',
  gre: 'gre0',
  gretap: 'gretap0',
  vti: 'ip_vti0',
  ip6tnl: 'ip6tnl0',
  ip6gre: 'ip6gre0',
  ip6gretap: '',
  vti6: 'ip6_vti0',
}

const MODULES: Readonly<Record<string, string>> = {
  gre: 'ip_gre',
  gretap: 'ip_gre',
  vti: 'ip_vti',
  ip6tnl: 'ip6_tunnel',
  ip6gretap: 'ip6_gre',
  ip6gre: 'ip6_gre',
  vti6: 'ip6_vti',
  vlan: '8021q',
  bond: 'bonding',
  tap: 'tun',
}

/** The kernel module that brings a kind of link. */
export function moduleOf(kind: string): string {
  return MODULES[kind] ?? kind
}
