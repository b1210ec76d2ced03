import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dpkg_selections } from '../../../src/modules/packages/dpkg_selections.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

const test = suite('dpkg_selections')

const printed = (listed: string, isAvailable = '') => `${listed}\0${isAvailable}\0`

for (const [listed, selection, changes] of [
  ['a\t\t\thold\n', 'hold', []],
  ['a\t\t\tinstall\n', 'hold', [['a', 'install', 'hold']]],
  ['a:amd64\tinstall\na:i386\thold\n', 'install', []],
  ['a\t\t\tdeinstall\n', 'purge', [['a', 'deinstall', 'purge']]],
] as const) {
  test(`${JSON.stringify(listed)} to be ${selection} plans just what differs`, () => {
    const plan = planOf(dpkg_selections, { name: 'a', selection }, printed(listed))
    const [, before] = /\s(\w+)$/m.exec(listed)!
    assert.equal([rows(plan), plan.result], [changes, { before, after: selection }])
  })
}

test('of a package that dpkg does not know it keeps no selection', () => {
  const raw = { name: 'a', selection: 'hold' }
  const unknown = planOf(dpkg_selections, raw, printed(''))
  assert.equal([rows(unknown), unknown.result], [[], { before: 'not present', after: 'not present' }])
  assert.match(unknown.warnings![0]!, /does not know the package a on this host/)
  for (const plan of [
    planOf(dpkg_selections, raw, printed('', '1')),
    planOf(dpkg_selections, raw, printed(''), CHECK),
  ])
    assert.equal([rows(plan), plan.result!.before], [[['a', null, 'hold']], 'not present'])
})

test('an answer that makes no sense is an error', () => {
  const raw = { name: 'a', selection: 'hold' }
  assert.throws(() => planOf(dpkg_selections, raw, printed('odd\n')), /where a selection was expected/)
})

test('wrong arguments are refused', () => {
  for (const name of ['', '-a', 'a b', 'a\nb hold', '*', 'a*', 'a:'])
    assert.match(problemsOf(dpkg_selections, { name, selection: 'hold' })[0]!, /not a name of a package/)
  assert.match(problemsOf(dpkg_selections, { name: 'a', selection: 'held' })[0]!, /is none of install, hold/)
  assert.equal(problemsOf(dpkg_selections, { name: 'libc6:amd64', selection: 'hold' }), [])
})

test.run()
