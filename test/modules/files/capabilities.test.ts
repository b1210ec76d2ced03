import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { capabilities } from '../../../src/modules/files/capabilities.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { filesText, statText } from '../../support/stat.ts'

const test = suite('capabilities')

const on = (caps: string) => [filesText(statText()), `tools\n${caps}\n`]
const raw = { path: '/p', capability: 'cap_net_raw+ep' }

const PLANS: [more: Raw, caps: string, change?: [string | null, string | null], set?: string][] = [
  [{}, '', [null, 'ep'], 'setcap cap_net_raw=ep'],
  [{}, ' =', [null, 'ep'], 'setcap cap_net_raw=ep'],
  [{}, ' cap_net_raw=ep'],
  [{}, ' = cap_net_raw+ep'],
  [{}, ' cap_net_raw,cap_chown=pe'],
  [{ capability: 'CAP_NET_RAW=pe' }, ' cap_net_raw=ep'],
  [{}, ' cap_chown=i cap_net_raw=p', ['p', 'ep'], "setcap 'cap_chown=i cap_net_raw=ep'"],
  [{ capability: 'all=ep' }, ' =ep'],
  [
    { capability: 'cap_net_raw', state: 'absent' },
    ' cap_chown,cap_net_raw=ep',
    ['ep', null],
    'setcap cap_chown=ep',
  ],
  [{ capability: 'cap_net_raw+i', state: 'absent' }, ' cap_net_raw=ep', ['ep', null], 'setcap -r'],
  [{ capability: 'cap_kill', state: 'absent' }, ' cap_net_raw=ep'],
  [{ capability: 'cap_kill', state: 'absent' }, ''],
]

test('a program has the capability that it is to have', () => {
  for (const [more, caps, change, set] of PLANS) {
    const plan = planOf(capabilities, { ...raw, ...more }, on(caps))
    const told = rows(plan).map(([, before, after]) => [before, after])
    assert.equal(told, change === undefined ? [] : [change], JSON.stringify([more, caps]))
    const [action] = plan.actions ?? []
    if (set !== undefined) assert.ok('script' in action! && action.script.endsWith(`${set} "./$n"`), caps)
  }
})

test('what cannot be is a failure, unless check may not know', () => {
  assert.match(
    planOf(capabilities, raw, ['0' + '0', 'tools\n\n']).failed ?? '',
    /^Unable to get capabilities of \/p/,
  )
  assert.is(planOf(capabilities, raw, ['0' + '0', 'tools\n\n'], CHECK).changes.length, 1)
  assert.match(
    planOf(capabilities, raw, [filesText(statText()), 'none\n']).failed ?? '',
    /executable "getcap"/,
  )
  assert.throws(() => planOf(capabilities, raw, on(' what?')), /makes no sense/)
})

test('wrong arguments are refused', () => {
  for (const [more, problem] of [
    [{ capability: 'cap_net_raw' }, /^Couldn't find operator \(one of: \('=', '-', '\+'\)\)$/],
    [{ capability: 'net_raw+ep' }, /is not a capability/],
    [{ capability: 'cap_net_raw+x' }, /is not a capability/],
    [{ capability: "cap_net_raw+ep' b" }, /is not a capability/],
    [{ path: '/a/' }, /is not a path of a file/],
  ] as [Raw, RegExp][])
    assert.match(problemsOf(capabilities, { ...raw, ...more })[0] ?? '', problem)
})

test.run()
