import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pamd } from '../../../src/modules/system/pamd/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite('pamd: on hosts')

let all: Host[] = []
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})

test('check says what the run then does, a second run finds nothing, and a backup is kept', async () => {
  for (const { session } of all) {
    const path = mkdtempSync(join(tmpdir(), 'pam '))
    const name = "-odd '"
    const old = '# caf\xe9\nauth required a.so $(id)\n'
    writeFileSync(join(path, name), old, { encoding: 'latin1', mode: 0o640 })
    const rule = { name, path, type: 'auth', control: 'required', module_path: 'a.so' }
    const set = { state: 'args_present', module_arguments: ['d="$x"'], backup: true }
    const put = { state: 'after', new_type: '-auth', new_control: '[default=die]', new_module_path: 'b.so' }
    for (const more of [set, put]) {
      const raw = { ...rule, ...more }
      const checked = await applyModule(session, pamd, raw, CHECK)
      const { plan, result } = await applyModule(session, pamd, raw)
      assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
      assert.is(plan.changes.length, 1)
      assert.equal((await applyModule(session, pamd, raw)).plan.changes, [])
      const kept = String(result.result?.backupdest ?? '')
      if (kept !== '') assert.is(readFileSync(kept, 'latin1'), old)
    }
    const now = '# caf\xe9\nauth       required a.so $(id) d="$x"\n-auth      [default=die] b.so\n'
    assert.is(readFileSync(join(path, name), 'latin1'), now)
    assert.is(statSync(join(path, name)).mode & 0o777, 0o640)
    rmSync(path, { recursive: true })
  }
})

test.run()
