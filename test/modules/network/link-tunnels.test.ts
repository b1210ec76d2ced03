import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { link } from '../../../src/modules/network/link/index.ts'
import { printed } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

// As iproute2 6.1 prints them; what plays no part here is left out.
const row = (ifname: string, kind: string, data: object, more: object = {}) => ({
  ...{ ifname, link: null, flags: ['POINTOPOINT', 'NOARP'], mtu: 1480, txqlen: 1000, link_type: kind },
  linkinfo: { info_kind: kind, info_data: data },
  ...more,
})
const ETH0 = { ifname: 'eth0', flags: ['BROADCAST', 'MULTICAST', 'UP'], mtu: 1500, link_type: 'ether' }
const TUNL0 = row('tunl0', 'ipip', { proto: 'any', remote: 'any', local: 'any', ttl: 0, pmtudisc: false })
const IPIP = row('t', 'ipip', {
  ...{ proto: 'ipip', remote: '192.168.101.2', local: '192.168.100.2', ttl: 0, pmtudisc: true },
})
const WITH_ALL = row('t', 'ipip', {
  ...{ proto: 'any', remote: '192.168.101.2', local: '192.168.100.2', link: 'eth0', ttl: 64 },
  ...{ tos: '0x10', pmtudisc: true },
})
const GRE = row('t', 'gre', {
  ...{ remote: '10.0.0.2', local: '10.0.0.1', ttl: 5, pmtudisc: true, ikey: '0.0.0.7', okey: '0.0.0.0' },
})
const VTI = row('t', 'vti', { remote: '10.0.0.2', local: '10.0.0.1', ikey: '0.0.0.9' })
const IP6TNL = row('t', 'ip6tnl', {
  ...{ proto: 'ip6ip6', remote: 'fd00::2', local: 'fd00::1', ttl: 64, encap_limit: 4, tclass: '0x00' },
})

const ENDS = { local: '192.168.100.2', remote: '192.168.101.2' }

const plans = suite('link: tunnels: plan')

for (const [raw, found, expected] of [
  // Absent.
  [
    { type: 'ipip', ...ENDS, state: 'up' },
    [ETH0, TUNL0],
    [['link t', null, { type: 'ipip', ...ENDS, state: 'up' }]],
  ],
  [
    { type: 'ip6tnl', mode: 'ip6ip6', local: 'fd00:0::1', remote: 'fd00::0002' },
    [ETH0],
    [['link t', null, { type: 'ip6tnl', local: 'fd00::1', remote: 'fd00::2', mode: 'ip6ip6' }]],
  ],
  [{ state: 'absent' }, [ETH0], []],
  // In sync; what was not asked for is left alone.
  [{ type: 'ipip', ...ENDS, ttl: 0, tos: 0, pmtudisc: true, dev: '', state: 'down' }, [IPIP], []],
  [{ type: 'ipip', ...ENDS }, [WITH_ALL], []],
  [{ ttl: 'inherit', mtu: 1480 }, [IPIP], []],
  [{ type: 'ipip', ttl: 64, tos: '0x10', dev: 'eth0' }, [WITH_ALL], []],
  [{ type: 'gre', ikey: 7, okey: 0 }, [GRE], []],
  [{ type: 'gre', ikey: '0.0.0.7' }, [GRE], []],
  [{ type: 'vti', ikey: 9, okey: 0 }, [VTI], []],
  [{ type: 'vti', okey: '' }, [VTI], []],
  [{ type: 'ip6tnl', mode: 'ip6ip6', local: 'fd00::1', ttl: 64 }, [IP6TNL], []],
  // Every attribute drifted.
  [{ remote: '192.168.101.3' }, [IPIP], [['remote', '192.168.101.2', '192.168.101.3']]],
  [{ local: 'any' }, [IPIP], [['local', '192.168.100.2', 'any']]],
  [{ ttl: 64 }, [IPIP], [['ttl', 0, 64]]],
  [{ ttl: 0 }, [WITH_ALL], [['ttl', 64, 0]]],
  [{ tos: 'inherit' }, [WITH_ALL], [['tos', 16, 'inherit']]],
  [{ tos: 0 }, [WITH_ALL], [['tos', 16, 0]]],
  [{ dev: 'lo' }, [WITH_ALL], [['link', 'eth0', 'lo']]],
  [{ dev: '', force: true }, [WITH_ALL], [['link', 'eth0', '']]],
  [{ pmtudisc: false }, [IPIP], [['pmtudisc', true, false]]],
  [{ mtu: 1400 }, [IPIP], [['mtu', 1480, 1400]]],
  [{ state: 'up' }, [IPIP], [['state', 'down', 'up']]],
  [
    { key: 8 },
    [GRE],
    [
      ['ikey', 7, 8],
      ['okey', 0, 8],
    ],
  ],
  [
    { key: '' },
    [GRE],
    [
      ['ikey', 7, ''],
      ['okey', 0, ''],
    ],
  ],
  [{ type: 'ip6tnl', mode: 'ipip6' }, [IP6TNL], [['mode', 'ip6ip6', 'ipip6']]],
  // What takes making it again.
  [{ remote: 'any', force: true }, [IPIP], [['remote', '192.168.101.2', 'any']]],
  [{ type: 'gre', ...ENDS, force: true }, [IPIP], [['type', 'ipip', 'gre']]],
  // Deleted.
  [{ state: 'absent' }, [IPIP], [['link t', { type: 'ipip', ...ENDS }, null]]],
  [{ state: 'absent', type: 'gre', force: true }, [IPIP], [['link t', { type: 'ipip', ...ENDS }, null]]],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${found.map(({ ifname }) => ifname)}`, () => {
    const plan = planOf(link, { name: 't', ...raw }, printed(found))
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), expected)
  })
}

for (const [raw, found, expected] of [
  [{ name: 't' }, [], /there is no link t; to have it made, say of which type/],
  [
    { name: 'eth0', state: 'absent' },
    [ETH0],
    /eth0 is a device of the machine: it can be set down, not deleted/,
  ],
  [
    { name: 'br', type: 'ipip' },
    [row('br', 'bridge', {})],
    /the type of br cannot change from bridge to ipip/,
  ],
  [{ name: 'tunl0', state: 'absent' }, [TUNL0], /tunl0 came with the kernel module ipip/],
  [
    { name: 'u', type: 'ipip', ...ENDS },
    [TUNL0, IPIP],
    /^t has the same ends \(local 192.168.100.2, remote 19/,
  ],
  [{ name: 'u', type: 'ipip' }, [TUNL0, IPIP], /^tunl0 has the same ends \(local any, remote any\)/],
  [
    { name: 'u', remote: '192.168.101.2' },
    [IPIP, row('u', 'ipip', { remote: '192.168.101.9', local: '192.168.100.2' })],
    /^t has the same ends/,
  ],
] as const) {
  plans(`${JSON.stringify(raw)} fails`, () => {
    const plan = planOf(link, raw, printed(found))
    assert.match(plan.failed ?? '', expected)
    assert.equal(plan.changes, [])
  })
}

plans('exclusive: another tunnel with the same ends goes first', () => {
  const plan = planOf(link, { name: 'u', type: 'ipip', exclusive: true, ...ENDS }, printed([TUNL0, IPIP]))
  assert.equal(
    plan.changes.map(({ what, after }) => [what, after === null]),
    [
      ['link t', true],
      ['link u', false],
    ],
  )
  const own = planOf(link, { name: 'u', type: 'ipip', exclusive: true }, printed([TUNL0]))
  assert.match(own.failed ?? '', /tunl0 came with the kernel module/)
})

plans('the same ends do not matter with another key, device or kind', () => {
  const ends = { name: 'u', local: '10.0.0.1', remote: '10.0.0.2' }
  for (const raw of [
    { ...ends, type: 'gre', key: 8 },
    { ...ends, type: 'gre', key: 7, dev: 'eth0' },
    { ...ends, type: 'ipip' },
  ]) {
    assert.is(planOf(link, raw, printed([GRE])).failed, undefined)
  }
})

plans.run()

const commands = suite('link: tunnels: commands')

for (const [raw, found, expected] of [
  [
    { type: 'ipip', ...ENDS, state: 'up' },
    [],
    [
      'ip link add name t type ipip local 192.168.100.2 remote 192.168.101.2',
      '{ ip link set dev t up || { ip link delete dev t; false; }; }',
    ],
  ],
  [
    { remote: '192.168.101.3', tos: 10 },
    [IPIP],
    ['ip link set dev t type ipip remote 192.168.101.3 tos 0xa'],
  ],
  [{ key: '' }, [GRE], ['ip link set dev t type gre noikey nookey']],
  // The old one goes only once the new one is there, and comes back up if it was.
  [
    { remote: 'any', force: true },
    [{ ...IPIP, flags: ['UP', 'NOARP'] }],
    [
      'ip link add name new-t type ipip local 192.168.100.2 remote any ttl 0 tos 0x0 pmtudisc',
      'ip link delete dev t',
      'ip link set dev new-t name t',
      'ip link set dev t mtu 1480 txqueuelen 1000 arp off multicast off allmulticast off promisc off up',
    ],
  ],
] as const) {
  commands(`${JSON.stringify(raw)} runs these commands`, () => {
    const [action] = planOf(link, { name: 't', ...raw }, printed(found)).actions!
    assert.is(action?.do, 'sh')
    const script = action?.do === 'sh' ? action.script : ''
    assert.is(/\{\n([\s\S]*?)\n\} 2>&1/.exec(script)?.[1] ?? script, expected.join(' &&\n'))
  })
}

commands('a kernel without tunnels says which module is missing', () => {
  const args = { name: 't', type: 'ipip', state: 'present' } as never
  for (const stderr of ['Error: Unknown device type.', 'add tunnel "tunl0" failed: No such device']) {
    const { failed } = link.interpret!([{ code: 2, stdout: '', stderr, seconds: 0 }], args, [], {
      changes: [],
    })
    assert.match(failed ?? '', /this kernel has no ipip: modprobe ipip/)
  }
})

commands.run()

const problems = suite('link: tunnels: problems')

for (const [raw, expected] of [
  [{ type: 'ipip' }, /missing required arguments: name/],
  [{ name: 'a name' }, /no spaces/],
  [{ name: 't', type: 'ipipp' }, /did you mean "ipip"/],
  [{ name: 't', type: 'ipip', local: '1.2.3' }, /local: "1.2.3" is not an IPv4 or IPv6 address/],
  [{ name: 't', type: 'ipip', remote: 'fd00::1' }, /run between IPv4 addresses/],
  [{ name: 't', type: 'ip6tnl', mode: 'ip6ip6', remote: '10.0.0.1' }, /run between IPv6 addresses/],
  [{ name: 't', type: 'ipip', key: 5 }, /links of type ipip have no "ikey"/],
  [{ name: 't', type: 'gre', key: 2 ** 32 }, /is not a key/],
  [{ name: 't', ttl: 300 }, /ttl: "300" is neither/],
  [{ name: 't', ttl: 5, pmtudisc: false }, /needs path MTU discovery/],
  [{ name: 't', mtu: 0 }, /mtu: 0 is out of range/],
  [{ name: 't', dev: 'a/b' }, /no spaces, slashes/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(link, raw).join('\n'), expected),
  )
}

problems.run()
