import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bond_port } from '../../../src/modules/network/bond_port.ts'
import { complained, printed } from '../../support/ip.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

// As iproute2 6.1 prints it.
const LINK = { ifname: 'eth1', flags: ['BROADCAST', 'SLAVE', 'UP'], master: 'bond0' }
const port = (more: object) => ({
  ...LINK,
  linkinfo: {
    info_slave_kind: 'bond',
    info_slave_data: {
      ...{ state: 'BACKUP', mii_status: 'UP', link_failure_count: 0, perm_hwaddr: '02:00:00:00:00:01' },
      ...{ queue_id: 0, ...more },
    },
  },
})
const ABSENT = complained('Device "eth1" does not exist.')

const plans = suite('bond_port: plan')

for (const [raw, is, expected, said] of [
  [{}, {}, [], ''],
  [{ queue_id: 2, prio: -5 }, { queue_id: 2, prio: -5 }, [], ''],
  [
    { queue_id: 2, priority: 7 },
    { prio: 0 },
    [
      ['queue_id', 0, 2],
      ['prio', 0, 7],
    ],
    'queue_id 2 prio 7',
  ],
  // An older kernel shows none.
  [{ prio: 7 }, {}, [['prio', null, 7]], 'prio 7'],
] as const)
  plans(`${JSON.stringify(raw)} over ${JSON.stringify(is)} plans just what differs`, () => {
    const plan = planOf(bond_port, { dev: 'eth1', netns: 'lab', ...raw }, printed([port(is)]))
    assert.equal(rows(plan), expected)
    const [action] = plan.actions ?? []
    const script = action?.do === 'sh' ? action.script : undefined
    assert.is(script, said === '' ? undefined : `ip -n lab link set dev eth1 type bond_slave ${said}`)
  })

plans('what is no port fails; under check an earlier task may make it one', () => {
  const raw = { name: 'eth1', queue_id: 5 }
  const bridge = { ...LINK, linkinfo: { info_slave_kind: 'bridge', info_slave_data: {} } }
  assert.match(planOf(bond_port, raw, ABSENT).failed ?? '', /there is no link eth1/)
  assert.match(
    planOf(bond_port, raw, printed([bridge])).failed ?? '',
    /eth1 is no port of a bond: give it one/,
  )
  for (const found of [ABSENT, printed([LINK])])
    assert.equal(rows(planOf(bond_port, raw, found, CHECK)), [['queue_id', null, 5]])
})

plans('what the bond does not take is said', () => {
  const outcome = { code: 2, seconds: 0, stdout: '', stderr: 'RTNETLINK answers: Invalid argument\n' }
  const { failed } = bond_port.interpret!([outcome], {} as never, undefined, { changes: [] })
  assert.match(failed!, /Invalid argument \(the bond does not take this in its mode/)
})

plans.run()

const problems = suite('bond_port: problems')

for (const [raw, expected] of [
  [{ name: 'a b' }, /no spaces/],
  [{ name: 'a', queue_id: 65536 }, /queue_id: 65536 is out of range: 0 to 65535/],
  [{ name: 'a', prio: 2 ** 31 }, /prio: 2147483648 is out of range/],
  [{ name: 'a', netns: 'b/c' }, /netns/],
] as const)
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(bond_port, raw).join('\n'), expected),
  )

problems.run()
