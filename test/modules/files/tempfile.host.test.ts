import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { tempfile } from '../../../src/modules/files/tempfile.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, faultsOf, planOf } from '../../support/plan.ts'

const test = suite('tempfile')
let all: Host[] = []
let folder = ''
test.before(async () => {
  all = await hosts()
  folder = mkdtempSync(join(tmpdir(), 'temp '))
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

test('a new file or folder each time, for its user alone, with the name that was asked for', async () => {
  for (const { session } of all) {
    for (const state of ['file', 'directory']) {
      const raw = { state, path: folder, prefix: "it's ", suffix: '.$x' }
      const made = async () => (await applyModule(session, tempfile, raw)).result.result!
      const [one, other] = [await made(), await made()]
      assert.match(String(one.path), /\/it's [a-z0-9_]{8}\.\$x$/)
      assert.is.not(one.path, other.path)
      assert.is(one.state, state)
      assert.is(statSync(String(one.path)).mode & 0o7777, state === 'file' ? 0o600 : 0o700)
    }
  }
})

test('check makes nothing, and a folder that is not there is told', async () => {
  const before = readdirSync(folder).length
  for (const { session } of all) {
    assert.ok((await applyModule(session, tempfile, { path: folder }, CHECK)).plan.skipped)
    const { result } = await applyModule(session, tempfile, { path: join(folder, 'none') })
    assert.match(result.failed ?? '', /there is no folder .*none/)
  }
  assert.is(readdirSync(folder).length, before)
  assert.not(existsSync(join(folder, 'none')))
})

test('plans and faults', () => {
  assert.is(planOf(tempfile, {}).changes.length, 1)
  assert.match(faultsOf(tempfile, { prefix: 'a/b' })[0]!, /parts of a name/)
})

test.run()
