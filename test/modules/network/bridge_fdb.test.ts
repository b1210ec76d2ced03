import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bridge_fdb } from '../../../src/modules/network/bridge_fdb.ts'
import { complained, printed } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

// As bridge 6.1 prints them.
const FOUND = printed([
  { mac: '02:00:00:00:00:08', flags: [], master: 'br0', state: 'permanent' },
  { mac: '02:00:00:00:00:07', flags: [], master: 'br0', state: 'static' },
  { mac: '02:00:00:00:00:06', vlan: 5, flags: [], master: 'br0', state: '' },
  { mac: '00:00:00:00:00:00', dst: '10.0.0.2', flags: ['self'], state: 'permanent' },
  { mac: '02:00:00:00:00:09', dst: '10.0.0.4', flags: ['self'], state: 'static' },
])
const [MAC6, MAC7, MAC8, MAC9] = [6, 7, 8, 9].map((last) => `02:00:00:00:00:0${last}`)
const ZEROS = '00:00:00:00:00:00'

const plans = suite('bridge_fdb: plan')

for (const [raw, expected, command] of [
  // In sync.
  [{ address: MAC8, master: true }, [], undefined],
  [{ address: MAC8, master: true, kind: 'local' }, [], undefined],
  [{ address: MAC6, master: true, vlan: 5, kind: 'dynamic' }, [], undefined],
  [{ address: ZEROS, dst: '10.0.0.2' }, [], undefined],
  [{ address: MAC7, state: 'absent' }, [], undefined],
  [{ address: MAC6, master: true, state: 'absent' }, [], undefined],
  // To be made, changed, deleted.
  [{ address: MAC7 }, [[`fdb ${MAC7} on d0`, null, 'local']], `bridge fdb replace ${MAC7} dev d0 self local`],
  [
    { address: MAC6, master: true, kind: 'static' },
    [[`fdb ${MAC6} on d0`, null, 'static']],
    `bridge fdb replace ${MAC6} dev d0 master static`,
  ],
  [
    { address: MAC7, master: true, kind: 'local' },
    [[`fdb ${MAC7} on d0 kind`, 'static', 'local']],
    `bridge fdb replace ${MAC7} dev d0 master local`,
  ],
  [
    { address: MAC9, kind: 'static', dst: '10.0.0.5', netns: 'q' },
    [[`fdb ${MAC9} on d0 dst`, '10.0.0.4', '10.0.0.5']],
    `bridge -n q fdb replace ${MAC9} dev d0 self static dst 10.0.0.5`,
  ],
  [
    { address: ZEROS, dst: '10.0.0.3', kind: 'static' },
    [[`fdb ${ZEROS} on d0`, null, 'static dst 10.0.0.3']],
    `bridge fdb append ${ZEROS} dev d0 self static dst 10.0.0.3`,
  ],
  [
    { address: MAC6, master: true, vlan: 5, state: 'absent' },
    [[`fdb ${MAC6} on d0`, 'dynamic', null]],
    `bridge fdb delete ${MAC6} dev d0 master vlan 5`,
  ],
  [
    { address: ZEROS, dst: '10.0.0.2', state: 'absent' },
    [[`fdb ${ZEROS} on d0`, 'local dst 10.0.0.2', null]],
    `bridge fdb delete ${ZEROS} dev d0 self dst 10.0.0.2`,
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs`, () => {
    const plan = planOf(bridge_fdb, { dev: 'd0', ...raw }, FOUND)
    assert.equal(rows(plan), expected)
    const [action] = plan.actions ?? []
    assert.is(action?.do === 'sh' ? action.script : undefined, command)
  })
}

plans('without the interface there is no entry', () => {
  const gone = complained('Cannot find device "d0"', 255)
  const plan = planOf(bridge_fdb, { dev: 'd0', address: MAC7, state: 'absent' }, gone)
  assert.equal(plan.changes, [])
})

plans.run()

const problems = suite('bridge_fdb: problems')

for (const [raw, expected] of [
  [{ address: 'x', dev: 'd0' }, /address: "x" is not an Ethernet address/],
  [{ address: MAC7, dev: 'a b' }, /no spaces/],
  [{ address: MAC7, dev: 'd0', vlan: 4095 }, /vlan: 4095 is out of range/],
  [{ address: MAC7, dev: 'd0', dst: 'x' }, /dst: "x" is not an/],
  [{ address: MAC7, dev: 'd0', dst: '10.0.0.1', master: true }, /leave out "master"/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(bridge_fdb, raw).join('\n'), expected),
  )
}

problems.run()
