import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { tc_class } from '../../../src/modules/network/tc_class.ts'
import { complained } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

const shown = (...lines: string[]) => `${lines.join('\n')}\n\nexit 0\n`
const INNER =
  'class htb 1:1 root rate 3Mbit ceil 7Mbit linklayer ethernet burst 15Kb/1 mpu 0b cburst 1598b/1 mpu 0b level 7 buffer [0009c400] cbuffer [00006f0c] '
const LEAF =
  'class htb 1:a parent 1:1 leaf 20: prio 2 quantum 25000 rate 1Mbit ceil 1Mbit linklayer ethernet burst 1600b/1 mpu 0b cburst 1600b/1 mpu 0b level 0 buffer [00030d40] cbuffer [00030d40] '
const BOTH = shown(INNER, LEAF)
const ON = 'class 1:a on eth0'

const plans = suite('tc_class: plan')

for (const [raw, is, changes, command] of [
  // Not there.
  [
    { classid: '1:1', rate: '3mbit', ceil: '7mbit', burst: '15k', prio: 3 },
    shown(),
    [['class 1:1 on eth0', null, 'htb rate 3000000bit ceil 7000000bit burst 15360b prio 3']],
    'tc class add dev eth0 parent 1: classid 1:1 htb rate 3000000bit ceil 7000000bit burst 15360b prio 3',
  ],
  [
    { parent: '1:1', classid: '1:0B', rate: '500kbit', netns: 'a' },
    BOTH,
    [['class 1:b on eth0', null, 'htb rate 500000bit']],
    'tc -n a class add dev eth0 parent 1:1 classid 1:b htb rate 500000bit',
  ],
  [{ classid: '1:a', state: 'absent' }, complained('Cannot find device "eth0"'), [], undefined],
  // In sync.
  [{ classid: '1:a', parent: '1:1', rate: '1mbit', prio: 2 }, BOTH, [], undefined],
  [
    { classid: '1:A', rate: '125kbps', ceil: '1mbit', prio: 2, burst: 1600, quantum: 25000 },
    BOTH,
    [],
    undefined,
  ],
  // Of a class with others below it, tc shows no priority.
  [
    { classid: '1:1', parent: '1:', rate: '3mbit', ceil: '7mbit', burst: '15k', prio: 5 },
    BOTH,
    [],
    undefined,
  ],
  // Changed, with all said again.
  [
    { classid: '1:a', rate: '2mbit' },
    BOTH,
    [
      [`${ON} rate`, '1mbit', '2mbit'],
      [`${ON} ceil`, '1mbit', '2mbit'],
      [`${ON} prio`, 2, 0],
    ],
    'tc class change dev eth0 parent 1:1 classid 1:a htb rate 2000000bit',
  ],
  [
    { classid: '1:a', rate: '1mbit', prio: 2, burst: '3200b', quantum: 1500 },
    BOTH,
    [
      [`${ON} burst`, '1600b', '3200b'],
      [`${ON} quantum`, 25000, 1500],
    ],
    'tc class change dev eth0 parent 1:1 classid 1:a htb rate 1000000bit burst 3200b prio 2 quantum 1500',
  ],
  // Deleted.
  [
    { classid: '1:a', state: 'absent' },
    BOTH,
    [
      [
        ON,
        {
          kind: 'htb',
          parent: '1:1',
          rate: '1mbit',
          ceil: '1mbit',
          burst: '1600b',
          cburst: '1600b',
          prio: 2,
          quantum: 25000,
        },
        null,
      ],
    ],
    'tc class delete dev eth0 parent 1:1 classid 1:a',
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${is.slice(0, 60)}`, () => {
    const plan = planOf(tc_class, { dev: 'eth0', ...raw }, is)
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), changes)
    assert.equal(
      plan.actions?.map((action) => (action.do === 'sh' ? action.script : '')),
      command === undefined ? undefined : [command],
    )
  })
}

plans('a class does not move into another', () => {
  const raw = { dev: 'eth0', classid: '1:a', parent: '1:', rate: '1mbit' }
  assert.match(
    planOf(tc_class, raw, BOTH).failed!,
    /is one of htb in 1:1, and cannot become one of htb in root/,
  )
})

plans.run()

const problems = suite('tc_class: problems')

for (const [raw, expected] of [
  [{ classid: '1:1' }, /missing required arguments: dev/],
  [{ dev: 'e', classid: '1:1' }, /tc_class needs "rate"/],
  [{ dev: 'e', classid: '1:', rate: '1mbit' }, /classid: "1:" is not the number of a class/],
  [{ dev: 'e', classid: '1:0', rate: '1mbit' }, /is not the number of a class/],
  [{ dev: 'e', classid: '1:1', parent: 'root', rate: '1mbit' }, /parent: "root" is neither/],
  [{ dev: 'e', classid: '1:1', parent: '2:', rate: '1mbit' }, /are of two qdiscs/],
  [{ dev: 'e', classid: '1:1', rate: 'fast' }, /rate: "fast" is not a rate/],
  [{ dev: 'e', classid: '1:1', rate: '1234567bit' }, /"1234567bit" would be seen rounded/],
  [{ dev: 'e', classid: '1:1', rate: '1mbit', burst: 'big' }, /burst: "big" is not a size/],
  [{ dev: 'e', classid: '1:1', rate: '1mbit', prio: -1 }, /prio: -1 is out of range/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(tc_class, raw).join('\n'), expected),
  )
}

problems.run()
