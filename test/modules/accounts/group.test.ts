import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findGroup, parseGroups } from '../../../src/host/accounts.ts'
import { group } from '../../../src/modules/accounts/group.ts'
import type { Module, ModuleContext } from '../../../src/sdk/module.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, faultsOf, planOf, rows } from '../../support/plan.ts'

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
  plans(JSON.stringify(raw), () => assert.equal(rows(planFrom(group, raw, FILE)), expected))
}

plans('faults', () => {
  for (const name of ['', 'a:b', 'a\nb', 'a,b']) assert.match(faultsOf(group, { name })[0]!, /is no name/)
  assert.match(faultsOf(group, { name: 'a', non_unique: true })[0]!, /without gid/)
  assert.match(faultsOf(group, {})[0]!, /needs "name"/)
})

plans('result', () => {
  assert.equal(planFrom(group, { name: 'staff' }, FILE).result, {
    name: 'staff',
    state: 'present',
    system: false,
    gid: 50,
  })
})

plans('names and numbers', () => {
  const groups = parseGroups(['a:x:5:', '5:x:6:m,n', 'broken'])
  assert.is(findGroup(groups, '5')?.gid, 6)
  assert.is(findGroup(groups, '6')?.name, '5')
  assert.is(findGroup(groups, '7'), undefined)
  assert.equal(groups[1]?.members, ['m', 'n'])
})

plans.run()

const real = suite<{ hosts: Host[] }>('group: on hosts')
const NAME = 'playsshtestgroup'

real.before(async (context) => {
  context.hosts = await hosts()
})
real.after.each(async ({ hosts }) => {
  for (const { session } of hosts) await applyModule(session, group, { name: NAME, state: 'absent' })
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

/** Two ids that no group has. */
function freeIds(): number[] {
  const taken = new Set(parseGroups(readFileSync('/etc/group', 'utf8').split('\n')).map(({ gid }) => gid))
  return Array.from({ length: taken.size + 2 }, (_, index) => 54321 + index).filter((id) => !taken.has(id))
}

real('apply, then plan finds nothing', async ({ hosts }) => {
  for (const { session } of hosts) {
    const [one, other] = freeIds()
    const steps = [{}, { gid: one }, { gid: other }, { gid: other, system: true }, { state: 'absent' }]
    const changed = []
    for (const step of steps) {
      const raw = { name: NAME, ...step }
      changed.push((await applyModule(session, group, raw, CHECK)).plan.changes.length)
      const { result: conclusion } = await applyModule(session, group, raw)
      assert.is(conclusion.failed, undefined)
      if ('gid' in step && changed.at(-1) === 1) assert.equal(conclusion.result, { gid: step.gid })
      assert.equal((await applyModule(session, group, raw)).plan.changes, [])
    }
    assert.equal(changed, [1, 1, 1, 0, 1])
  }
})

real('what the host refuses is said', async ({ hosts }) => {
  for (const { session } of hosts) {
    const { result: conclusion } = await applyModule(session, group, { name: 'playsshtwin', gid: 0 })
    assert.match(conclusion.failed ?? '', /already exists|in use/)
  }
})

real.run()
