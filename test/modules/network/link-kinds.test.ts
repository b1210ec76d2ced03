import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { link } from '../../../src/modules/network/link/index.ts'
import { complained, printed } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

// As iproute2 6.1 prints them; what every link has is left out.
const row = (kind: string, data: object, more: object = {}) => ({
  ...{ ifname: 'x', flags: ['BROADCAST', 'MULTICAST'], mtu: 1500, link_type: 'ether' },
  linkinfo: { info_kind: kind, info_data: data },
  ...more,
})

const BRIDGE = row('bridge', {
  ...{ forward_delay: 1500, hello_time: 200, max_age: 2000, ageing_time: 30000, stp_state: 0 },
  ...{ priority: 32768, vlan_filtering: 0, vlan_protocol: '802.1Q', bridge_id: '8000.f2:c8:6a:2c:7a:d' },
  ...{ vlan_default_pvid: 1, vlan_stats_enabled: 0, vlan_stats_per_port: 0, group_fwd_mask: '0' },
  ...{ group_addr: '01:80:c2:00:00:00', mcast_snooping: 1, no_linklocal_learn: 0, mcast_vlan_snooping: 0 },
  ...{ mcast_router: 1, mcast_query_use_ifaddr: 0, mcast_querier: 0, mcast_hash_max: 4096 },
  ...{ mcast_last_member_cnt: 2, mcast_startup_query_cnt: 2, mcast_last_member_intvl: 100 },
  ...{ mcast_membership_intvl: 26000, mcast_querier_intvl: 25500, mcast_query_intvl: 12500 },
  ...{ mcast_query_response_intvl: 1000, mcast_startup_query_intvl: 3124, mcast_stats_enabled: 0 },
  ...{ mcast_igmp_version: 2, mcast_mld_version: 1 },
})
const BOND = row('bond', {
  ...{ mode: 'active-backup', active_slave: 'eth0', miimon: 100, updelay: 0, downdelay: 0 },
  ...{ peer_notify_delay: 0, use_carrier: 1, arp_interval: 0, arp_missed_max: 2 },
  ...{ arp_ip_target: ['10.0.0.1', '10.0.0.2'], arp_validate: null, arp_all_targets: 'any' },
  ...{ primary: 'eth0', primary_reselect: 'always', fail_over_mac: 'none', xmit_hash_policy: 'layer2' },
  ...{ resend_igmp: 1, num_peer_notif: 1, all_slaves_active: 0, min_links: 0, lp_interval: 1 },
  ...{ packets_per_slave: 1, ad_lacp_active: 'on', ad_lacp_rate: 'slow', coupled_control: true },
  ...{ ad_select: 'stable', ad_actor_sys_prio: 65535, ad_user_port_key: 0 },
  ...{ ad_actor_system: '00:00:00:00:00:00', tlb_dynamic_lb: 1 },
})
const VLAN = row(
  'vlan',
  {
    ...{ protocol: '802.1Q', id: 5, flags: ['REORDER_HDR', 'GVRP'] },
    ingress_qos: [{ from: 1, to: 3 }],
    egress_qos: [
      { from: 0, to: 5 },
      { from: 4, to: 4 },
    ],
  },
  { link: 'eth0' },
)
const VXLAN = row('vxlan', {
  ...{ id: 5, group: '239.1.1.1', link: 'eth0', port_range: { low: 1000, high: 2000 }, port: 4789 },
  ...{ learning: false, proxy: true, rsc: true, l2miss: true, l3miss: true, tos: '0x10', ttl: 5, df: 'set' },
  ...{
    ageing: 60,
    limit: 100,
    udp_csum: false,
    udp_zero_csum6_tx: false,
    udp_zero_csum6_rx: false,
    gbp: true,
  },
})
const EXTERNAL = row('vxlan', {
  ...{ external: true, id: 0, port_range: { low: 0, high: 0 }, port: 4789, learning: false, ttl: 0 },
  ...{ df: 'unset', ageing: 300, udp_csum: true, udp_zero_csum6_tx: false, udp_zero_csum6_rx: false },
})
const GENEVE = row('geneve', {
  ...{ id: 7, remote: '10.0.0.2', ttl: 0, df: 'unset', port: 6081, udp_csum: true },
  ...{ udp_zero_csum6_tx: false, udp_zero_csum6_rx: false },
})
const MACVLAN = row(
  'macvlan',
  {
    mode: 'source',
    bcqueuelen: 1000,
    usedbcqueuelen: 1000,
    macaddr_count: 1,
    macaddr_data: ['02:00:00:00:00:02'],
  },
  { link: 'eth0' },
)
const IPVLAN = row('ipvlan', { mode: 'l2', private: false, vepa: true, bridge: false }, { link: 'eth0' })
const XFRM = row('xfrm', { if_id: '0x2a' }, { link: 'eth0' })
const GRE = row('gre', {
  ...{ remote: '10.0.0.2', local: '10.0.0.1', ttl: 0, pmtudisc: true, ikey: '0.0.0.7', okey: '0.0.0.7' },
  ...{ iseq: true, fwmark: '0x10' },
  encap: { type: 'fou', sport: 0, dport: 5555, csum: false, csum6: true, remcsum: false },
})
const IP6GRE = row('ip6gre', {
  ...{ remote: 'fd00::2', local: 'fd00::1', ttl: 64, encap_limit: 4, tclass: '0x10', flowlabel: '0x00000' },
  ip6_tnl_f_use_orig_fwmark: true,
})
const ERSPAN = row('erspan', {
  ...{ remote: '10.0.0.2', local: '10.0.0.1', ttl: 0, pmtudisc: true, ikey: '0.0.0.5', okey: '0.0.0.5' },
  ...{ iseq: true, oseq: true, erspan_index: 3, erspan_ver: 1 },
})

const plans = suite('link: kinds')

for (const [raw, found, expected] of [
  // In sync, however it is written.
  [
    { group_address: '01:80:C2:00:00:00', mcast_last_member_count: 2, mcast_query_interval: 12500 },
    BRIDGE,
    [],
  ],
  [
    {
      ...{ mode: 'active-backup', active_slave: 'eth0', primary: 'eth0', arp_validate: 'none' },
      ...{
        arp_ip_target: ['10.0.0.2', '10.0.0.1'],
        ns_ip6_target: [],
        lacp_active: true,
        coupled_control: true,
      },
      ...{ num_unsol_na: 1, use_carrier: true, ad_actor_system: '00:00:00:00:00:00' },
    },
    BOND,
    [],
  ],
  [{ ingress_qos_map: ['1:3'], egress_qos_map: ['4:4', '0:5', '7:0'], gvrp: true, mvrp: false }, VLAN, []],
  [
    {
      ...{ id: 5, group: '239.1.1.1', dev: 'eth0', srcport: '1000-2000', dstport: 4789, learning: false },
      ...{ proxy: true, rsc: true, l2miss: true, l3miss: true, tos: 16, ttl: 5, df: 'set', ageing: 60 },
      ...{ maxaddress: 100, udpcsum: false, udp6zerocsumtx: false, gbp: true, gpe: false, external: false },
    },
    VXLAN,
    [],
  ],
  [{ type: 'vxlan', external: true, dstport: 4789, maxaddress: 0 }, EXTERNAL, []],
  [{ type: 'geneve', id: 7, remote: '10.0.0.2', ttl: 0, tos: 0, dstport: 6081 }, GENEVE, []],
  [{ mode: 'source', macaddr: '02:00:00:00:00:02', flag: 'null', bcqueuelen: 1000 }, MACVLAN, []],
  [{ mode: 'l2', flag: 'vepa' }, IPVLAN, []],
  [{ type: 'xfrm', if_id: 42, dev: 'eth0' }, XFRM, []],
  [
    { encap: 'fou', encap_dport: 5555, encap_sport: 'auto', encap_csum6: true, iseq: true, fwmark: 16 },
    GRE,
    [],
  ],
  [{ tclass: '0x10', flowlabel: 0, fwmark: 'inherit', encaplimit: 4 }, IP6GRE, []],
  [{ type: 'erspan', erspan_ver: 1, erspan: 3, key: 5 }, ERSPAN, []],
  // Drifted.
  [
    { no_linklocal_learn: true, vlan_stats_enabled: true, mcast_startup_query_interval: 3000 },
    BRIDGE,
    [
      ['no_linklocal_learn', false, true],
      ['vlan_stats_enabled', false, true],
      ['mcast_startup_query_interval', 3124, 3000],
    ],
  ],
  [
    { active_slave: '', arp_validate: 'all', arp_ip_target: [], min_links: 2, lacp_active: false },
    BOND,
    [
      ['active_slave', 'eth0', ''],
      ['arp_validate', 'none', 'all'],
      ['arp_ip_target', '10.0.0.1 10.0.0.2', ''],
      ['min_links', 0, 2],
      ['lacp_active', true, false],
    ],
  ],
  [
    { gvrp: false, loose_binding: true, egress_qos_map: ['0:6'] },
    VLAN,
    [
      ['gvrp', true, false],
      ['loose_binding', false, true],
      ['egress_qos_map', '0:5 4:4', '0:6'],
    ],
  ],
  [
    { tos: 'inherit', ageing: 90 },
    VXLAN,
    [
      ['tos', 16, 'inherit'],
      ['ageing', 60, 90],
    ],
  ],
  [
    { remote: '10.0.0.3', df: 'set' },
    GENEVE,
    [
      ['remote', '10.0.0.2', '10.0.0.3'],
      ['df', 'unset', 'set'],
    ],
  ],
  [{ macaddr: [] }, MACVLAN, [['macaddr', '02:00:00:00:00:02', '']]],
  [
    { mode: 'l3s', flag: 'bridge' },
    IPVLAN,
    [
      ['mode', 'l2', 'l3s'],
      ['flag', 'vepa', 'bridge'],
    ],
  ],
  [
    { iseq: false, encap: 'none' },
    GRE,
    [
      ['iseq', true, false],
      ['encap', 'fou', 'none'],
    ],
  ],
  [
    { flowlabel: 'inherit', encaplimit: 'none' },
    IP6GRE,
    [
      ['flowlabel', 0, 'inherit'],
      ['encaplimit', 4, 'none'],
    ],
  ],
  // Only a new one is otherwise.
  [{ l2miss: false, force: true }, VXLAN, [['l2miss', true, false]]],
  [{ if_id: 43, force: true }, XFRM, [['if_id', 42, 43]]],
] as const) {
  plans(`${found.linkinfo.info_kind}: ${JSON.stringify(raw)} plans just what differs`, () => {
    const plan = planOf(link, { name: 'x', ...raw }, printed([found]))
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), expected)
  })
}

for (const [raw, found, expected] of [
  [{ l3miss: false }, VXLAN, /the l3miss of x cannot change from true to false/],
  [{ maxaddress: 5 }, VXLAN, /the maxaddress of x cannot change from 100 to 5/],
  [{ external: true }, VXLAN, /the external of x cannot change/],
  [{ mode: 'passthru' }, MACVLAN, /the mode of x cannot change from source to passthru/],
  [{ primary: '' }, BOND, /the primary of x cannot change from eth0 to none/],
  [{ remote: 'fd00::1' }, GENEVE, /the remote of x cannot change/],
] as const) {
  plans(`${found.linkinfo.info_kind}: ${JSON.stringify(raw)} takes making it again`, () =>
    assert.match(planOf(link, { name: 'x', ...raw }, printed([found])).failed ?? '', expected),
  )
}

const scriptOf = (raw: Record<string, unknown>, found: string) => {
  const [action] = planOf(link, { name: 'x', ...raw }, found).actions!
  const script = action?.do === 'sh' ? action.script : ''
  return (/\{\n([\s\S]*?)\n\} 2>&1/.exec(script)?.[1] ?? script).split(' &&\n')
}
const ABSENT = complained('Device "x" does not exist.')
const NO_LINKS = printed([])

for (const [raw, found, expected] of [
  [
    {
      ...{ type: 'bond', mode: '802.3ad', miimon: 100, lacp_rate: 'fast', xmit_hash_policy: 'layer3+4' },
      ...{ arp_ip_target: ['10.0.0.2', '10.0.0.1'], lacp_active: true },
    },
    ABSENT,
    [
      'ip link add name x type bond mode 802.3ad miimon 100 lacp_rate fast xmit_hash_policy layer3+4 arp_ip_target 10.0.0.1,10.0.0.2 lacp_active on',
    ],
  ],
  [
    { active_slave: '', arp_ip_target: [] },
    printed([BOND]),
    ['ip link set dev x type bond clear_active_slave arp_ip_target ,'],
  ],
  [
    { type: 'vlan', link: 'eth0', id: 5, egress_qos_map: ['0:5', '1:6'], gvrp: true },
    ABSENT,
    ['ip link add link eth0 name x type vlan id 5 egress-qos-map 0:5 1:6 gvrp on'],
  ],
  [{ egress_qos_map: [] }, printed([VLAN]), ['ip link set dev x type vlan egress-qos-map 0:0 4:0']],
  [
    {
      type: 'vxlan',
      id: 5,
      local: '10.0.0.1',
      dstport: 4789,
      srcport: '1000-2000',
      learning: false,
      gbp: true,
    },
    NO_LINKS,
    ['ip link add name x type vxlan id 5 local 10.0.0.1 dstport 4789 srcport 1000 2000 nolearning gbp'],
  ],
  [
    { type: 'vxlan', external: true, dstport: 4789 },
    ABSENT,
    ['ip link add name x type vxlan external dstport 4789'],
  ],
  [
    { macaddr: ['02:00:00:00:00:03'] },
    printed([MACVLAN]),
    ['ip link set dev x type macvlan mode source macaddr set 02:00:00:00:00:03'],
  ],
  [
    { type: 'ipvlan', link: 'eth0', mode: 'l3', flag: 'private' },
    ABSENT,
    ['ip link add link eth0 name x type ipvlan mode l3 private'],
  ],
  // ip would forget the UDP around it.
  [
    { ttl: 5 },
    printed([GRE]),
    [
      'ip link set dev x type gre encap fou encap-sport 0 encap-dport 5555 noencap-csum encap-udp6-csum noencap-remcsum ttl 5',
    ],
  ],
  [{ ttl: 5 }, printed([ERSPAN]), ['ip link set dev x type erspan ttl 5']],
  // There is no second vxlan of its number beside it: the old one comes back if the new one cannot be made.
  [
    { id: 8, force: true },
    printed([GENEVE]),
    [
      'ip link delete dev x',
      '{ ip link add name x type geneve id 8 remote 10.0.0.2 ttl 0 tos 0x0 df unset dstport 6081 udpcsum noudp6zerocsumtx noudp6zerocsumrx || { ip link add name x type geneve id 7 remote 10.0.0.2 ttl 0 tos 0x0 df unset dstport 6081 udpcsum noudp6zerocsumtx noudp6zerocsumrx && ip link set dev x mtu 1500 txqueuelen 0 arp on multicast on allmulticast off promisc off; false; }; }',
      'ip link set dev x mtu 1500 txqueuelen 0 arp on multicast on allmulticast off promisc off',
    ],
  ],
  // A bond takes no port that is up.
  [
    { master: 'bond0' },
    printed([
      { ...row('veth', {}), link: 'y', flags: ['UP'] },
      { ...BOND, ifname: 'bond0' },
    ]),
    ['ip link set dev x down', 'ip link set dev x master bond0', 'ip link set dev x up'],
  ],
] as const) {
  plans(`${JSON.stringify(raw)} runs these commands`, () => assert.equal(scriptOf(raw, found), expected))
}

plans.run()

const problems = suite('link: problems of kinds')

for (const [raw, expected] of [
  [{ type: 'bond', mode: 'lacp' }, /mode: "lacp" is none of balance-rr, active-backup/],
  [{ type: 'ipvlan', link: 'e', flag: 'nopromisc' }, /flag: "nopromisc" is none of bridge, private, vepa/],
  [{ flag: 'mode' }, /flag: "mode" is none of/],
  [{ type: 'vlan', egress_qos_map: ['1-2'] }, /egress_qos_map: "1-2" is not two numbers, FROM:TO/],
  [{ srcport: '5 dev' }, /srcport: "5" is not two ports/],
  [{ macaddr: ['x'] }, /macaddr: "x" is not an Ethernet address/],
  [{ arp_ip_target: ['fd00::1'] }, /arp_ip_target: "fd00::1" is not an IPv4 address/],
  [{ ns_ip6_target: ['10.0.0.1'] }, /ns_ip6_target: "10.0.0.1" is not an IPv6 address/],
  [{ flowlabel: '0x100000' }, /flowlabel: "0x100000" is neither a number from 0 to 1048575 nor inherit/],
  [{ encaplimit: 'inherit' }, /encaplimit: "inherit" is neither a number from 0 to 255 nor none/],
  [{ primary: 'a b' }, /primary: "a b" is not a name/],
  [{ group_address: '1' }, /group_address: "1" is not an Ethernet address/],
  [{ type: 'bridge', gvrp: true }, /links of type bridge have no "gvrp"/],
  [{ type: 'team', mode: 'lacp' }, /links of type team have no "mode"/],
  [{ type: 'vxlan', id: 1, ageing: 0 }, /ageing: 0 is out of range/],
  [{ mcast_igmp_version: 1 }, /out of range: 2 to 3/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(link, { name: 'x', ...raw }).join('\n'), expected),
  )
}

problems.run()
