import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ethtool } from '../../../src/modules/network/ethtool/index.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

const list = (name: string, said: string, code = 0) => `list ${name}\n${said}\n\nexit ${code}\n`

const FEATURES = list(
  'features',
  `Features for eth0:
rx-checksumming: on
tx-checksumming: on
\ttx-checksum-ipv4: off [fixed]
tcp-segmentation-offload: on
\ttx-tcp-mangleid-segmentation: off
generic-receive-offload: off
large-receive-offload: off [requested on]
rx-vlan-offload: on [fixed]
tx-udp_tnl-segmentation: on`,
)
const RING = list(
  'ring',
  `Ring parameters for eth0:
Pre-set maximums:
RX:\t\t4096
RX Mini:\tn/a
RX Jumbo:\tn/a
TX:\t\t4096
Current hardware settings:
RX:\t\t256
RX Mini:\tn/a
RX Jumbo:\tn/a
TX:\t\t512
RX Buf Len:\t\tn/a
TX Push:\toff`,
)
// As older versions print it.
const OLD_RING = list(
  'ring',
  'Ring parameters for eth0:\nPre-set maximums:\nRX:\t\t1024\nTX:\t\t1024\nCurrent hardware settings:\nRX:\t\t256\nTX:\t\t256\n',
)
const CHANNELS = list(
  'channels',
  `Channel parameters for eth0:
Pre-set maximums:
RX:\t\tn/a
TX:\t\tn/a
Other:\t\t1
Combined:\t8
Current hardware settings:
RX:\t\tn/a
TX:\t\tn/a
Other:\t\t1
Combined:\t4`,
)
const COALESCE = list(
  'coalesce',
  `Coalesce parameters for eth0:
Adaptive RX: on  TX: off
stats-block-usecs:\tn/a
sample-interval:\tn/a

rx-usecs:\t3
rx-frames:\tn/a

tx-usecs:\t0

CQE mode RX: n/a  TX: n/a`,
)
const PAUSE = list(
  'pause',
  'Pause parameters for eth0:\nAutonegotiate:\ton\nRX:\t\toff\nTX:\t\toff\nRX negotiated: on\nTX negotiated: on',
)
const FLAGS = list('private_flags', 'Private flags for eth0:\nlegacy-rx        : off\nLinkPolling      : on')
const SETTINGS = list(
  'settings',
  `Settings for eth0:
\tSupported link modes:   10baseT/Half 10baseT/Full
\t                        1000baseT/Full
\tSpeed: 1000Mb/s
\tDuplex: Full
\tAuto-negotiation: on
\tSupports Wake-on: pumbg
\tWake-on: ug
\tLink detected: yes`,
)
const DOWN = list(
  'settings',
  'Settings for eth0:\n\tSpeed: Unknown!\n\tDuplex: Unknown! (255)\n\tAuto-negotiation: off\n\tLink detected: no',
  75,
)

const plans = suite('ethtool: plan')

for (const [raw, is, changes, command] of [
  // In sync.
  [{ features: { tso: true, gro: 'off', 'tx-checksum-ipv4': false } }, FEATURES, [], undefined],
  [{ features: { rx: 'on', 'tx-udp_tnl-segmentation': 'on' } }, FEATURES, [], undefined],
  [{ ring: { rx: 256, tx: 512 } }, RING, [], undefined],
  [{ coalesce: { adaptive_rx: true, 'adaptive-tx': 'off', rx_usecs: 3 } }, COALESCE, [], undefined],
  [{ pause: { autoneg: true, rx: false } }, PAUSE, [], undefined],
  [{ private_flags: { LinkPolling: true } }, FLAGS, [], undefined],
  [{ autoneg: true, wol: 'gu' }, SETTINGS, [], undefined],
  [
    { autoneg: false, wol: 'g' },
    [SETTINGS.replace('negotiation: on', 'negotiation: off').replace(': ug', ': g')],
    [],
    undefined,
  ],
  // Set, all that differs of a list at once.
  [
    { features: { tso: false, gro: true, rx: true } },
    FEATURES,
    [
      ['features tcp-segmentation-offload of eth0', 'on', 'off'],
      ['features generic-receive-offload of eth0', 'off', 'on'],
    ],
    'ethtool -K eth0 tcp-segmentation-offload off generic-receive-offload on',
  ],
  [
    { ring: { rx: 4096 }, netns: 'a' },
    RING,
    [['ring rx of eth0', '256', '4096']],
    'ip netns exec a ethtool -G eth0 rx 4096',
  ],
  [{ ring: { tx: 1024 } }, OLD_RING, [['ring tx of eth0', '256', '1024']], 'ethtool -G eth0 tx 1024'],
  [
    { channels: { combined: 8 } },
    CHANNELS,
    [['channels combined of eth0', '4', '8']],
    'ethtool -L eth0 combined 8',
  ],
  [
    { coalesce: { adaptive_rx: false, rx_usecs: 50 } },
    COALESCE,
    [
      ['coalesce adaptive_rx of eth0', 'on', 'off'],
      ['coalesce rx_usecs of eth0', '3', '50'],
    ],
    'ethtool -C eth0 adaptive-rx off rx-usecs 50',
  ],
  [
    { pause: { autoneg: false, tx: true } },
    PAUSE,
    [
      ['pause autoneg of eth0', 'on', 'off'],
      ['pause tx of eth0', 'off', 'on'],
    ],
    'ethtool -A eth0 autoneg off tx on',
  ],
  [
    { private_flags: { 'legacy-rx': true } },
    FLAGS,
    [['private_flags legacy-rx of eth0', 'off', 'on']],
    'ethtool --set-priv-flags eth0 legacy-rx on',
  ],
  [
    { speed: 100, duplex: 'half', autoneg: false, wol: 'd' },
    SETTINGS,
    [
      ['speed of eth0', '1000', '100'],
      ['duplex of eth0', 'full', 'half'],
      ['autoneg of eth0', 'on', 'off'],
      ['wol of eth0', 'gu', 'd'],
    ],
    'ethtool -s eth0 speed 100 duplex half autoneg off wol d',
  ],
  // Several lists, queues first.
  [
    { ring: { rx: 128 }, channels: { combined: 2 } },
    [CHANNELS + RING],
    [
      ['channels combined of eth0', '4', '2'],
      ['ring rx of eth0', '256', '128'],
    ],
    'ethtool -L eth0 combined 2 &&\nethtool -G eth0 rx 128',
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs`, () => {
    const plan = planOf(ethtool, { dev: 'eth0', ...raw }, is)
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), changes)
    assert.equal(
      plan.actions?.map((action) => (action.do === 'sh' ? action.script : '')),
      command === undefined ? undefined : [command],
    )
  })
}

const NO_DEVICE = list(
  'features',
  'netlink error: no device matches name (offset 24)\nnetlink error: No such device',
  1,
)

for (const [raw, is, expected] of [
  [{ features: { 'tx-checksum-ipv4': true } }, FEATURES, /tx-checksum-ipv4 of eth0 is fixed to off/],
  [
    { features: { 'rx-vlan-ofload': true } },
    FEATURES,
    /eth0 has no rx-vlan-ofload .*did you mean "rx-vlan-offload"/,
  ],
  [{ features: { tso: true } }, NO_DEVICE, /there is no interface eth0/],
  [
    { ring: { rx: 1 } },
    list('ring', 'netlink error: Operation not supported', 1),
    /eth0 has no ring sizes, or its driver does not tell them: Operation not supported/,
  ],
  [{ ring: { rx: 8192 } }, RING, /ring rx: 8192 is more than eth0 can have: 4096/],
  [{ ring: { rx_mini: 8 } }, RING, /eth0 has no rx_mini among its ring sizes/],
  [{ speed: 100 }, SETTINGS, /eth0 negotiates its speed: to set it, say autoneg: false too/],
  [{ speed: 100 }, DOWN, /the speed of eth0 is not known while it has no link/],
] as const) {
  plans(`${JSON.stringify(raw)} fails with a sentence`, () =>
    assert.match(planOf(ethtool, { dev: 'eth0', ...raw }, is).failed!, expected),
  )
}

plans('a feature that is asked for and stays as it is is told of, and is no change', () => {
  const plan = planOf(ethtool, { dev: 'eth0', features: { lro: true } }, FEATURES)
  assert.equal(plan.changes, [])
  assert.match(plan.warnings!.join(), /large-receive-offload of eth0 stays off though it is asked to be on/)
})

plans('under check an earlier task may make the interface', () => {
  const plan = planOf(ethtool, { dev: 'eth0', features: { tso: false } }, NO_DEVICE, CHECK)
  assert.equal(rows(plan), [['features tcp-segmentation-offload of eth0', null, 'off']])
})

plans('a host without ethtool says how to get it', () => {
  const missing = list('features', 'sh: 1: ethtool: not found', 127)
  assert.throws(() => planOf(ethtool, { dev: 'eth0', features: { tso: true } }, missing), /install ethtool/)
})

plans.run()

const problems = suite('ethtool: problems')

for (const [raw, expected] of [
  [{ features: { tso: true } }, /missing required arguments: dev/],
  [{ dev: 'eth0' }, /needs something to set/],
  [{ dev: '-K/', features: { tso: true } }, /no spaces, slashes/],
  [{ dev: 'eth0', features: { '-K': true } }, /"-K" is not a name/],
  [{ dev: 'eth0', features: { tso: 'maybe' } }, /features: tso: "maybe" is neither on nor off/],
  [{ dev: 'eth0', ring: { rxx: 1 } }, /ring: "rxx" is none of rx, rx_mini/],
  [{ dev: 'eth0', channels: { rx: 'many' } }, /channels: rx: "many" is not a number/],
  [{ dev: 'eth0', coalesce: { adaptive_rx: 3 } }, /is neither on nor off/],
  [{ dev: 'eth0', private_flags: { '-a b': true } }, /is not a name/],
  [{ dev: 'eth0', speed: 0 }, /speed: 0 is out of range/],
  [{ dev: 'eth0', speed: 10, autoneg: true }, /what is negotiated cannot be set/],
  [{ dev: 'eth0', wol: 'x' }, /wol: "x" is no letters/],
  [{ dev: 'eth0', wol: 'gd' }, /d is nothing/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(ethtool, raw).join('\n'), expected),
  )
}

problems.run()
