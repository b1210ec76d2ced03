import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rule } from '../../../src/modules/network/rule/index.ts'
import { printed } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'
import { FULL_WANTED } from './full-rule.ts'

const LOCAL = { priority: 0, src: 'all', table: 'local', protocol: 'kernel' }
const MAIN = { priority: 32766, src: 'all', table: 'main', protocol: 'kernel' }
const DEFAULT = { priority: 32767, src: 'all', table: 'default', protocol: 'kernel' }
const MN = { priority: 100, src: '192.168.100.3', table: '100', protocol: 'unspec' }
const FULL = {
  ...{ priority: 101, not: null, src: '10.0.0.0', srclen: 24, dst: '10.2.0.0', dstlen: 16, tos: '0x10' },
  ...{ fwmark: '0x1', fwmask: '0xff', iif: 'eth0', oif: 'eth1', oif_detached: null, table: 'main' },
}
const BLACKHOLE = { priority: 102, src: 'all', fwmark: '0', fwmask: '0xff', action: 'blackhole' }
const PORT = { priority: 103, src: 'all', ipproto: 'tcp', sport: 80, table: '100' }
const SIX = { priority: 100, src: 'fd00::', srclen: 64, table: '7' }

const NAMES = 'rt_tables 255 local\nrt_tables 100 mobile\nrt_dsfield 0x28 AF11\nrt_dsfield 0x0 default\n'
const found = (...between: object[]) => printed([LOCAL, ...between, MAIN, DEFAULT], NAMES)

const plans = suite('rule: plan')

for (const [raw, is, expected] of [
  // Absent.
  [
    { priority: 100, from: '192.168.100.3/32', table: 100 },
    found(),
    [['rule 100', null, 'from 192.168.100.3 priority 100 lookup 100']],
  ],
  [
    FULL_WANTED,
    found(),
    [
      [
        'rule 101',
        null,
        'not from 10.0.0.0/24 to 10.2.0.0/16 iif eth0 oif eth1 fwmark 0x1/0xff tos 0x10 priority 101 lookup 254',
      ],
    ],
  ],
  [{ priority: 0, action: 'prohibit' }, found(), [['rule 0', null, 'from all priority 0 prohibit']]],
  [{ state: 'absent', priority: 100 }, found(FULL), []],
  [{ state: 'absent', from: '192.168.100.4', table: 100 }, found(MN), []],
  [{ state: 'absent', from: '192.168.100.3', table: 101 }, found(MN), []],
  // In sync; names and numbers of tables are the same.
  [{ priority: 100, from: '192.168.100.3', table: 100 }, found(MN), []],
  [{ priority: 100, from: '192.168.100.3/32', lookup: 'mobile' }, found(MN), []],
  [{ priority: 100, from: '192.168.100.3', table: 100 }, found({ ...MN, table: 'mobile' }), []],
  [FULL_WANTED, found(FULL), []],
  [{ priority: 102, fwmark: '0/0xff', action: 'blackhole', tos: 0, from: '0.0.0.0/0' }, found(BLACKHOLE), []],
  [{ priority: 100, from: 'fd00:0::/64', table: 7 }, found(SIX), []],
  [{ priority: 0, table: 'local' }, found(), []],
  [{ priority: 32766, table: 'main' }, found(MN), []],
  [
    { priority: 200, tos: '0x28', table: 7 },
    found({ priority: 200, src: 'all', tos: 'AF11', table: '7' }),
    [],
  ],
  // Every attribute drifted.
  [{ ...FULL_WANTED, not: false }, found(FULL), [['rule 101 not', true, false]]],
  [{ ...FULL_WANTED, from: 'all' }, found(FULL), [['rule 101 from', '10.0.0.0/24', 'all']]],
  [{ ...FULL_WANTED, to: '10.2.0.0/15' }, found(FULL), [['rule 101 to', '10.2.0.0/16', '10.2.0.0/15']]],
  [{ ...FULL_WANTED, iif: 'lo' }, found(FULL), [['rule 101 iif', 'eth0', 'lo']]],
  [{ ...FULL_WANTED, oif: 'lo' }, found(FULL), [['rule 101 oif', 'eth1', 'lo']]],
  [{ ...FULL_WANTED, fwmark: '0/0xff' }, found(FULL), [['rule 101 fwmark', '0x1/0xff', '0x0/0xff']]],
  [{ ...FULL_WANTED, fwmark: 1 }, found(FULL), [['rule 101 fwmark', '0x1/0xff', '0x1']]],
  [{ ...FULL_WANTED, tos: 0 }, found(FULL), [['rule 101 tos', 16, 0]]],
  [{ ...FULL_WANTED, table: 'mobile' }, found(FULL), [['rule 101 table', 254, 100]]],
  [
    { ...FULL_WANTED, table: undefined, action: 'unreachable' },
    found(FULL),
    [
      ['rule 101 action', 'lookup', 'unreachable'],
      ['rule 101 table', 254, 0],
    ],
  ],
  // The same rule in another place is moved, and duplicates go; the kernel's own stay.
  [
    { priority: 50, from: '192.168.100.3', table: 100 },
    found(MN),
    [['rule from 192.168.100.3 lookup 100 priority', 100, 50]],
  ],
  [
    { priority: 100, from: '192.168.100.3', table: 100 },
    found({ ...MN, priority: 98 }, MN, MN),
    [
      ['rule 100', 'from 192.168.100.3 priority 100 lookup 100', null],
      ['rule 98', 'from 192.168.100.3 priority 98 lookup 100', null],
    ],
  ],
  [{ priority: 200, table: 'main' }, found(), [['rule 200', null, 'from all priority 200 lookup 254']]],
  [
    { priority: 200, table: 'main' },
    printed([{ priority: 32766, src: 'all', table: 'main' }]),
    [['rule 200', null, 'from all priority 200 lookup 254']],
  ],
  // Others of the same priority.
  [
    { priority: 100, from: '192.168.100.3', table: 100 },
    found(MN, { ...MN, src: '192.168.100.4' }),
    [['rule 100', 'from 192.168.100.4 priority 100 lookup 100', null]],
  ],
  [
    { priority: 100, from: '192.168.100.3', table: 100, exclusive: false },
    found(MN, { ...MN, src: '192.168.100.4' }),
    [],
  ],
  [
    { priority: 103, table: 100 },
    found(PORT),
    [
      ['rule 103', 'from all priority 103 lookup 100 {"ipproto":"tcp","sport":80}', null],
      ['rule 103', null, 'from all priority 103 lookup 100'],
    ],
  ],
  // Deleted; the kernel's own only by their priority.
  [
    { state: 'absent', from: '192.168.100.3' },
    found(MN, { ...MN, priority: 300 }),
    [
      ['rule 100', 'from 192.168.100.3 priority 100 lookup 100', null],
      ['rule 300', 'from 192.168.100.3 priority 300 lookup 100', null],
    ],
  ],
  [{ state: 'absent', table: 'main' }, found(), []],
  [
    { state: 'absent', priority: 32767 },
    found(),
    [['rule 32767', 'from all priority 32767 lookup 253', null]],
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${is.slice(0, 160)}`, () => {
    const plan = planOf(rule, raw, is)
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), expected)
  })
}

for (const [raw, is, expected] of [
  [{ priority: 1, table: 'nosuch' }, found(), /the host knows no routing table "nosuch"; give its number/],
  [
    { state: 'absent', priority: 100, from: 'all' },
    found(MN, { ...MN, src: 'all' }),
    /would delete "from 192.168.100.3 priority 100 lookup 100" instead/,
  ],
  [{ priority: 100, table: 100, exclusive: false }, found(MN), /give it another priority/],
] as const) {
  plans(`${JSON.stringify(raw)} fails`, () => {
    const plan = planOf(rule, raw, is)
    assert.match(plan.failed ?? '', expected)
    assert.equal(plan.changes, [])
  })
}

plans.run()

const commands = suite('rule: commands')

for (const [raw, is, expected] of [
  // The new rule comes before the old one goes, so that packets are never without.
  [
    { priority: 100, from: '192.168.100.3', table: 101 },
    found(MN),
    [
      'ip -4 rule add from 192.168.100.3 priority 100 lookup 101',
      'ip -4 rule delete from 192.168.100.3 priority 100 lookup 100',
    ],
  ],
  // Unless the kernel would take it for the old one.
  [
    { priority: 100, from: 'all', table: 100 },
    found(MN),
    [
      'ip -4 rule delete from 192.168.100.3 priority 100 lookup 100',
      'ip -4 rule add from all priority 100 lookup 100',
    ],
  ],
  [
    { priority: 100, from: 'fd00::/64', action: 'blackhole', netns: 'q' },
    printed([]),
    ['ip -n q -6 rule add from fd00::/64 priority 100 blackhole'],
  ],
] as const) {
  commands(`${JSON.stringify(raw)} runs these commands`, () => {
    assert.equal(planOf(rule, raw, is).actions, [{ do: 'sh', script: expected.join(' &&\n') }])
  })
}

commands.run()

const problems = suite('rule: problems')

for (const [raw, expected] of [
  [{ from: '10.0.0.1', table: 5 }, /rule needs "priority": without one.*adds the rule again/],
  [{ priority: -1, table: 5 }, /priority: -1 is out of range/],
  [{ priority: 1, from: '10.0.0.1' }, /rule needs "table", or an "action"/],
  [{ priority: 1, table: 5, action: 'prohibit' }, /looks in no table/],
  [{ priority: 1, table: 5, from: '10.0.0.1/24' }, /it lies in 10.0.0.0\/24/],
  [{ priority: 1, table: 5, to: 'nowhere' }, /to: "nowhere" is not an IPv4 or IPv6 address/],
  [
    { priority: 1, table: 5, from: '10.0.0.1', to: 'fd00::1' },
    /to: "fd00::1" is not of the family of this rule, inet/,
  ],
  [{ priority: 1, table: 5, iif: 'eth 0' }, /iif: "eth 0" is not a name/],
  [{ priority: 1, table: 5, fwmark: 0 }, /0 without a mask for "any mark"/],
  [{ priority: 1, table: 5, fwmark: '1/2/3' }, /is not a mark/],
  [{ priority: 1, table: 5, fwmark: '0x1ffffffff' }, /is not a mark/],
  [{ priority: 1, table: 5, tos: 256 }, /tos: "256" is not a number/],
  [{ state: 'absent' }, /say which rule shall go/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(rule, raw).join('\n'), expected),
  )
}

problems.run()
