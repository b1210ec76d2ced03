import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findGroup, parseGroups } from '../../../src/host/accounts.ts'
import { group } from '../../../src/modules/accounts/group.ts'
import type { Module, ModuleContext } from '../../../src/sdk/module.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

/** NUL ends the part of each task. */
function planFrom(module: Module, raw: Record<string, unknown>, printed = '', view?: ModuleContext) {
  return planOf(module, raw, `${printed}\0`, view)
}

const FILE = 'shadow\nroot:x:0:\nstaff:x:50:ann,bob\nodd.name$:x:7:\n'

const plans = suite('group: plan')

for (const [raw, expected] of [
  [{ name: 'staff' }, []],
  [{ name: 'staff', gid: 50 }, []],
  [{ name: 'root', gid: 0 }, []],
  [{ name: 'staff', gid: 0, non_unique: true }, [['gid', 50, 0]]],
  [{ name: 'staff', gid: '51' }, [['gid', 50, 51]]],
  [{ name: 'new' }, [['group new', null, 'present']]],
  [{ name: 'new', gid: 0 }, [['group new', null, { gid: 0 }]]],
  [{ name: 'new', system: true }, [['group new', null, 'present']]],
  [{ name: 'new', state: 'absent' }, []],
  [{ name: 'staff', state: 'absent' }, [['group staff', { gid: 50 }, null]]],
  [{ name: 'odd.name$', gid: 7 }, []],
  [{ name: "o'dd" }, [["group o'dd", null, 'present']]],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs`, () =>
    assert.equal(rows(planFrom(group, raw, FILE)), expected),
  )
}

plans('wrong arguments are refused', () => {
  for (const name of ['', 'a:b', 'a\nb', 'a,b'])
    assert.match(problemsOf(group, { name })[0]!, /is not a name/)
  assert.match(problemsOf(group, { name: 'a', non_unique: true })[0]!, /without gid/)
  assert.match(problemsOf(group, {})[0]!, /missing required arguments: name/)
})

plans('the result has what Ansible returns', () => {
  assert.equal(planFrom(group, { name: 'staff' }, FILE).result, {
    name: 'staff',
    state: 'present',
    system: false,
    gid: 50,
  })
})

plans('a group is found by its name first, then by its number', () => {
  const groups = parseGroups(['a:x:5:', '5:x:6:m,n', 'broken'])
  assert.is(findGroup(groups, '5')?.gid, 6)
  assert.is(findGroup(groups, '6')?.name, '5')
  assert.is(findGroup(groups, '7'), undefined)
  assert.equal(groups[1]?.members, ['m', 'n'])
})

plans.run()
