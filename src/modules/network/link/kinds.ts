import { isMap } from '../../../values/value.ts'
import { type Row, text } from '../iproute2.ts'
import {
  type Attribute,
  type Attributes,
  attribute,
  data,
  FIXED,
  flag,
  list,
  name,
  negated,
  number,
  onOff,
  textsOf,
} from './attribute.ts'
import { bond } from './bond.ts'
import { bridge } from './bridge.ts'
import { geneve, vxlan } from './overlay.ts'
import { tunnels } from './tunnels.ts'

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

const device = attribute((row) => text(row, 'link') ?? '', 'link', { beforeType: true, ...FIXED })

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

function vlanFlag(word: string): Attribute {
  const shown = word.toUpperCase()
  return onOff(word, (row) => textsOf(data(row).flags).includes(shown), { unsaid: word === 'reorder_hdr' })
}

/** From which priority to which; one that leads to 0 is as good as none. */
function priorities(word: string, key: string): Attribute {
  const shown = (row: Row) => {
    const pairs = data(row)[key]
    return Array.isArray(pairs) ? pairs.filter(isMap).map(({ from, to }) => `${from}:${to}`) : []
  }
  const map = list(shown, (wanted, before) => {
    const kept = wanted.map((pair) => pair.split(':')[0])
    const gone = before.map((pair) => pair.split(':')[0]).filter((from) => !kept.includes(from))
    const said = [...wanted, ...gone.map((from) => `${from}:0`)]
    return said.length === 0 ? [] : [word, ...said]
  })
  const nothing = (pair: string) => pair.endsWith(':0')
  return {
    ...map,
    wanted: (setting) =>
      map.wanted(
        String(setting)
          .split(' ')
          .filter((pair) => !nothing(pair))
          .join(' '),
      ),
  }
}

function macvlanFlag(row: Row): string {
  return ['nopromisc', 'nodst'].find((shown) => data(row)[shown] === true) ?? 'null'
}

const macvlan: Attributes = {
  link: device,
  // To passthru and from it no link can be changed.
  mode: name('mode', 'mode', { fixed: (before, after) => [before, after].includes('passthru') }),
  // ip takes the flag only behind the mode.
  flag: attribute(macvlanFlag, 'flag', { with: () => ['mode'], unsaid: 'null' }),
  macaddr: {
    ...list(
      (row) => textsOf(data(row).macaddr_data),
      (wanted) => ['macaddr', ...(wanted.length === 0 ? ['flush'] : ['set', ...wanted])],
    ),
    with: () => ['mode'],
  },
  bcqueuelen: number('bcqueuelen'),
  bclim: number('bclim'),
}

function ipvlanFlag(row: Row): string {
  return ['private', 'vepa'].find((shown) => data(row)[shown] === true) ?? 'bridge'
}

const ipvlan: Attributes = {
  link: device,
  mode: name('mode'),
  flag: attribute(ipvlanFlag, 'flag', { words: (wanted) => [String(wanted)], unsaid: 'bridge' }),
}

const owned: Attributes = { user: name('user', 'user', FIXED), group: name('group', 'group', FIXED) }

/** Attributes that only some kinds of link have, by kind. */
export const KINDS: Readonly<Record<string, Attributes>> = {
  bridge,
  bond,
  vlan: {
    link: device,
    // The kernel takes another id or protocol for a vlan, answers that all is well, and keeps the old one.
    id: number('id', 'id', FIXED),
    protocol: name('protocol', 'protocol', FIXED),
    reorder_hdr: vlanFlag('reorder_hdr'),
    gvrp: vlanFlag('gvrp'),
    mvrp: vlanFlag('mvrp'),
    loose_binding: vlanFlag('loose_binding'),
    bridge_binding: vlanFlag('bridge_binding'),
    ingress_qos_map: priorities('ingress-qos-map', 'ingress_qos'),
    egress_qos_map: priorities('egress-qos-map', 'egress_qos'),
  },
  vxlan,
  geneve,
  macvlan,
  macvtap: macvlan,
  ipvlan,
  ipvtap: ipvlan,
  vrf: { table: number('table', 'table', FIXED) },
  veth: { peer: attribute((row) => text(row, 'link') ?? '', 'peer', FIXED) },
  tun: owned,
  tap: owned,
  ...tunnels,
  xfrm: {
    link: attribute((row) => text(row, 'link') ?? '', 'dev', FIXED),
    if_id: number('if_id', 'if_id', FIXED),
    external: negated('external', 'external', FIXED),
  },
  dummy: {},
  ifb: {},
  nlmon: {},
  team: {},
  vcan: {},
  wireguard: {},
}

/** What a link of a kind cannot be made without. */
export const NEEDED: Readonly<Record<string, readonly string[]>> = {
  vlan: ['link', 'id'],
  vxlan: ['id'],
  macvlan: ['link'],
  macvtap: ['link'],
  ipvlan: ['link'],
  ipvtap: ['link'],
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
  erspan: 'erspan0',
  ip6erspan: '',
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
  erspan: 'ip_gre',
  ip6erspan: 'ip6_gre',
  xfrm: 'xfrm_interface',
}

/** The kernel module that brings a kind of link. */
export function moduleOf(kind: string): string {
  return MODULES[kind] ?? kind
}
