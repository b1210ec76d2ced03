import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modprobe } from '../../../src/modules/system/modprobe.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

const plans = suite('modprobe: plan')

for (const [presence, state, expected] of [
  ['loaded', 'present', []],
  ['builtin', 'present', []],
  ['available', 'present', [['ip-ip', 'not loaded', 'loaded']]],
  ['loaded', 'absent', [['ip-ip', 'loaded', 'not loaded']]],
  ['available', 'absent', []],
  ['missing', 'absent', []],
] as const) {
  plans(`a module that is ${presence} and wanted ${state} has the changes for that`, () => {
    assert.equal(rows(planOf(modprobe, { name: 'ip-ip', state }, `6.1.0-x\n${presence}\n`)), expected)
  })
}

plans('a module that cannot be had, or not be removed, is a failure', () => {
  assert.match(
    planOf(modprobe, { name: 'ipip' }, '6.1.0-x\nmissing\n').failed!,
    /^module ipip is not in this kernel \(6\.1\.0-x\); /,
  )
  assert.match(
    planOf(modprobe, { name: 'ipip', state: 'absent' }, 'k\nbuiltin\n').failed!,
    /built into this kernel/,
  )
})

const LOADED = 'k\nloaded\n'
const LISTED = `${LOADED}file /etc/modules-load.d/a.conf\n=# ip-ip\n=ip_ip # tunnels\n`
const SET = `${LISTED}file /etc/modprobe.d/b.conf\n=options ip_ip a=1\n=options other a=1\n`

for (const [output, raw, expected] of [
  [LOADED, {}, []],
  [LOADED, { persistent: 'absent' }, []],
  [LOADED, { persistent: 'present' }, [['/etc/modules-load.d/ip-ip.conf', null, 'content']]],
  [LISTED, { persistent: 'present' }, []],
  [LISTED, { persistent: 'absent' }, [['/etc/modules-load.d/a.conf', 'another content', 'content']]],
  [LISTED, { persistent: 'present', params: 'a=1' }, [['/etc/modprobe.d/ip-ip.conf', null, 'content']]],
  [SET, { persistent: 'present', params: ' a=1 ' }, []],
  [SET, { persistent: 'present', params: '' }, []],
  [
    SET,
    { persistent: 'present', params: 'a=0' },
    [
      ['/etc/modprobe.d/b.conf', 'another content', 'content'],
      ['/etc/modprobe.d/ip-ip.conf', null, 'content'],
    ],
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${JSON.stringify(output)}`, () => {
    assert.equal(rows(planOf(modprobe, { name: 'ip-ip', ...raw }, output)), expected)
  })
}

plans('what is written can be read in the diff', () => {
  const { changes } = planOf(modprobe, { name: 'ip-ip', persistent: 'present', params: 'a=0' }, SET)
  assert.equal(
    changes.map(({ text }) => text?.after),
    ['# options ip_ip a=1\noptions other a=1\n', 'options ip-ip a=0\n'],
  )
})

plans('wrong arguments are refused', () => {
  for (const name of ['', '-x', 'a b', "a'b", 'a\nb', '../a'])
    assert.match(problemsOf(modprobe, { name })[0]!, /not a name/)
  assert.match(problemsOf(modprobe, { name: 'a', params: 'a=1\nb=2' })[0]!, /one line/)
  for (const params of ['-r', 'a=1 --remove', '#', 'a=1 \\'])
    assert.match(problemsOf(modprobe, { name: 'a', params })[0]!, /does not begin with - or #/)
})

plans.run()
