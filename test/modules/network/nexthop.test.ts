import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nexthop } from '../../../src/modules/network/nexthop/index.ts'
import { complained, printed } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

const NONE = complained('Error: Nexthop id does not exist.\nRTNETLINK answers: No such file or directory', 2)
const about = (more: object) => ({ id: 1, ...more, scope: 'link', protocol: 'unspec', flags: [] })
const GATEWAY = printed([about({ gateway: '10.0.0.2', dev: 'eth0' })])
const ONLINK = printed([
  { ...about({ gateway: '10.0.0.2', dev: 'eth0', protocol: 'static' }), flags: ['onlink'] },
])
const DEVICE = printed([about({ dev: 'eth0' })])
const BLACKHOLE = printed([about({ dev: 'lo', blackhole: null })])
const GROUP = printed([about({ group: [{ id: 2, weight: 2 }, { id: 3 }] })])
const RESILIENT = printed([
  about({
    group: [{ id: 2 }, { id: 3 }],
    type: 'resilient',
    resilient_args: { buckets: 64, idle_timer: 10, unbalanced_timer: 0, unbalanced_time: 0 },
  }),
])
// Of an encapsulation, ip shows the number under the same name.
const ENCAP = printed([{ encap: 'ip', ...about({ gateway: '10.0.0.2', dev: 'eth0' }), id: 5 }])
const LABELS = printed([{ encap: 'mpls', dst: '100/200', ...about({ gateway: '10.0.0.2', dev: 'eth0' }) }])
const NEW_LABELS = printed([
  { encap: { encap_type: 'mpls', dst: '100/200' }, ...about({ gateway: '10.0.0.2', dev: 'eth0' }) },
])
const NO_SIX = printed([])
const SIX = printed([{ id: 1 }])

const plans = suite('nexthop: plan')

for (const [raw, is, six, changes, command] of [
  // Not there.
  [
    { via: '10.0.0.2', dev: 'eth0' },
    NONE,
    NO_SIX,
    [['nexthop 1', null, 'via 10.0.0.2 dev eth0']],
    'ip nexthop add id 1 via 10.0.0.2 dev eth0',
  ],
  [
    { via: 'fd00:0::2', dev: 'eth0', onlink: true, proto: 'static', netns: 'a' },
    NONE,
    NO_SIX,
    [['nexthop 1', null, 'via fd00::2 dev eth0 onlink proto static']],
    'ip -n a -6 nexthop add id 1 via fd00::2 dev eth0 onlink proto static',
  ],
  [
    { group: [3, { id: 2, weight: 2 }] },
    NONE,
    NO_SIX,
    [['nexthop 1', null, 'group 2,2/3']],
    'ip nexthop add id 1 group 2,2/3',
  ],
  [
    { group: 2, type: 'resilient', buckets: 32 },
    NONE,
    NO_SIX,
    [['nexthop 1', null, 'group 2 type resilient buckets 32']],
    'ip nexthop add id 1 group 2 type resilient buckets 32',
  ],
  [
    { blackhole: true, family: 'inet6' },
    NONE,
    NO_SIX,
    [['nexthop 1', null, 'blackhole']],
    'ip -6 nexthop add id 1 blackhole',
  ],
  [{ state: 'absent' }, NONE, NO_SIX, [], undefined],
  // In sync.
  [{ via: '10.0.0.2', dev: 'eth0' }, GATEWAY, NO_SIX, [], undefined],
  [{ via: '10.0.0.2', dev: 'eth0' }, ONLINK, NO_SIX, [], undefined],
  [{ dev: 'eth0', family: 'inet6' }, DEVICE, SIX, [], undefined],
  [{ dev: 'eth0' }, DEVICE, NO_SIX, [], undefined],
  [{ group: [{ id: 3 }, { id: 2, weight: 2 }] }, GROUP, NO_SIX, [], undefined],
  [{ group: [3, 2], type: 'resilient', idle_timer: 10 }, RESILIENT, NO_SIX, [], undefined],
  [{ via: '10.0.0.2', dev: 'eth0', labels: [100, 200] }, LABELS, NO_SIX, [], undefined],
  [{ via: '10.0.0.2', dev: 'eth0', labels: '100,200' }, NEW_LABELS, NO_SIX, [], undefined],
  // Replaced in place.
  [
    { via: '10.0.0.2', dev: 'eth0', labels: [300] },
    LABELS,
    NO_SIX,
    [['nexthop 1 encap', 'mpls 100/200', 'mpls 300']],
    'ip nexthop replace id 1 encap mpls 300 via 10.0.0.2 dev eth0',
  ],
  [
    { via: '10.0.0.3', dev: 'eth0' },
    ONLINK,
    NO_SIX,
    [['nexthop 1 via', '10.0.0.2', '10.0.0.3']],
    'ip nexthop replace id 1 via 10.0.0.3 dev eth0',
  ],
  [
    { via: '10.0.0.2', dev: 'eth0', proto: 'boot' },
    ONLINK,
    NO_SIX,
    [['nexthop 1 proto', 'unspec', 'boot']],
    'ip nexthop replace id 1 via 10.0.0.2 dev eth0 onlink proto boot',
  ],
  [
    { group: [2, 3] },
    GROUP,
    NO_SIX,
    [['nexthop 1 group', '2,2/3', '2/3']],
    'ip nexthop replace id 1 group 2/3',
  ],
  [
    { group: [2], type: 'resilient' },
    RESILIENT,
    NO_SIX,
    [['nexthop 1 group', '2/3', '2']],
    'ip nexthop replace id 1 group 2 type resilient buckets 64 idle_timer 10 unbalanced_timer 0',
  ],
  [{ dev: 'eth0' }, DEVICE, SIX, [['nexthop 1 family', 'inet6', 'inet']], 'ip nexthop replace id 1 dev eth0'],
  [
    { via: '10.0.0.2', dev: 'eth0' },
    ENCAP,
    NO_SIX,
    [['nexthop 1 encap', 'ip', '']],
    'ip nexthop replace id 1 via 10.0.0.2 dev eth0',
  ],
  // Made again.
  [
    { group: [2], force: true },
    GATEWAY,
    NO_SIX,
    [
      ['nexthop 1 via', '10.0.0.2', ''],
      ['nexthop 1 dev', 'eth0', ''],
      ['nexthop 1 group', '', '2'],
      ['nexthop 1 type', null, 'mpath'],
    ],
    'ip nexthop delete id 1 &&\n{ ip nexthop add id 1 group 2 || { ip nexthop add id 1 via 10.0.0.2 dev eth0; false; }; }',
  ],
  // Deleted.
  [{ state: 'absent' }, GROUP, NO_SIX, [['nexthop 1', 'group 2,2/3', null]], 'ip nexthop delete id 1'],
  [{ state: 'absent', via: '10.0.0.9' }, GATEWAY, NO_SIX, [], undefined],
  [
    { state: 'absent', blackhole: true },
    BLACKHOLE,
    NO_SIX,
    [['nexthop 1', 'blackhole', null]],
    'ip nexthop delete id 1',
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${is.slice(0, 60)}`, () => {
    const plan = planOf(nexthop, { id: 1, ...raw }, [is, six, ''])
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), changes)
    assert.equal(
      plan.actions?.map((action) => (action.do === 'sh' ? action.script : '')),
      command === undefined ? undefined : [command],
    )
  })
}

plans('a nexthop becomes a group, or a group another one, only by force', () => {
  for (const [raw, is, expected] of [
    [{ group: [2] }, GATEWAY, /the group of nexthop 1 cannot change from none to 2/],
    [{ via: '10.0.0.2', dev: 'eth0' }, GROUP, /the group of nexthop 1 cannot change from 2,2\/3 to none/],
    [{ group: [2, 3] }, RESILIENT, /the type of nexthop 1 cannot change from resilient to mpath/],
    [{ group: [2, 3], type: 'resilient', buckets: 8 }, RESILIENT, /the buckets .* from 64 to 8/],
  ] as const)
    assert.match(planOf(nexthop, { id: 1, ...raw }, [is, NO_SIX, '']).failed!, expected)
})

plans('a host whose iproute2 knows no nexthops fails with its words', () => {
  const old = complained('Object "nexthop" is unknown, try "ip help".', 255)
  assert.throws(
    () => planOf(nexthop, { id: 1, dev: 'eth0' }, [old, old, '']),
    /too old for nexthops: version 5\.3/,
  )
})

plans.run()

const problems = suite('nexthop: problems')

for (const [raw, expected] of [
  [{ via: '10.0.0.2', dev: 'e' }, /missing required arguments: id/],
  [{ id: 0, dev: 'e' }, /id: 0 is out of range/],
  [{ id: 1 }, /needs "via", "dev", "group" or blackhole/],
  [{ id: 1, via: '10.0.0.2' }, /via: it takes "dev" too/],
  [{ id: 1, via: '10.0.0', dev: 'e' }, /is not an IPv4 or IPv6 address/],
  [{ id: 1, via: '10.0.0.2', dev: 'e', family: 'inet6' }, /is not of the family inet6/],
  [{ id: 1, dev: 'e', group: [1] }, /"via" and "dev" and "group" exclude each other/],
  [{ id: 1, blackhole: true, group: [1] }, /"blackhole" and "group" exclude/],
  [{ id: 1, group: [] }, /the list is empty/],
  [{ id: 1, group: ['a'] }, /is not the number of a nexthop/],
  [{ id: 1, group: [{ id: 2, weight: 0 }] }, /weight: 0 is not a number from 1 to 256/],
  [{ id: 1, group: [{ id: 2, wieght: 1 }] }, /"wieght" is none of/],
  [{ id: 1, group: [2], buckets: 8 }, /only for a group with type: resilient/],
  [{ id: 1, dev: 'e', type: 'mpath' }, /only a group has one/],
  [{ id: 1, via: '10.0.0.2', dev: 'e', labels: [3] }, /labels: "3" is not an MPLS label/],
  [{ id: 1, dev: 'e', labels: [300] }, /labels: they take "via"/],
  [{ id: 1, dev: 'e', onlink: true }, /takes both "via" and "dev"/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(nexthop, raw).join('\n'), expected),
  )
}

problems.run()
