import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { route } from '../../../src/modules/network/route/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { batchedProbesOf } from '../../../src/sdk/probe.ts'
import { complained, printed } from '../../support/ip.ts'
import { planOf, problemsOf, RUN, rows } from '../../support/plan.ts'

const VIA = {
  ...{ type: 'unicast', dst: 'default', gateway: '10.0.0.2', dev: 'eth0', protocol: 'boot', scope: 'global' },
  flags: [],
}
const FULL = {
  ...VIA,
  ...{ protocol: 'static', prefsrc: '10.0.0.1', flags: ['onlink'], metrics: [{ mtu: 1400, advmss: 1300 }] },
}
const HOST = { type: 'unicast', dst: '192.168.100.3', dev: 't', protocol: 'boot', scope: 'link', flags: [] }
const CONNECTED = {
  ...{ type: 'unicast', dst: '10.0.0.0/24', dev: 'eth0', protocol: 'kernel', scope: 'link', flags: [] },
  prefsrc: '10.0.0.1',
}
const SEVERAL = {
  ...{ type: 'unicast', dst: 'default', protocol: 'boot', scope: 'global', flags: [] },
  nexthops: [
    { gateway: '10.0.0.2', dev: 'eth0', weight: 2, flags: [] },
    { gateway: '10.0.0.3', dev: 'eth0', weight: 1, flags: ['onlink'] },
  ],
}
const BLACKHOLE = { type: 'blackhole', dst: '10.6.0.0/16', protocol: 'boot', scope: 'global', flags: [] }
const SIX = {
  ...{ type: 'unicast', dst: 'default', gateway: 'fd00::2', dev: 'eth0', protocol: 'boot', scope: 'global' },
  ...{ metric: 1024, flags: [], pref: 'medium' },
}
const UNREACHABLE6 = {
  type: 'unreachable',
  dst: 'fd07::/64',
  dev: 'lo',
  protocol: 'boot',
  metric: 1024,
  flags: [],
}
const OTHER_FAMILY = { ...VIA, gateway: undefined, via: { family: 'inet6', host: 'fd00::2' } }

const NO_TABLE = `Error: ipv4: FIB table does not exist.\nDump terminated\n[\nexit 2\n`
const PROTOCOLS = 'rt_protos 3 boot\nrt_protos 4 static\nrt_protos 42 babel\n'

const plans = suite('route: plan')

for (const [raw, is, expected] of [
  // Absent: an empty table makes ip print half a list and fail.
  [
    { to: 'default', dev: 't', table: 100 },
    NO_TABLE,
    [['route default table 100', null, 'default dev t table 100']],
  ],
  [{ to: '192.168.100.3/32', dev: 't' }, printed([]), [['route 192.168.100.3', null, '192.168.100.3 dev t']]],
  [
    {
      ...{
        to: '10.0.0.0/8',
        via: '10.0.0.2',
        dev: 'eth0',
        src: '10.0.0.1',
        metric: 0,
        table: 'lab',
        scope: 0,
      },
      ...{ proto: 'static', onlink: true, mtu: 1400, advmss: 1300 },
    },
    printed([]),
    [
      [
        'route 10.0.0.0/8 table lab',
        null,
        '10.0.0.0/8 via 10.0.0.2 dev eth0 onlink metric 0 table lab src 10.0.0.1 scope global proto static mtu 1400 advmss 1300',
      ],
    ],
  ],
  [
    { to: '10.6.0.0/16', type: 'blackhole' },
    printed([]),
    [['route 10.6.0.0/16', null, 'blackhole 10.6.0.0/16']],
  ],
  [
    { to: 'default', nexthops: [{ via: '10.0.0.2', weight: 2 }, { dev: 't' }] },
    printed([]),
    [['route default', null, 'default nexthop via 10.0.0.2 weight 2 nexthop dev t']],
  ],
  [{ to: 'default', state: 'absent', table: 100 }, NO_TABLE, []],
  [{ to: 'default', state: 'absent', via: '10.0.0.9' }, printed([VIA]), []],
  [{ to: 'default', state: 'absent', dev: 't' }, printed([VIA]), []],
  [{ to: 'default', state: 'absent', metric: 0 }, printed([{ ...VIA, metric: 5 }]), []],
  [{ to: 'default', state: 'absent', type: 'blackhole' }, printed([VIA]), []],
  // In sync; what was not asked for is left alone.
  [{ to: 'default', via: '10.0.0.2' }, printed([FULL]), []],
  [{ to: '0.0.0.0/0', via: '10.0.0.2', dev: 'eth0', metric: 0 }, printed([VIA]), []],
  [
    { to: 'default', via: '10.0.0.2', src: '', onlink: false, mtu: 0, advmss: 0, scope: 'global' },
    printed([VIA]),
    [],
  ],
  [
    { to: 'default', via: '10.0.0.2', dev: 'eth0', src: '10.0.0.1', onlink: true, mtu: 1400, advmss: 1300 },
    printed([FULL]),
    [],
  ],
  [{ to: 'default', via: '10.0.0.2', proto: 4 }, printed([FULL], PROTOCOLS), []],
  [{ to: 'default', via: '10.0.0.2', proto: 'boot' }, printed([VIA], PROTOCOLS), []],
  [{ to: '192.168.100.3/32', dev: 't' }, printed([HOST]), []],
  [{ to: '10.6.0.0/16', type: 'blackhole' }, printed([BLACKHOLE]), []],
  [{ to: 'fd07:0::/64', type: 'unreachable' }, printed([UNREACHABLE6]), []],
  [{ to: '::/0', via: 'fd00:0::2', metric: 1024 }, printed([SIX]), []],
  [{ to: 'default', family: 'inet6', via: 'fd00::2' }, printed([SIX]), []],
  [{ to: 'default', family: 'inet', via: 'fd00::2' }, printed([OTHER_FAMILY]), []],
  [
    { to: 'default', nexthops: [{ via: '10.0.0.3' }, { via: '10.0.0.2', weight: 2, dev: 'eth0' }] },
    printed([SEVERAL]),
    [],
  ],
  [{ to: 'default', via: '10.0.0.2' }, printed([VIA, { ...VIA, gateway: '10.0.0.9', metric: 100 }]), []],
  [{ to: 'default', via: '10.0.0.2' }, printed([VIA, { ...VIA, gateway: '10.0.0.9', tos: '0x10' }]), []],
  // Every attribute drifted.
  [
    { to: 'default', via: '10.0.0.3' },
    printed([VIA]),
    [['route default', 'via 10.0.0.2 dev eth0', 'via 10.0.0.3']],
  ],
  [
    { to: 'default', via: '10.0.0.2', dev: 'eth1' },
    printed([VIA]),
    [['route default', 'via 10.0.0.2 dev eth0', 'via 10.0.0.2 dev eth1']],
  ],
  [{ to: 'default', dev: 'eth0' }, printed([VIA]), [['route default', 'via 10.0.0.2 dev eth0', 'dev eth0']]],
  [{ to: '192.168.100.3', dev: 'eth0' }, printed([HOST]), [['route 192.168.100.3', 'dev t', 'dev eth0']]],
  [
    { to: 'default', via: '10.0.0.2', src: '10.0.0.1' },
    printed([VIA]),
    [['route default src', '', '10.0.0.1']],
  ],
  [{ to: 'default', via: '10.0.0.2', src: '' }, printed([FULL]), [['route default src', '10.0.0.1', '']]],
  [{ to: 'default', via: '10.0.0.2', mtu: 0 }, printed([FULL]), [['route default mtu', 1400, 0]]],
  [{ to: 'default', via: '10.0.0.2', advmss: 0 }, printed([FULL]), [['route default advmss', 1300, 0]]],
  [
    { to: 'default', via: '10.0.0.2', dev: 'eth0', onlink: true },
    printed([VIA]),
    [['route default onlink', false, true]],
  ],
  [
    { to: 'default', via: '10.0.0.2', onlink: false },
    printed([FULL]),
    [['route default onlink', true, false]],
  ],
  [
    { to: '192.168.100.3', dev: 't', scope: 'host' },
    printed([HOST]),
    [['route 192.168.100.3 scope', 'link', 'host']],
  ],
  [
    { to: 'default', via: '10.0.0.2', proto: 42 },
    printed([VIA], PROTOCOLS),
    [['route default proto', 'boot', 'babel']],
  ],
  [
    { to: 'default', via: '10.0.0.2', metric: 5 },
    printed([VIA]),
    [['route default', null, 'default via 10.0.0.2 metric 5']],
  ],
  [
    { to: '10.6.0.0/16', type: 'prohibit' },
    printed([BLACKHOLE]),
    [['route 10.6.0.0/16 type', 'blackhole', 'prohibit']],
  ],
  [
    { to: 'default', nexthops: [{ via: '10.0.0.2' }, { via: '10.0.0.3' }] },
    printed([SEVERAL]),
    [
      [
        'route default',
        'via 10.0.0.2 dev eth0 weight 2, via 10.0.0.3 dev eth0 onlink',
        'via 10.0.0.2, via 10.0.0.3',
      ],
    ],
  ],
  // The kernel asks the first one only: others beside it are drift, but those it keeps itself.
  [
    { to: 'default', via: '10.0.0.3' },
    printed([VIA, { ...VIA, gateway: '10.0.0.3' }]),
    [['route default', 'default via 10.0.0.2 dev eth0 scope global proto boot', null]],
  ],
  [{ to: '10.0.0.0/24', dev: 'eth0' }, printed([CONNECTED, { ...CONNECTED, dev: 'eth1' }]), []],
  // Deleted.
  [
    { to: 'default', state: 'absent' },
    printed([VIA, { ...VIA, metric: 100 }]),
    [
      ['route default', 'default via 10.0.0.2 dev eth0 scope global proto boot', null],
      ['route default', 'default via 10.0.0.2 dev eth0 metric 100 scope global proto boot', null],
    ],
  ],
  [
    { to: '192.168.100.3', state: 'absent', dev: 't' },
    printed([HOST]),
    [['route 192.168.100.3', '192.168.100.3 dev t scope link proto boot', null]],
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${is.slice(0, 100)}`, () => {
    const plan = planOf(route, raw as never, is)
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), expected)
  })
}

plans('asks for that destination in that table only', () => {
  const probeOf = (raw: object) =>
    batchedProbesOf(route.probe!(readArguments(route, { ...raw }).args as never, RUN))
      .map(({ script, items }) => script(items))
      .join('\n')
  assert.match(
    probeOf({ to: '10.0.0.1/32', dev: 'e' }),
    /^ip -j -d -4 route show table main exact 10.0.0.1 2>&1/,
  )
  assert.match(probeOf({ to: 'default', via: 'fd00::1' }), /^ip -j -d -6 route show table main exact default/)
  assert.match(probeOf({ to: 'fd00::/64', dev: 'e', table: 7 }), /-6 route show table 7 exact fd00::\/64/)
  assert.match(probeOf({ to: '10.0.0.1', dev: 'lo', type: 'local' }), /table local exact/)
  assert.match(probeOf({ to: 'default', dev: 'e', netns: 'q' }), /^ip -n q -j/)
})

plans('an unknown table is a sentence of ip', () => {
  const said = complained('Error: argument "foo" is wrong: table id value is invalid', 255)
  assert.throws(
    () => planOf(route, { to: 'default', dev: 'e', table: 'foo' }, said),
    /table id value is invalid/,
  )
})

plans.run()

const commands = suite('route: commands')

for (const [raw, is, expected] of [
  [{ to: 'default', dev: 't', table: 100 }, NO_TABLE, ['ip -4 route add default dev t table 100']],
  // The way is the same: what else the route has stays.
  [
    { to: 'default', via: '10.0.0.2', mtu: 1300 },
    printed([FULL]),
    [
      'ip -4 route replace default via 10.0.0.2 dev eth0 onlink src 10.0.0.1 scope global proto static mtu 1300 advmss 1300',
    ],
  ],
  [{ to: 'default', via: '10.0.0.3' }, printed([FULL]), ['ip -4 route replace default via 10.0.0.3']],
  [
    { to: 'default', state: 'absent' },
    printed([SEVERAL]),
    [
      'ip -4 route delete default scope global proto boot nexthop via 10.0.0.2 dev eth0 weight 2 nexthop via 10.0.0.3 dev eth0 onlink',
    ],
  ],
  [
    { to: 'default', via: 'fd00::3', family: 'inet' },
    printed([]),
    ['ip -4 route add default via inet6 fd00::3'],
  ],
] as const) {
  commands(`${JSON.stringify(raw)} runs these commands`, () => {
    assert.equal(planOf(route, raw, is).actions, [{ do: 'sh', script: expected.join(' &&\n') }])
  })
}

commands.run()

const problems = suite('route: problems')

for (const [raw, expected] of [
  [{ to: '10.0.0.0/8', dev: 'e', table: 'all' }, /is not one table to ip/],
  [{ to: '10.0.0.0/8', dev: 'e', table: 'cache' }, /is not one table to ip/],
  [{ to: '10.0.0.0/8', dev: 'if2' }, /is to ip the interface of number 2/],
  [{ to: '10.0.0.0/8', dev: 'e', netns: '/proc/1/ns/net' }, /not a name of a network namespace/],
  [{ via: '10.0.0.1' }, /missing required arguments: to/],
  [{ to: 'defualt', dev: 'e' }, /to: "defualt" is not an IPv4 or IPv6 address/],
  [{ to: '10.0.0.1/24', dev: 'e' }, /is an address in a network, not a network; it lies in 10.0.0.0\/24/],
  [{ to: 'fd00::1/64', dev: 'e' }, /it lies in fd00::\/64/],
  [{ to: '10.0.0.0/33', dev: 'e' }, /prefix length out of range/],
  [{ to: 'default', via: '' }, /via: "" is not an IPv4 or IPv6 address/],
  [{ to: 'default', via: '10.0.0' }, /via: "10.0.0" is no/],
  [{ to: 'default', dev: 'much-too-long-name' }, /too long for an interface/],
  [{ to: 'default', dev: 'e', src: 'x' }, /src: "x" is no/],
  [{ to: 'default', dev: 'e', metric: -1 }, /metric: -1 is out of range/],
  [{ to: 'default', dev: 'e', mtu: -1 }, /mtu: -1 is out of range/],
  [{ to: 'default', dev: 'e', advmss: 70000 }, /advmss: 70000 is out of range/],
  [{ to: 'default' }, /a route needs a way/],
  [{ to: 'default', type: 'blackhole', dev: 'e' }, /leads nowhere/],
  [{ to: 'default', type: 'balckhole' }, /did you mean "blackhole"/],
  [{ to: 'default', via: '10.0.0.1', onlink: true }, /takes both "via" and "dev"/],
  [{ to: 'default', via: '10.0.0.1', nexthops: [{ dev: 'e' }] }, /"nexthops" takes the place/],
  [{ to: 'default', via: '10.0.0.1', nhid: 1 }, /"nhid" takes the place/],
  [{ to: 'default', nhid: -1 }, /nhid: -1 is out of range/],
  [{ to: 'default', nexthops: [] }, /the list is empty/],
  [{ to: 'default', nexthops: ['10.0.0.1'] }, /each is a map/],
  [{ to: 'default', nexthops: [{ weight: 1 }] }, /each needs "via" or "dev"/],
  [{ to: 'default', nexthops: [{ dev: 'e', weight: 0 }] }, /weight: 0 is not a number from 1 to 256/],
  [{ to: 'default', nexthops: [{ dev: 'e', wieght: 2 }] }, /"wieght" is none of/],
  [{ to: 'fd00::/64', via: '10.0.0.1' }, /is an IPv4 address, and the route is one of IPv6/],
  [{ to: '10.0.0.0/8', family: 'inet6', dev: 'e' }, /is not of the family inet6/],
  [{ to: 'fd00::/64', dev: 'e', scope: 'link' }, /IPv6 routes have none/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(route, raw as never).join('\n'), expected),
  )
}

problems('right arguments have none', () => {
  assert.equal(problemsOf(route, { to: 'default', state: 'absent' }), [])
  assert.equal(problemsOf(route, { dst: '10.0.0.1', gateway: '10.0.0.2', protocol: 'static', metric: 0 }), [])
})

problems.run()
