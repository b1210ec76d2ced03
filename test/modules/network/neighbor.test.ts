import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { neighbor } from '../../../src/modules/network/neighbor.ts'
import { complained, printed } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

const MAC = '02:00:00:00:00:0a'
const PERMANENT = { dst: '10.0.0.20', lladdr: MAC, state: ['PERMANENT'] }
const STALE = { dst: '10.0.0.20', lladdr: MAC, state: ['STALE'] }
const FAILED = { dst: '10.0.0.20', state: ['FAILED'] }
const SIX = { dst: 'fd00::20', lladdr: MAC, router: null, state: ['PERMANENT'] }
// Filtered by device, ip leaves the device out.
const PROXY = { dst: '10.0.0.20', proxy: null }
const PROXY6 = { dst: 'fd00::20', proxy: null }
const NO_DEVICE = complained('Cannot find device "eth0"')

const plans = suite('neighbor: plan')

for (const [raw, is, expected] of [
  // Absent.
  [{ lladdr: MAC }, printed([]), [['neighbor 10.0.0.20 on eth0', null, `${MAC} permanent`]]],
  [{ lladdr: MAC, nud: 'stale' }, NO_DEVICE, [['neighbor 10.0.0.20 on eth0', null, `${MAC} stale`]]],
  [{ lladdr: MAC }, printed([FAILED]), [['neighbor 10.0.0.20 on eth0', null, `${MAC} permanent`]]],
  [{ proxy: true }, printed([]), [['proxy 10.0.0.20 on eth0', null, 'proxy']]],
  [{ proxy: true, address: 'fd00:0::20' }, NO_DEVICE, [['proxy fd00::20 on eth0', null, 'proxy']]],
  [{ state: 'absent' }, printed([]), []],
  [{ state: 'absent' }, printed([FAILED]), []],
  [{ state: 'absent', lladdr: '02:00:00:00:00:0b' }, printed([PERMANENT]), []],
  [{ state: 'absent', proxy: true }, NO_DEVICE, []],
  // In sync.
  [{ lladdr: MAC.toUpperCase() }, printed([PERMANENT]), []],
  [{ lladdr: MAC, nud: 'stale' }, printed([STALE]), []],
  [{ lladdr: MAC, address: 'FD00:0::0020' }, printed([SIX]), []],
  [{ proxy: true }, printed([PROXY]), []],
  [{ proxy: true, address: 'fd00:0::20' }, printed([PROXY6]), []],
  // Drifted.
  [
    { lladdr: '02:00:00:00:00:0B' },
    printed([PERMANENT]),
    [['neighbor 10.0.0.20 on eth0 lladdr', MAC, '02:00:00:00:00:0b']],
  ],
  [{ lladdr: MAC }, printed([STALE]), [['neighbor 10.0.0.20 on eth0 nud', 'stale', 'permanent']]],
  [
    { lladdr: MAC, nud: 'noarp' },
    printed([PERMANENT]),
    [['neighbor 10.0.0.20 on eth0 nud', 'permanent', 'noarp']],
  ],
  // Deleted.
  [{ state: 'absent' }, printed([STALE]), [['neighbor 10.0.0.20 on eth0', `${MAC} stale`, null]]],
  [
    { state: 'absent', lladdr: MAC.toUpperCase() },
    printed([PERMANENT]),
    [['neighbor 10.0.0.20 on eth0', `${MAC} permanent`, null]],
  ],
  [{ state: 'absent', proxy: true }, printed([PROXY]), [['proxy 10.0.0.20 on eth0', 'proxy', null]]],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${is.slice(0, 60)}`, () => {
    const plan = planOf(neighbor, { address: '10.0.0.20', dev: 'eth0', ...raw }, is)
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), expected)
  })
}

const announcing = { address: '10.0.0.20', dev: 'eth0', proxy: true, announce: true }

plans('an announced entry is made, and said by arping behind it', () => {
  const [action] = planOf(neighbor, announcing, printed([])).actions!
  const [made, said] = (action as { script: string }).script.split(' &&\n')
  assert.is(made, 'ip -4 neighbour replace proxy 10.0.0.20 dev eth0')
  assert.match(said!, /arping -q -U .*-i eth0 -S 10\.0\.0\.20 10\.0\.0\.20/)
  assert.is(planOf(neighbor, announcing, printed([PROXY])).actions, undefined)
})

plans.run()

const problems = suite('neighbor: problems')

for (const [raw, expected] of [
  [{ dev: 'eth0', lladdr: MAC }, /missing required arguments: address/],
  [{ address: '10.0.0.20', lladdr: MAC }, /missing required arguments: dev/],
  [{ address: '10.0.0.20', dev: 'eth0' }, /needs "lladdr"/],
  [{ address: '10.0.0.20/24', dev: 'eth0', lladdr: MAC }, /is not an IPv4 or IPv6 address/],
  [{ address: '10.0.0.20', dev: 'eth/0', lladdr: MAC }, /no spaces, slashes/],
  [{ address: '10.0.0.20', dev: 'eth0', lladdr: '2:0:0' }, /is not an Ethernet address/],
  [{ address: '10.0.0.20', dev: 'eth0', lladdr: MAC, nud: 'permanant' }, /did you mean "permanent"/],
  [
    { address: '10.0.0.20', dev: 'eth0', lladdr: MAC, proxy: true },
    /lladdr: a proxy entry for 10.0.0.20 has none/,
  ],
  [{ address: '10.0.0.20', dev: 'eth0', nud: 'noarp', proxy: true }, /nud: a proxy entry/],
  [{ address: '10.0.0.20', dev: 'eth0', lladdr: MAC, announce: true }, /announce: .*proxy: true/],
  [{ address: 'fd00::20', dev: 'eth0', proxy: true, announce: true }, /announce: fd00::20 is an IPv6/],
  [
    { address: '10.0.0.20', dev: 'eth0', proxy: true, announce: true, state: 'absent' },
    /announce: an entry that goes/,
  ],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(neighbor, raw).join('\n'), expected),
  )
}

problems.run()
