import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { address } from '../../../src/modules/network/address/index.ts'
import { complained, printed } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

const FOREVER = { valid_life_time: 4294967295, preferred_life_time: 4294967295 }
const ONE = {
  ...{ family: 'inet', local: '10.0.0.1', prefixlen: 24, broadcast: '10.0.0.255', scope: 'global' },
  ...{ label: 'eth0', ...FOREVER },
}
const TWO = {
  ...{ family: 'inet', local: '10.0.0.2', prefixlen: 24, scope: 'global', secondary: true, label: 'eth0:2' },
  ...FOREVER,
}
const PEER = {
  ...{ family: 'inet', local: '10.1.0.1', address: '10.1.0.2', prefixlen: 32, scope: 'global' },
  ...{ noprefixroute: true, label: 'eth0', valid_life_time: 500, preferred_life_time: 100 },
}
const SIX = { family: 'inet6', local: 'fd00::1', prefixlen: 64, scope: 'global', nodad: true, ...FOREVER }
const LINK_LOCAL = { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link', ...FOREVER }
const HOST = { family: 'inet', local: '10.9.9.9', prefixlen: 32, scope: 'host', label: 'eth0', ...FOREVER }

const found = (...addr_info: object[]) => printed([{ ifname: 'eth0', addr_info }])
const NO_DEVICE = complained('Device "eth0" does not exist.')

const plans = suite('address: plan')

for (const [raw, is, expected] of [
  // Absent.
  [{ address: '10.0.0.1/24' }, found(), [['address 10.0.0.1/24', null, '10.0.0.1/24']]],
  [{ address: '10.0.0.1/24' }, NO_DEVICE, [['address 10.0.0.1/24', null, '10.0.0.1/24']]],
  [
    { address: '10.0.0.1/24', broadcast: '+', label: 'eth0:1', scope: 'link', preferred_lft: 0 },
    found(),
    [
      [
        'address 10.0.0.1/24',
        null,
        '10.0.0.1/24 broadcast 10.0.0.255 label eth0:1 scope link valid_lft forever preferred_lft 0',
      ],
    ],
  ],
  [
    { address: '10.1.0.1', peer: '10.1.0.2' },
    found(),
    [['address 10.1.0.1', null, '10.1.0.1 peer 10.1.0.2/32']],
  ],
  [{ address: 'fd00:0::1/64' }, found(LINK_LOCAL), [['address fd00::1/64', null, 'fd00::1/64']]],
  [{ address: '10.0.0.1/24', state: 'absent' }, found(TWO, SIX), []],
  [{ address: '10.0.0.1/24', state: 'absent' }, NO_DEVICE, []],
  [{ address: '10.0.0.1/16', state: 'absent' }, found(ONE), []],
  [{ address: '10.1.0.1', state: 'absent', peer: '10.1.0.9' }, found(PEER), []],
  // In sync; what was not asked for is left alone.
  [{ address: '10.0.0.1/24' }, found(ONE, TWO), []],
  [
    { address: '10.0.0.1/24', broadcast: '+', scope: 0, label: '', peer: '', noprefixroute: false },
    found(ONE),
    [],
  ],
  [{ address: '10.0.0.2/24', broadcast: '' }, found(ONE, TWO), []],
  [{ address: '10.1.0.1', peer: '10.1.0.2/32', noprefixroute: true }, found(PEER), []],
  [{ address: '10.1.0.1', valid_lft: 1000, preferred_lft: 100 }, found(PEER), []],
  [{ address: 'fd00:0:0::0001/64', valid_lft: 'forever' }, found(SIX), []],
  [{ address: 'FD00::1/64', exclusive: true }, found(ONE, SIX, LINK_LOCAL), []],
  // Every attribute drifted.
  [{ address: '10.0.0.1/25' }, found(ONE), [['address 10.0.0.1/25', null, '10.0.0.1/25']]],
  [{ address: '10.0.0.1' }, found(ONE), [['address 10.0.0.1', null, '10.0.0.1/32']]],
  [{ address: 'fd00::1/48' }, found(SIX), [['address fd00::1/64', 'fd00::1/64', 'fd00::1/48']]],
  [
    { address: '10.0.0.1/24', broadcast: '' },
    found(ONE),
    [['address 10.0.0.1/24 broadcast', '10.0.0.255', '']],
  ],
  [
    { address: '10.0.0.2/24', broadcast: '+' },
    found(TWO),
    [['address 10.0.0.2/24 broadcast', '', '10.0.0.255']],
  ],
  [{ address: '10.0.0.2/24', label: '' }, found(TWO), [['address 10.0.0.2/24 label', 'eth0:2', 'eth0']]],
  [{ address: '10.0.0.1/24', scope: 253 }, found(ONE), [['address 10.0.0.1/24 scope', 'global', 'link']]],
  [
    { address: '10.0.0.1/24', noprefixroute: true },
    found(ONE),
    [['address 10.0.0.1/24 noprefixroute', false, true]],
  ],
  [{ address: '10.1.0.1', peer: '' }, found(PEER), [['address 10.1.0.1', null, '10.1.0.1/32']]],
  [{ address: '10.0.0.1/24', peer: '10.0.0.7' }, found(ONE), [['address 10.0.0.1/24 peer', '', '10.0.0.7']]],
  [
    { address: '10.1.0.1', peer: '10.1.0.3' },
    found(PEER),
    [['address 10.1.0.1', null, '10.1.0.1 peer 10.1.0.3/32']],
  ],
  [
    { address: '10.0.0.1/24', preferred_lft: 0 },
    found(ONE),
    [['address 10.0.0.1/24 preferred_lft', 'forever', 0]],
  ],
  [{ address: '10.1.0.1', valid_lft: 499 }, found(PEER), [['address 10.1.0.1 valid_lft', 500, 499]]],
  [
    { address: '10.1.0.1', valid_lft: 'forever' },
    found(PEER),
    [['address 10.1.0.1 valid_lft', 500, 'forever']],
  ],
  // Exclusive: other global addresses of the family go, and nothing else.
  [
    { address: '10.0.0.2/24', exclusive: true },
    found(ONE, TWO, HOST, SIX),
    [['address 10.0.0.1/24', '10.0.0.1/24 broadcast 10.0.0.255 scope global', null]],
  ],
  [
    { address: 'fd00::2/64', exclusive: true },
    found(ONE, SIX, LINK_LOCAL),
    [
      ['address fd00::2/64', null, 'fd00::2/64'],
      ['address fd00::1/64', 'fd00::1/64', null],
    ],
  ],
  // Deleted.
  [
    { address: '10.0.0.2', state: 'absent' },
    found(ONE, TWO),
    [['address 10.0.0.2/24', '10.0.0.2/24 label eth0:2 scope global', null]],
  ],
] as const) {
  plans(
    `${JSON.stringify(raw)} plans just what differs from ${is.match(/"local":"[^"]*/g) ?? 'nothing'}`,
    () => {
      const plan = planOf(address, { dev: 'eth0', ...raw }, is)
      assert.is(plan.failed, undefined)
      assert.equal(rows(plan), expected)
    },
  )
}

plans('the result lists what was found', () => {
  const plan = planOf(address, { dev: 'eth0', address: '10.0.0.3/24' }, found(ONE, SIX))
  assert.equal(plan.result, { addresses: [ONE, SIX] })
})

plans.run()

const commands = suite('address: commands')

for (const [raw, is, expected] of [
  // A lifetime changes in place; the other lifetime is said too, since ip would reset it.
  [
    { address: '10.1.0.1', valid_lft: 90 },
    found(PEER),
    [
      'ip address change 10.1.0.1 peer 10.1.0.2/32 scope global noprefixroute valid_lft 90 preferred_lft 90 dev eth0',
    ],
  ],
  // The old address comes back if the new one is refused, and what the kernel takes along is given back.
  [
    { address: '10.0.0.1/24', broadcast: '' },
    found(ONE, TWO),
    [
      'ip address delete 10.0.0.1/24 dev eth0',
      '{ ip address add 10.0.0.1/24 scope global dev eth0 || { ip address add 10.0.0.1/24 broadcast 10.0.0.255 scope global dev eth0; false; }; }',
      'ip address replace 10.0.0.2/24 label eth0:2 scope global dev eth0',
    ],
  ],
  [
    { address: '10.0.0.1/24', state: 'absent', netns: 'q' },
    found(ONE, TWO),
    [
      'ip -n q address delete 10.0.0.1/24 dev eth0',
      'ip -n q address replace 10.0.0.2/24 label eth0:2 scope global dev eth0',
    ],
  ],
  [
    { address: '10.0.0.2/24', exclusive: true },
    found(ONE, TWO),
    [
      'ip address delete 10.0.0.1/24 dev eth0',
      'ip address replace 10.0.0.2/24 label eth0:2 scope global dev eth0',
    ],
  ],
] as const) {
  commands(`${JSON.stringify(raw)} runs these commands`, () => {
    assert.equal(planOf(address, { dev: 'eth0', ...raw }, is).actions, [
      { do: 'sh', script: expected.join(' &&\n') },
    ])
  })
}

commands.run()

const problems = suite('address: problems')

for (const [raw, expected] of [
  [{ dev: 'eth0' }, /missing required arguments: address/],
  [{ address: '10.0.0.1/24' }, /missing required arguments: dev/],
  [{ dev: 'eth0', address: '10.0.0.256/24' }, /"10.0.0.256\/24" is not an IPv4 or IPv6 address/],
  [{ dev: 'eth0', address: '10.0.0.1/33' }, /prefix length out of range: write 10.0.0.1\/0 to 10.0.0.1\/32/],
  [{ dev: 'eth0', address: 'fd00::1/129' }, /prefix length out of range/],
  [{ dev: 'eth0', address: 'fd00:::1' }, /is not an IPv4 or IPv6 address/],
  [{ dev: 'eth0', address: '0.0.0.0' }, /0.0.0.0 stands for "no address"/],
  [{ dev: 'not an interface', address: '10.0.0.1' }, /dev: "not an interface" is too long/],
  [{ dev: 'e/0', address: '10.0.0.1' }, /no spaces, slashes or colons/],
  [{ dev: 'eth0', address: '10.0.0.1', peer: 'x' }, /peer: "x" is no/],
  [{ dev: 'eth0', address: '10.0.0.1', peer: 'fd00::1' }, /of two families/],
  [{ dev: 'eth0', address: '10.0.0.1', broadcast: 'x' }, /broadcast: "x" is no/],
  [{ dev: 'eth0', address: 'fd00::1', broadcast: '+' }, /only an IPv4 address has a broadcast/],
  [{ dev: 'eth0', address: 'fd00::1', label: 'eth0' }, /only an IPv4 address has a label/],
  [{ dev: 'eth0', address: 'fd00::1', scope: 'link' }, /only an IPv4 address has a scope/],
  [{ dev: 'eth0', address: '10.0.0.1', label: 'lan' }, /label: "lan" must be "eth0", or begin with "eth0:"/],
  [{ dev: 'eth0', address: '10.0.0.1', label: 'eth0:0123456789a' }, /too long/],
  [{ dev: 'eth0', address: '10.0.0.1', valid_lft: 0 }, /say state: absent/],
  [{ dev: 'eth0', address: '10.0.0.1', valid_lft: '5m' }, /neither a number of seconds nor forever/],
  [{ dev: 'eth0', address: '10.0.0.1', valid_lft: 5, preferred_lft: 6 }, /longer than valid_lft/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(address, raw).join('\n'), expected),
  )
}

problems.run()
