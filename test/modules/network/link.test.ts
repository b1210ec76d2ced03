import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { link } from '../../../src/modules/network/link/index.ts'
import { complained, printed } from '../../support/ip.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

const ABSENT = complained('Device "x" does not exist.')

const ETHERNET = {
  flags: ['BROADCAST', 'MULTICAST'],
  mtu: 1500,
  txqlen: 1000,
  link_type: 'ether',
  address: '02:00:00:00:00:0a',
}
const BRIDGE = {
  ...ETHERNET,
  ifname: 'x',
  linkinfo: {
    info_kind: 'bridge',
    info_data: {
      forward_delay: 1500,
      hello_time: 200,
      max_age: 2000,
      ageing_time: 30000,
      stp_state: 0,
      priority: 32768,
      vlan_filtering: 0,
      vlan_protocol: '802.1Q',
      vlan_default_pvid: 1,
      group_fwd_mask: '0',
      mcast_snooping: 1,
      mcast_querier: 0,
      mcast_router: 1,
      nf_call_iptables: 0,
      nf_call_ip6tables: 0,
      nf_call_arptables: 0,
    },
  },
}
const VETH = { ...ETHERNET, ifname: 'x', link: 'y', linkinfo: { info_kind: 'veth' } }
const VLAN = {
  ...ETHERNET,
  ifname: 'x',
  link: 'eth0',
  linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 5, flags: ['REORDER_HDR'] } },
}
const VXLAN = {
  ...ETHERNET,
  ifname: 'x',
  linkinfo: {
    info_kind: 'vxlan',
    info_data: { id: 9, remote: '10.0.0.2', local: '10.0.0.1', port: 4789, learning: true, ttl: 0 },
  },
}
const VXLAN6 = {
  ...ETHERNET,
  ifname: 'x',
  linkinfo: {
    info_kind: 'vxlan',
    info_data: { id: 10, remote6: 'fd00::5', local6: 'fd00::6', port: 4789, learning: false },
  },
}
const BOND = {
  ...ETHERNET,
  ifname: 'x',
  linkinfo: {
    info_kind: 'bond',
    info_data: {
      mode: 'balance-rr',
      miimon: 0,
      updelay: 0,
      downdelay: 0,
      xmit_hash_policy: 'layer2',
      ad_lacp_rate: 'slow',
    },
  },
}
const DEVICE = { ...ETHERNET, ifname: 'x', flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'] }
const IPIP = {
  ifname: 'x',
  link: null,
  flags: ['POINTOPOINT', 'NOARP'],
  mtu: 1480,
  txqlen: 1000,
  link_type: 'ipip',
  address: '10.0.0.1',
  linkinfo: {
    info_kind: 'ipip',
    info_data: { proto: 'any', remote: '10.0.0.2', local: '10.0.0.1', ttl: 0, pmtudisc: true },
  },
}

const plans = suite('link: plan')

for (const [raw, found, expected] of [
  // Absent.
  [{ type: 'bridge' }, ABSENT, [['link x', null, { type: 'bridge' }]]],
  [
    { type: 'dummy', state: 'up', mtu: 1400 },
    ABSENT,
    [['link x', null, { type: 'dummy', mtu: 1400, state: 'up' }]],
  ],
  [
    { type: 'ipip', local: '10.0.0.1', remote: '10.0.0.2', state: 'up' },
    printed([DEVICE].map((row) => ({ ...row, ifname: 'eth0' }))),
    [['link x', null, { type: 'ipip', local: '10.0.0.1', remote: '10.0.0.2', state: 'up' }]],
  ],
  [{ state: 'absent' }, ABSENT, []],
  // In sync; what was not asked for is left alone.
  [{}, printed([BRIDGE]), []],
  [{ type: 'bridge', state: 'down', mtu: 1500, address: '02:00:00:00:00:0A' }, printed([BRIDGE]), []],
  [{ type: 'bridge', stp_state: 0, vlan_filtering: false, group_fwd_mask: 0 }, printed([BRIDGE]), []],
  [{ master: '', alias: '' }, printed([BRIDGE]), []],
  [
    { master: 'nomaster', promisc: false, arp: true, multicast: true, allmulticast: false },
    printed([BRIDGE]),
    [],
  ],
  [{ type: 'veth', peer: 'y' }, printed([VETH]), []],
  [{ type: 'vlan', link: 'eth0', id: 5, protocol: '802.1Q' }, printed([VLAN]), []],
  [
    { type: 'vxlan', id: 10, local: 'fd00:0::6', remote: 'fd00::05', learning: false, ttl: 'inherit' },
    printed([VXLAN6]),
    [],
  ],
  [{ type: 'vxlan', id: 9, ttl: 0, dstport: 4789 }, printed([VXLAN]), []],
  [{ state: 'up' }, printed([DEVICE]), []],
  // ip prints an empty object for each link that a filter leaves out.
  [{ type: 'bridge' }, printed([{}, BRIDGE, {}]), []],
  // No queue is not printed at all.
  [{ txqueuelen: 0 }, printed([{ ...BRIDGE, txqlen: undefined }]), []],
  // Every attribute drifted.
  [{ mtu: 1400 }, printed([BRIDGE]), [['mtu', 1500, 1400]]],
  [{ txqueuelen: 0 }, printed([BRIDGE]), [['txqueuelen', 1000, 0]]],
  [
    { address: '02:00:00:00:00:0B' },
    printed([BRIDGE]),
    [['address', '02:00:00:00:00:0a', '02:00:00:00:00:0b']],
  ],
  [{ alias: 'a "b"' }, printed([BRIDGE]), [['alias', '', 'a "b"']]],
  [{ alias: '' }, printed([{ ...BRIDGE, ifalias: 'a' }]), [['alias', 'a', '']]],
  [{ master: 'br0' }, printed([VETH]), [['master', '', 'br0']]],
  [{ master: '' }, printed([{ ...VETH, master: 'br0' }]), [['master', 'br0', '']]],
  [{ master: 'br1', replug: true }, printed([{ ...VETH, master: 'br0' }]), [['master', 'br0', 'br1']]],
  [{ master: 'br0', replug: true }, printed([{ ...VETH, master: 'br0' }]), []],
  [{ replug: true }, printed([{ ...VETH, master: 'br0' }]), []],
  [
    { arp: false, multicast: false, allmulticast: true, promisc: true },
    printed([BRIDGE]),
    [
      ['arp', true, false],
      ['multicast', true, false],
      ['allmulticast', false, true],
      ['promisc', false, true],
    ],
  ],
  [{ state: 'up' }, printed([BRIDGE]), [['state', 'down', 'up']]],
  [{ state: 'down' }, printed([DEVICE]), [['state', 'up', 'down']]],
  [
    {
      ...{ stp_state: true, forward_delay: 0, hello_time: 100, max_age: 600, ageing_time: 0, priority: 0 },
      ...{ vlan_filtering: true, vlan_default_pvid: 0, vlan_protocol: '802.1ad', group_fwd_mask: 8 },
      ...{ mcast_snooping: false, mcast_querier: true, mcast_router: 0 },
      ...{ nf_call_iptables: true, nf_call_ip6tables: true, nf_call_arptables: true },
    },
    printed([BRIDGE]),
    [
      ['stp_state', false, true],
      ['forward_delay', 1500, 0],
      ['hello_time', 200, 100],
      ['max_age', 2000, 600],
      ['ageing_time', 30000, 0],
      ['priority', 32768, 0],
      ['vlan_filtering', false, true],
      ['vlan_default_pvid', 1, 0],
      ['vlan_protocol', '802.1Q', '802.1ad'],
      ['group_fwd_mask', 0, 8],
      ['mcast_snooping', true, false],
      ['mcast_querier', false, true],
      ['mcast_router', 1, 0],
      ['nf_call_iptables', false, true],
      ['nf_call_ip6tables', false, true],
      ['nf_call_arptables', false, true],
    ],
  ],
  [
    {
      mode: '802.3ad',
      miimon: 100,
      updelay: 200,
      downdelay: 300,
      lacp_rate: 'fast',
      xmit_hash_policy: 'layer3+4',
    },
    printed([BOND]),
    [
      ['mode', 'balance-rr', '802.3ad'],
      ['miimon', 0, 100],
      ['updelay', 0, 200],
      ['downdelay', 0, 300],
      ['lacp_rate', 'slow', 'fast'],
      ['xmit_hash_policy', 'layer2', 'layer3+4'],
    ],
  ],
  [
    { remote: '10.0.0.3', local: '10.0.0.4', ttl: 5, learning: false },
    printed([VXLAN]),
    [
      ['remote', '10.0.0.2', '10.0.0.3'],
      ['local', '10.0.0.1', '10.0.0.4'],
      ['ttl', '0', '5'],
      ['learning', true, false],
    ],
  ],
  // What only making it again can change.
  [{ id: 6, force: true }, printed([VLAN]), [['id', 5, 6]]],
  [{ type: 'dummy', force: true }, printed([BRIDGE]), [['type', 'bridge', 'dummy']]],
  [{ remote: 'any', force: true }, printed([IPIP]), [['remote', '10.0.0.2', 'any']]],
  // Deleted.
  [{ state: 'absent' }, printed([VLAN]), [['link x', { type: 'vlan', link: 'eth0', id: 5 }, null]]],
  [{ state: 'absent', type: 'veth' }, printed([VETH]), [['link x', { type: 'veth', peer: 'y' }, null]]],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${found.slice(0, 60)}`, () => {
    for (const view of [undefined, CHECK]) {
      const plan = planOf(link, { name: 'x', ...raw }, found, view)
      assert.is(plan.failed, undefined)
      assert.equal(rows(plan), expected)
    }
  })
}

for (const [raw, found, expected] of [
  [{}, ABSENT, /there is no link x; to have it made, say of which type/],
  [{ type: 'bridge' }, printed([VETH]), /the type of x cannot change from veth to bridge.*force: true/],
  [{ id: 6 }, printed([VLAN]), /the id of x cannot change from 5 to 6.*force: true/],
  [{ peer: 'z' }, printed([VETH]), /the peer of x cannot change from y to z/],
  [{ dstport: 1 }, printed([VXLAN]), /the dstport of x cannot change/],
  [{ remote: 'fd00::1' }, printed([VXLAN]), /the remote of x cannot change from 10.0.0.2 to fd00::1/],
  [{ remote: 'any' }, printed([IPIP]), /the remote of x cannot change from 10.0.0.2 to any/],
  [{ stp_state: true }, printed([VETH]), /links of type veth have no "stp_state"/],
  [{ stp_state: true }, printed([DEVICE]), /a device of the machine has no "stp_state"/],
  [
    { type: 'bridge', force: true },
    printed([DEVICE]),
    /is a device of the machine and cannot become one of type bridge/,
  ],
  [{ state: 'absent' }, printed([DEVICE]), /can be set down, not deleted/],
  [
    { state: 'absent', type: 'veth' },
    printed([BRIDGE]),
    /x is of type bridge, not veth, and is therefore not deleted/,
  ],
  [
    { type: 'ipip', local: '10.0.0.1', remote: '10.0.0.2' },
    printed([{ ...IPIP, ifname: 'other' }]),
    /other has the same ends \(local 10.0.0.1, remote 10.0.0.2\) already/,
  ],
] as const) {
  plans(`${JSON.stringify(raw)} fails where there is ${found.slice(0, 60)}`, () => {
    const plan = planOf(link, { name: 'x', ...raw }, found)
    assert.match(plan.failed ?? '', expected)
    assert.equal(plan.changes, [])
  })
}

for (const [said, code, expected] of [
  ['sh: ip: not found', 127, /this host has no ip: install iproute2/],
  ["ip: invalid option -- 'j'\nBusyBox v1.35.0 multi-call binary.", 1, /BusyBox's.*install iproute2/],
  ['Option "-j" is unknown, try "ip -help".', 255, /too old/],
  ['Cannot open network namespace "q": No such file or directory', 255, /^Cannot open network namespace "q"/],
] as const) {
  plans(`a host whose ip says ${said} gets advice`, () => {
    assert.throws(
      () => planOf(link, { name: 'x', type: 'bridge' }, complained(said, code)),
      (error: Error) => expected.test(error.message),
    )
  })
}

plans('the result is the link as found', () => {
  const plan = planOf(link, { name: 'x' }, printed([VETH]))
  assert.equal(plan.result, { link: VETH })
  assert.equal(planOf(link, { name: 'x', type: 'bridge' }, ABSENT).result, { link: null })
})

plans.run()

const problems = suite('link: problems')

for (const [raw, expected] of [
  [{ name: 'sixteen-letters-' }, /name: "sixteen-letters-" is too long/],
  [{ name: '' }, /an interface needs a name/],
  [{ name: 'a b' }, /no spaces, slashes or colons/],
  [{ name: 'a/b' }, /no spaces, slashes or colons/],
  [{ name: 'x', mtu: 0 }, /mtu: 0 is out of range/],
  [{ name: 'x', mtu: -1 }, /mtu: -1 is out of range/],
  [{ name: 'x', txqueuelen: -1 }, /txqueuelen: -1 is out of range/],
  [{ name: 'x', address: '00:16:3e' }, /address: "00:16:3e" is not an Ethernet address/],
  [{ name: 'x', address: '01:16:3e:00:00:01' }, /that of an interface has an even first byte/],
  [{ name: 'x', type: 'brigde' }, /did you mean "bridge"/],
  [{ name: 'x', type: 'vlan', id: 5 }, /to make a link of type vlan, "link" is needed/],
  [{ name: 'x', type: 'vlan', id: 4095, link: 'e' }, /id: 4095 is out of range: 0 to 4094/],
  [{ name: 'x', type: 'vxlan' }, /to make a link of type vxlan, "id" is needed/],
  [{ name: 'x', type: 'veth' }, /to make a link of type veth, "peer" is needed/],
  [{ name: 'x', type: 'veth', peer: 'x' }, /two ends of a veth need two names/],
  [{ name: 'x', type: 'bridge', id: 5 }, /links of type bridge have no "id"/],
  [{ name: 'x', type: 'ipip', local: '10.0.0.300' }, /local: "10.0.0.300" is not an IPv4 or IPv6 address/],
  [{ name: 'x', type: 'ipip', local: 'fd00::1' }, /local: tunnels of type ipip run between IPv4 addresses/],
  [{ name: 'x', type: 'ip6tnl', remote: '10.0.0.1' }, /run between IPv6 addresses/],
  [{ name: 'x', type: 'gre', ttl: 256 }, /ttl: "256" is neither/],
  [{ name: 'x', type: 'gre', ttl: 5, pmtudisc: false }, /needs path MTU discovery/],
  [{ name: 'x', type: 'gre', key: 'abc' }, /key: "abc" is not a key/],
  [{ name: 'x', type: 'gre', key: 1, okey: 2 }, /"key" stands for both/],
  [{ name: 'if3', state: 'absent' }, /is to ip the interface of number 3/],
  [{ name: 'v%d', type: 'dummy' }, /is a pattern to the kernel/],
  [{ name: 'x', master: 'if2' }, /master: "if2" is to ip the interface of number 2/],
  [{ name: 'x', netns: '../../proc/1/ns/net', state: 'absent' }, /is not a name of a network namespace/],
  [{ name: 'x', type: 'veth', peer: 'y', peer_netns: '' }, /is not a name of a network namespace/],
  [{ name: 'x', peer_netns: 'q' }, /"peer_netns" needs "peer"/],
  [{ name: 'x', mode: 'q', tpye: 'veth' }, /no argument "tpye"/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(link, raw).join('\n'), expected),
  )
}

problems('right arguments have none', () => {
  assert.equal(
    problemsOf(link, { name: 'fifteen-letters', mtu: 1, txqueuelen: 0, alias: '', master: '' }),
    [],
  )
  assert.equal(problemsOf(link, { name: 'x', type: 'vlan', state: 'absent' }), [])
  assert.equal(
    problemsOf(link, { name: 'x', type: 'gre', key: 0, ttl: 'inherit', remote: 'any', dev: '' }),
    [],
  )
})

problems.run()

const commands = suite('link: commands')

const scriptOf = (raw: Record<string, unknown>, found: string) => {
  const [action] = planOf(link, { name: 'x', ...raw }, found).actions!
  assert.is(action?.do, 'sh')
  const script = action?.do === 'sh' ? action.script : ''
  return (/\{\n([\s\S]*?)\n\} 2>&1/.exec(script)?.[1] ?? script).split(' &&\n')
}

for (const [raw, found, expected] of [
  [
    { type: 'ipip', local: '10.0.0.1', remote: '10.0.0.2', mtu: 1400, alias: "it's", state: 'up' },
    ABSENT,
    [
      'ip link add name x type ipip local 10.0.0.1 remote 10.0.0.2',
      "{ ip link set dev x mtu 1400 alias 'it'\\''s' up || { ip link delete dev x; false; }; }",
    ],
  ],
  [
    { type: 'vlan', link: 'eth0', id: 0, protocol: '802.1ad' },
    ABSENT,
    ['ip link add link eth0 name x type vlan id 0 protocol 802.1ad'],
  ],
  [
    { type: 'veth', peer: 'y', peer_netns: 'q' },
    ABSENT,
    ['ip link add name x type veth peer name y netns /var/run/netns/q'],
  ],
  [{ type: 'tap', user: 'joe' }, ABSENT, ['ip tuntap add dev x mode tap user joe']],
  [
    { remote: '10.0.0.3', ttl: 0, mtu: 1400, state: 'down', netns: 'q' },
    printed([
      { ...IPIP, flags: ['UP'], linkinfo: { info_kind: 'ipip', info_data: { ttl: 3, remote: '10.0.0.2' } } },
    ]),
    [
      'ip -n q link set dev x down',
      'ip -n q link set dev x type ipip remote 10.0.0.3 ttl 0',
      'ip -n q link set dev x mtu 1400',
    ],
  ],
  // The old link goes only once the new one is there.
  [
    { id: 6, force: true },
    printed([{ ...VLAN, flags: ['UP'], ifalias: 'a' }]),
    [
      'ip link add link eth0 name new-x type vlan id 6 protocol 802.1Q',
      'ip link delete dev x',
      'ip link set dev new-x name x',
      'ip link set dev x mtu 1500 txqueuelen 1000 address 02:00:00:00:00:0a alias a arp on multicast off allmulticast off promisc off up',
    ],
  ],
] as const) {
  commands(`${JSON.stringify(raw)} runs these commands`, () => assert.equal(scriptOf(raw, found), expected))
}

commands('a kind of link that the kernel does not have', () => {
  const args = { name: 'x', type: 'gre', state: 'present', force: false } as never
  const stderr = 'Error: Unknown device type.\n'
  const conclusion = link.interpret!([{ code: 2, stdout: '', stderr, seconds: 0 }], args, [], { changes: [] })
  assert.match(
    conclusion.failed ?? '',
    /^Error: Unknown device type. \(this kernel has no gre: modprobe ip_gre/,
  )
})

commands.run()
