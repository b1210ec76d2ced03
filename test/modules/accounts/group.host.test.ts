import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseGroups } from '../../../src/host/accounts.ts'
import { group } from '../../../src/modules/accounts/group.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'
import { holdAccounts } from '../../support/user.ts'

const real = suite<{ hosts: Host[] }>('group: on hosts')
const NAME = 'playsshtestgroup'

real.before(async (context) => {
  context.hosts = await hosts()
})
let release = async () => {}
real.before.each(async () => {
  release = await holdAccounts()
})
real.after.each(async ({ hosts }) => {
  try {
    for (const { session } of hosts) await applyModule(session, group, { name: NAME, state: 'absent' })
  } finally {
    await release()
  }
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

/** Two ids that no group has. */
function freeIds(): number[] {
  const taken = new Set(parseGroups(readFileSync('/etc/group', 'utf8').split('\n')).map(({ gid }) => gid))
  return Array.from({ length: taken.size + 2 }, (_, index) => 54321 + index).filter((id) => !taken.has(id))
}

real('a second run finds nothing to do', async ({ hosts }) => {
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
