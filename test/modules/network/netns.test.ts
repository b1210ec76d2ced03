import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ipProbe } from '../../../src/modules/network/iproute2.ts'
import { netns } from '../../../src/modules/network/netns.ts'
import { unclear } from '../../../src/sdk/probe.ts'
import { Output } from '../../../src/shell/output.ts'
import { printed } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

const ALIVE = '6e736673\n'
const NONE = [printed([]), 'none\n']
const LAB = [printed([{ name: 'other', id: 1 }, { name: 'lab' }]), ALIVE]
const NUMBERED = [printed([{ name: 'lab', id: 5 }]), ALIVE]
const WHAT = 'network namespace lab'

const plans = suite('netns: plan')

for (const [title, raw, found, expected, script] of [
  ['one is made', {}, NONE, [[WHAT, null, 'present']], 'ip netns add lab'],
  [
    'one is made with its number, or not at all',
    { id: 5 },
    NONE,
    [[WHAT, null, { id: 5 }]],
    'ip netns add lab &&\n{ ip netns set lab 5 || { ip netns delete lab; false; }; }',
  ],
  ['one that is there is left alone', {}, LAB, [], undefined],
  ['a number is given', { nsid: 5 }, LAB, [[`${WHAT} id`, null, 5]], 'ip netns set lab 5'],
  ['a number that it has is no change', { id: 5 }, NUMBERED, [], undefined],
  ['one goes', { state: 'absent' }, NUMBERED, [[WHAT, 'present', null]], 'ip netns delete lab'],
  ['what is not there needs not go', { state: 'absent' }, NONE, [], undefined],
  [
    'a file that nothing is behind goes too',
    { state: 'absent' },
    [LAB[0]!, 'ef53\n'],
    [[WHAT, 'present', null]],
    'ip netns delete lab',
  ],
] as const)
  plans(title, () => {
    const plan = planOf(netns, { name: 'lab', ...raw }, found)
    assert.equal(rows(plan), expected)
    const [action] = plan.actions ?? []
    assert.is(action?.do === 'sh' ? action.script : undefined, script)
  })

plans('what cannot be is said', () => {
  const said = (raw: object, found: readonly string[]) => planOf(netns, { name: 'lab', ...raw }, found).failed
  assert.match(
    said({}, [LAB[0]!, 'ef53\n'])!,
    /no network namespace is behind it.*"state: absent" removes it/,
  )
  assert.match(said({ id: 6 }, NUMBERED)!, /lab has the number 5, and the kernel lets it have no other/)
})

for (const said of [
  'Cannot open network namespace "lab": No such file or directory\n',
  "ip: invalid option -- 'j'\nBusyBox v1.36.1 multi-call binary.\n",
])
  plans(`each is asked alone behind: ${said.split('\n', 1)[0]}`, () => {
    const look = ipProbe('lab', 'link', 'show', 'dev', 'a')
    assert.equal(look.read(new Output(Buffer.from(said)), ['a', 'b']), [unclear, unclear])
  })

plans.run()

const problems = suite('netns: problems')

for (const [raw, expected] of [
  [{ name: 'a/b' }, /not a name of a network namespace/],
  [{ name: '..' }, /not a name of a network namespace/],
  [{ name: '' }, /not a name of a network namespace/],
  [{ name: '-all' }, /not a name of a network namespace/],
  [{ name: 'a', id: -1 }, /id: -1 is out of range: 0 to 2147483647/],
  [{ name: 'a', id: 1, state: 'absent' }, /"id" is for a namespace that is to be there/],
] as const)
  problems(`${JSON.stringify(raw)} is refused`, () => {
    const found = problemsOf(netns, raw)
    assert.match(found.join('\n'), expected)
    assert.is(found.length, 1)
  })

problems.run()
