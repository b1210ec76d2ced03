import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mpls_route } from '../../../src/modules/network/mpls_route.ts'
import { printed } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

const SWAP = {
  type: 'unicast',
  dst: '100',
  to: '200/300',
  via: { family: 'inet', host: '10.0.0.2' },
  dev: 'eth0',
  protocol: 'boot',
  scope: 'global',
  flags: [],
}
const POP = { type: 'unicast', dst: '101', dev: 'lo', protocol: 'static', scope: 'global', flags: [] }
const SIX = { ...SWAP, dst: '102', via: { family: 'inet6', host: 'fd00::2' } }
const SEVERAL = {
  dst: '103',
  protocol: 'boot',
  nexthops: [{ to: '5', via: { family: 'inet', host: '10.0.0.2' }, dev: 'eth0', flags: [] }],
}
const ALL = printed([SWAP, POP, SIX, SEVERAL])
const NONE = printed([])

const plans = suite('mpls_route: plan')

for (const [raw, is, changes, command] of [
  // Not there.
  [
    { label: 100, as: [200, 300], via: '10.0.0.2' },
    NONE,
    [['mpls route 100', null, 'as 200/300 via inet 10.0.0.2']],
    'ip -M route add 100 as 200/300 via inet 10.0.0.2',
  ],
  [
    { label: '104', dev: 'lo', proto: 'static', netns: 'a' },
    ALL,
    [['mpls route 104', null, 'dev lo proto static']],
    'ip -n a -M route add 104 dev lo proto static',
  ],
  [{ label: 104, state: 'absent' }, ALL, [], undefined],
  // In sync.
  [{ label: 100, as: '200,300', via: '10.0.0.2' }, ALL, [], undefined],
  [{ label: 101, dev: 'lo' }, ALL, [], undefined],
  [{ label: 102, as: [200, 300], via: 'fd00:0::2', dev: 'eth0', proto: 'boot' }, ALL, [], undefined],
  // Replaced.
  [
    { label: 100, as: [200], via: '10.0.0.2' },
    ALL,
    [['mpls route 100 as', '200/300', '200']],
    'ip -M route replace 100 as 200 via inet 10.0.0.2 dev eth0',
  ],
  [
    { label: 100, via: 'fd00::3' },
    ALL,
    [
      ['mpls route 100 as', '200/300', ''],
      ['mpls route 100 via', '10.0.0.2', 'fd00::3'],
    ],
    'ip -M route replace 100 via inet6 fd00::3',
  ],
  [
    { label: 103, as: [5], via: '10.0.0.2', dev: 'eth0' },
    ALL,
    [
      ['mpls route 103 as', '', '5'],
      ['mpls route 103 via', '', '10.0.0.2'],
      ['mpls route 103 dev', 'several', 'eth0'],
    ],
    'ip -M route replace 103 as 5 via inet 10.0.0.2 dev eth0',
  ],
  // Deleted.
  [
    { label: 101, state: 'absent' },
    ALL,
    [['mpls route 101', 'dev lo proto static', null]],
    'ip -M route delete 101',
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs`, () => {
    const plan = planOf(mpls_route, raw, [is, ''])
    assert.equal(rows(plan), changes)
    assert.equal(
      plan.actions?.map((action) => (action.do === 'sh' ? action.script : '')),
      command === undefined ? undefined : [command],
    )
  })
}

plans.run()

const problems = suite('mpls_route: problems')

for (const [raw, expected] of [
  [{ via: '10.0.0.2' }, /missing required arguments: label/],
  [{ label: 3, via: '10.0.0.2' }, /label: "3" is not an MPLS label/],
  [{ label: 100, as: ['x'], via: '10.0.0.2' }, /as: "x" is not an MPLS label/],
  [{ label: 100 }, /a route needs a way/],
  [{ label: 100, via: '10.0.0' }, /is not an IPv4 or IPv6 address/],
  [{ label: 100, dev: 'a b' }, /no spaces, slashes/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(mpls_route, raw).join('\n'), expected),
  )
}

problems.run()
