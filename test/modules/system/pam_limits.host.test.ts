import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pam_limits } from '../../../src/modules/system/pam_limits.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite('pam_limits: on hosts')

let all: Host[] = []
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})

test('check says what the run then does, a second run finds nothing, and a backup is kept', async () => {
  for (const { session } of all) {
    const folder = mkdtempSync(join(tmpdir(), 'limits '))
    const dest = join(folder, "-odd '")
    const first = { domain: '@a$b', limit_type: '-', limit_item: 'core', value: 'unlimited', dest }
    for (const raw of [first, { ...first, value: '0', comment: '$(id) "x"', backup: true }]) {
      const checked = await applyModule(session, pam_limits, raw, CHECK)
      const { plan, result } = await applyModule(session, pam_limits, raw)
      assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
      assert.ok(plan.changes.length > 0)
      assert.equal((await applyModule(session, pam_limits, raw)).plan.changes, [])
      const kept = result.result?.backup_file
      if (kept !== undefined) assert.is(readFileSync(String(kept), 'utf8'), '@a$b\t-\tcore\tunlimited\n')
    }
    assert.is(readFileSync(dest, 'utf8'), '@a$b\t-\tcore\t0\t#$(id) "x"\n')
    rmSync(folder, { recursive: true })
  }
})

test.run()
