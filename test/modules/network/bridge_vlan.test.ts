import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bridge_vlan } from '../../../src/modules/network/bridge_vlan.ts'
import { complained, printed } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

// As bridge 6.1 prints them.
const FOUND = printed([
  {
    ifname: 'd0',
    vlans: [
      { vlan: 1, flags: ['PVID', 'Egress Untagged'] },
      { vlan: 10, vlanEnd: 20 },
    ],
  },
])

const plans = suite('bridge_vlan: plan')

for (const [raw, expected, command] of [
  [{ vid: 1, pvid: true, untagged: true }, [], undefined],
  [{ vid: '10-20' }, [], undefined],
  [{ vid: 12 }, [], undefined],
  [{ vid: 30, state: 'absent' }, [], undefined],
  [{ vid: 30 }, [['vlan 30 on d0', null, 'tagged']], 'bridge vlan add vid 30 dev d0'],
  [
    { vid: '15-25', untagged: true, netns: 'q' },
    [['vlan 15-25 on d0', 'tagged, none', 'untagged']],
    'bridge -n q vlan add vid 15-25 dev d0 untagged',
  ],
  [{ vid: 1 }, [['vlan 1 on d0', 'pvid untagged', 'tagged']], 'bridge vlan add vid 1 dev d0'],
  [
    { vid: 10, pvid: true, untagged: true, self: true },
    [['vlan 10 on d0', 'tagged', 'pvid untagged']],
    'bridge vlan add vid 10 dev d0 pvid untagged self',
  ],
  [
    { vid: '10-20', state: 'absent' },
    [['vlan 10-20 on d0', 'tagged', null]],
    'bridge vlan delete vid 10-20 dev d0',
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs`, () => {
    const plan = planOf(bridge_vlan, { dev: 'd0', ...raw }, FOUND)
    assert.equal(rows(plan), expected)
    const [action] = plan.actions ?? []
    assert.is(action?.do === 'sh' ? action.script : undefined, command)
  })
}

plans('without the interface there is no VLAN', () => {
  const gone = complained('Cannot find device "d0"', 255)
  assert.equal(planOf(bridge_vlan, { dev: 'd0', vid: 1, state: 'absent' }, gone).changes, [])
})

plans('a kernel without VLANs of bridges says so', () => {
  const args = { dev: 'd0', vid: '5', state: 'present', pvid: false, untagged: false, self: false }
  const stderr = 'RTNETLINK answers: Operation not supported\n'
  const { failed } = bridge_vlan.interpret!(
    [{ code: 2, stdout: '', stderr, seconds: 0 }],
    args as never,
    [],
    {
      changes: [],
    },
  )
  assert.match(failed ?? '', /no port of a bridge, or this kernel was built without VLANs of bridges/)
})

plans.run()

const problems = suite('bridge_vlan: problems')

for (const [raw, expected] of [
  [{ dev: 'a b', vid: 1 }, /no spaces/],
  [{ dev: 'd0', vid: 0 }, /vid: "0" is neither/],
  [{ dev: 'd0', vid: '20-10' }, /vid: "20-10" is neither/],
  [{ dev: 'd0', vid: '1 self' }, /vid: "1 self" is neither/],
  [{ dev: 'd0', vid: '1-5', pvid: true }, /only one VLAN takes what has no tag/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(bridge_vlan, raw).join('\n'), expected),
  )
}

problems.run()
