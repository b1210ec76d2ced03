import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { htpasswd } from '../../../src/modules/accounts/htpasswd.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite('htpasswd: on hosts')

let all: Host[] = []
let folder = ''
test.before(async () => {
  all = await hosts()
  folder = mkdtempSync(join(tmpdir(), 'htpasswd '))
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

test('check says what the run then does, and a second run finds nothing', async () => {
  for (const { session } of all) {
    const path = join(folder, '-odd \'\n" $x~')
    for (const step of [
      { name: 'ann', password: '$(id) \'"', mode: '0640', group: 'daemon' },
      { name: "b o'b", password: 'b' },
      { name: 'ann', password: 'c' },
      { name: "b o'b", state: 'absent' },
    ]) {
      const raw = { path, ...step }
      const checked = await applyModule(session, htpasswd, raw, CHECK)
      const { plan, result } = await applyModule(session, htpasswd, raw)
      assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
      assert.ok(plan.changes.length > 0)
      assert.equal((await applyModule(session, htpasswd, raw)).plan.changes, [])
    }
    assert.match(readFileSync(path, 'utf8'), /^ann:\$apr1\$\S+\n$/)
    assert.equal([statSync(path).mode & 0o7777, statSync(path).gid], [0o640, 1])
    rmSync(path)
  }
})

test.run()
