import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bridge_port } from '../../../src/modules/network/bridge_port.ts'
import { complained, printed } from '../../support/ip.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

// As iproute2 6.1 prints it.
const DATA = {
  ...{ state: 'disabled', priority: 32, cost: 2, hairpin: false, guard: false, root_block: false },
  ...{ fastleave: false, learning: true, flood: true, id: '0x8001', no: '0x1', proxy_arp: false },
  ...{ proxy_arp_wifi: false, multicast_router: 1, mcast_flood: true, bcast_flood: true },
  ...{ mcast_to_unicast: false, neigh_suppress: false, group_fwd_mask: '0x8', group_fwd_mask_str: '0x8' },
  ...{ vlan_tunnel: false, isolated: false, locked: false, backup_port: 'd1' },
}
const LINK = { ifname: 'd0', flags: ['BROADCAST'], master: 'br0' }
const PORT = {
  ...LINK,
  linkinfo: { info_kind: 'veth', info_slave_kind: 'bridge', info_slave_data: DATA },
}
const ABSENT = complained('Device "d0" does not exist.')

const plans = suite('bridge_port: plan')

for (const [raw, expected, said] of [
  [{}, [], ''],
  [{ cost: 2, learning: true, mcast_router: 1, group_fwd_mask: 8, backup_port: 'd1' }, [], ''],
  [
    { cost: 5, hairpin: true, flood: false, mcast_router: 2, backup_port: '' },
    [
      ['cost', 2, 5],
      ['hairpin', false, true],
      ['flood', true, false],
      ['mcast_router', 1, 2],
      ['backup_port', 'd1', ''],
    ],
    'cost 5 hairpin on flood off mcast_router 2 nobackup_port',
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs`, () => {
    const plan = planOf(bridge_port, { name: 'd0', ...raw }, printed([PORT]))
    assert.equal(rows(plan), expected)
    const [action] = plan.actions ?? []
    const script = action?.do === 'sh' ? action.script : undefined
    assert.is(script, said === '' ? undefined : `ip link set dev d0 type bridge_slave ${said}`)
  })
}

plans('what is no port fails; under check an earlier task may make it one', () => {
  const raw = { name: 'd0', cost: 5 }
  assert.match(planOf(bridge_port, raw, ABSENT).failed ?? '', /there is no link d0/)
  assert.match(planOf(bridge_port, raw, printed([LINK])).failed ?? '', /d0 is no port of a bridge/)
  for (const found of [ABSENT, printed([LINK])])
    assert.equal(rows(planOf(bridge_port, raw, found, CHECK)), [['cost', null, 5]])
})

plans.run()

const problems = suite('bridge_port: problems')

for (const [raw, expected] of [
  [{ name: 'a b' }, /no spaces/],
  [{ name: 'd0', cost: 0 }, /cost: 0 is out of range: 1 to 65535/],
  [{ name: 'd0', priority: 64 }, /priority: 64 is out of range: 0 to 63/],
  [{ name: 'd0', backup_port: 'a/b' }, /backup_port/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(bridge_port, raw).join('\n'), expected),
  )
}

problems.run()
