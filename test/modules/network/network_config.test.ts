import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { network_config } from '../../../src/modules/network/network_config/index.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

/** What the probe prints on a host where no file of the name is there. */
const fresh = (backend: string, files: number, there: readonly string[] = []) => [
  [backend, ...there].map((line) => `${line}\n`).join(''),
  `${'0'.repeat(files)}0`,
  '0'.repeat(files),
]

const BRIDGE = {
  name: 'br0',
  type: 'bridge',
  stp_state: false,
  forward_delay: 400,
  addresses: ['10.0.0.1/24', 'fd00:0::1/64'],
  routes: [
    { to: 'default', via: '10.0.0.254', metric: 5 },
    { to: '10.9.0.0/16', type: 'blackhole' },
  ],
  rules: [{ priority: 100, from: '10.0.0.0/24', table: 7 }],
}
const PORT = { name: 'eth1', master: 'br0', mtu: 1400 }
const CLIENT = { name: 'eth0', dhcp4: true, dns: ['10.0.0.53'], search: ['example.org'] }
const VLAN = { name: 'eth1.5', type: 'vlan', link: 'eth1', id: 5 }

/** The files that a plan writes, by path. */
function written(raw: object, is: readonly string[]): Record<string, string> {
  const plan = planOf(network_config, raw as never, is, { check: false, diff: true })
  assert.is(plan.failed, undefined)
  return Object.fromEntries(plan.changes.map(({ what, text }) => [what, text?.after ?? '']))
}

const HEADER = '# Written by the module network_config; what is changed here by hand is lost.\n'

const plans = suite('network_config: plan')

plans('ifupdown has one file, in which links come before what stands on them', () => {
  assert.equal(written({ backend: 'ifupdown', links: [VLAN, PORT, BRIDGE, CLIENT] }, fresh('ifupdown', 1)), {
    '/etc/network/interfaces.d/playssh': `${HEADER}
auto br0
iface br0 inet manual
    pre-up ip link show dev br0 >/dev/null 2>&1 || ip link add name br0 type bridge stp_state 0 forward_delay 400
    up ip link set dev br0 up
iface br0 inet static
    address 10.0.0.1/24
iface br0 inet6 static
    address fd00::1/64
iface br0 inet manual
    up ip -4 route replace default via 10.0.0.254 dev br0 metric 5
    up ip -4 route replace blackhole 10.9.0.0/16
    up ip -4 rule delete from 10.0.0.0/24 priority 100 lookup 7 2>/dev/null || true
    up ip -4 rule add from 10.0.0.0/24 priority 100 lookup 7
    down ip -4 rule delete from 10.0.0.0/24 priority 100 lookup 7 || true
    post-down ip link delete dev br0

auto eth1
iface eth1 inet manual
    pre-up ip link set dev eth1 mtu 1400 master br0
    up ip link set dev eth1 up
    down ip link set dev eth1 down

auto eth1.5
iface eth1.5 inet manual
    pre-up ip link show dev eth1.5 >/dev/null 2>&1 || ip link add link eth1 name eth1.5 type vlan id 5
    up ip link set dev eth1.5 up
    post-down ip link delete dev eth1.5

auto eth0
iface eth0 inet manual
    up ip link set dev eth0 up
iface eth0 inet dhcp
iface eth0 inet manual
    dns-nameservers 10.0.0.53
    dns-search example.org
    down ip link set dev eth0 down
`,
  })
})

plans('systemd-networkd has a file for each link, and one for each that is to be made', () => {
  const files = written({ backend: 'networkd', links: [VLAN, PORT, BRIDGE, CLIENT] }, fresh('networkd', 6))
  const at = (name: string) => files[`/etc/systemd/network/10-playssh-${name}`]!.slice(HEADER.length + 1)
  assert.is(Object.keys(files).length, 6)
  assert.is(at('br0.netdev'), '[NetDev]\nName=br0\nKind=bridge\n\n[Bridge]\nSTP=no\nForwardDelaySec=4000ms\n')
  assert.is(
    at('br0.network'),
    `[Match]
Name=br0

[Network]
Address=10.0.0.1/24
Address=fd00::1/64
ConfigureWithoutCarrier=yes

[Route]
Destination=0.0.0.0/0
Gateway=10.0.0.254
Metric=5

[Route]
Destination=10.9.0.0/16
Type=blackhole

[RoutingPolicyRule]
From=10.0.0.0/24
Priority=100
Table=7
`,
  )
  assert.is(
    at('eth1.network'),
    '[Match]\nName=eth1\n\n[Link]\nMTUBytes=1400\n\n[Network]\nBridge=br0\nVLAN=eth1.5\n',
  )
  assert.is(at('eth1.5.netdev'), '[NetDev]\nName=eth1.5\nKind=vlan\n\n[VLAN]\nId=5\n')
  assert.is(
    at('eth0.network'),
    '[Match]\nName=eth0\n\n[Network]\nDHCP=ipv4\nDNS=10.0.0.53\nDomains=example.org\n',
  )
})

plans('netplan has one file, which only root can read', () => {
  const raw = { backend: 'netplan', name: 'lab', links: [VLAN, PORT, BRIDGE, CLIENT] }
  assert.equal(written(raw, fresh('netplan', 1)), {
    '/etc/netplan/90-lab.yaml': `${HEADER}network:
  version: 2
  bridges:
    br0:
      parameters:
        stp: false
        forward-delay: 4
      interfaces:
      - eth1
      addresses:
      - 10.0.0.1/24
      - fd00::1/64
      routes:
      - to: 0.0.0.0/0
        via: 10.0.0.254
        metric: 5
      - to: 10.9.0.0/16
        type: blackhole
      routing-policy:
      - from: 10.0.0.0/24
        table: 7
        priority: 100
  ethernets:
    eth1:
      mtu: 1400
    eth0:
      dhcp4: true
      nameservers:
        addresses:
        - 10.0.0.53
        search:
        - example.org
  vlans:
    eth1.5:
      link: eth1
      id: 5
`,
  })
})

plans('numbers and switches may be texts, as templates make them', () => {
  const texts = {
    name: 'eth0',
    mtu: '1400',
    dhcp4: 'yes',
    routes: [{ to: '10.0.0.0/8', metric: '5', onlink: 'no' }],
  }
  const plain = {
    name: 'eth0',
    mtu: 1400,
    dhcp4: true,
    routes: [{ to: '10.0.0.0/8', metric: 5, onlink: false }],
  }
  const of = (link: object) => written({ backend: 'netplan', links: [link] }, fresh('netplan', 1))
  assert.equal(of(texts), of(plain))
})

plans('what the host uses is found out, and what is not wanted any more goes', () => {
  const links = [{ name: 'eth0', addresses: '10.0.0.1/24' }]
  const old = '/etc/systemd/network/10-playssh-eth7.network'
  const foreign = '/etc/systemd/network/10-other-eth7.network'
  const plan = planOf(network_config, { links }, fresh('networkd', 3, [old, foreign]))
  assert.equal(rows(plan), [
    ['/etc/systemd/network/10-playssh-eth0.network', null, 'new content'],
    [old, 'file', null],
  ])
  assert.equal(plan.result, {
    backend: 'networkd',
    files: ['/etc/systemd/network/10-playssh-eth0.network'],
  })
  assert.equal(rows(planOf(network_config, { links: [] }, fresh('networkd', 0, [old]))), [
    [old, 'file', null],
  ])
})

plans('the running system follows only if that is told, and only after a change', () => {
  const of = (raw: object, is: readonly string[]) => planOf(network_config, raw as never, is).actions ?? []
  const links = [{ name: 'eth0', dhcp4: true }]
  const scripts = (raw: object) =>
    of(raw, fresh('none', 1)).flatMap((action) => (action.do === 'sh' ? action.script : []))
  assert.equal(scripts({ links, backend: 'networkd' }), [])
  assert.match(scripts({ links, backend: 'networkd', apply: true }).join(), /networkctl reload/)
  assert.match(scripts({ links, backend: 'netplan', apply: true }).join(), /netplan apply/)
  assert.match(scripts({ links, backend: 'ifupdown', apply: true }).join(), /ifreload -a; else ifup -a/)
  assert.equal(of({ links: [], backend: 'networkd', apply: true }, fresh('none', 0)), [])
})

plans('a host that sets up its network otherwise, and a folder that nobody reads, are told of', () => {
  const links = [{ name: 'eth0', dhcp4: true }]
  assert.match(planOf(network_config, { links }, fresh('none', 3)).failed!, /nothing was found here/)
  assert.match(planOf(network_config, { links }, fresh('toString', 3)).failed!, /nothing was found here/)
  const { warnings } = planOf(network_config, { links }, fresh('ifupdown', 3, ['unread']))
  assert.match(warnings!.join(), /does not read its folder/)
})

plans('what a backend has no word for is refused, before a host is asked where it can be', () => {
  const links = [{ name: 'br0', type: 'bridge', vlan_filtering: true }]
  const expected = /links: br0: netplan has no word for "vlan_filtering" of a bridge/
  assert.match(problemsOf(network_config, { links, backend: 'netplan' }).join(), expected)
  assert.match(planOf(network_config, { links }, fresh('netplan', 4)).failed!, expected)
})

plans.run()

const problems = suite('network_config: problems')

for (const [link, expected] of [
  ['eth0', /is no map of a link/],
  [{ mtu: 1400 }, /number 1 has no name/],
  [{ name: 'eth/0' }, /no spaces, slashes/],
  [{ name: 'eth*' }, /is not a name for these files/],
  [{ name: '-eth' }, /is not a name for these files/],
  [{ name: 'e', type: 'brigde' }, /"brigde" is none of bridge/],
  [{ name: 'e', type: 'vlan', id: 3 }, /a vlan needs "link"/],
  [{ name: 'e', type: 'vlan', link: 'f', id: 9999 }, /id: 9999 is out of range/],
  [{ name: 'e', id: 3 }, /"id" is none of name, type/],
  [{ name: 'e', type: 'bond', mode: 'a\nb' }, /is no word of iproute2/],
  [{ name: 'e', mtu: 'big' }, /mtu: "big" is not a number/],
  [{ name: 'e', dhcp4: 'maybe' }, /dhcp4: "maybe" is neither true nor false/],
  [{ name: 'e', address: '1:2' }, /is not an Ethernet address/],
  [{ name: 'e', addresses: ['10.0.0.1/33'] }, /prefix length out of range/],
  [{ name: 'e', dns: ['ns1'] }, /dns: "ns1" is not an IPv4 or IPv6 address/],
  [{ name: 'e', search: ['a b'] }, /"a b" is no domain/],
  [{ name: 'e', routes: ['default'] }, /routes: each is a map/],
  [{ name: 'e', routes: [{ to: '10.0.0.1/8' }] }, /is an address in a network/],
  [{ name: 'e', routes: [{ to: 'default', via: 'x' }] }, /via: "x" is not/],
  [{ name: 'e', routes: [{ to: '10.0.0.0/8', via: 'fd00::1' }] }, /of IPv4 and of IPv6/],
  [{ name: 'e', routes: [{ to: '10.0.0.0/8', type: 'nat' }] }, /type: "nat" is none of/],
  [{ name: 'e', routes: [{ to: '10.0.0.0/8', type: 'prohibit', via: '10.0.0.1' }] }, /leads nowhere/],
  [{ name: 'e', rules: [{ table: 7 }] }, /each needs "priority" and "table"/],
  [{ name: 'e', rules: [{ priority: 1, table: 7, fwmark: 'x' }] }, /is not a mark/],
] as const) {
  problems(`${JSON.stringify(link)} is refused`, () =>
    assert.match(problemsOf(network_config, { links: [link] }).join('\n'), expected),
  )
}

problems('a name that is there twice, and one of files that is a path, are refused', () => {
  assert.match(
    problemsOf(network_config, { links: [{ name: 'a' }, { name: 'a' }] }).join(),
    /a is there twice/,
  )
  assert.match(problemsOf(network_config, { links: [], name: '../a' }).join(), /is not a part of a name/)
})

problems.run()
