import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { filesystem } from '../../../src/modules/system/filesystem/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite('filesystem: on hosts')

let all: Host[] = []
let folder = ''
test.before(async () => {
  all = await hosts()
  folder = mkdtempSync(join(tmpdir(), 'fs '))
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

async function applied({ session }: Host, raw: Raw, isAgain = false): Promise<void> {
  const checked = await applyModule(session, filesystem, raw, CHECK)
  const { plan, result } = await applyModule(session, filesystem, raw)
  assert.equal([result.failed, plan.failed, plan.changes], [undefined, undefined, checked.plan.changes])
  assert.ok(plan.changes.length > 0, JSON.stringify(raw))
  if (!isAgain)
    assert.equal((await applyModule(session, filesystem, raw)).plan.changes, [], JSON.stringify(raw))
}

const typeOf = (dev: string) =>
  execFileSync('sh', ['-c', 'blkid -c /dev/null -o value -s TYPE "$0" || :', dev], {
    encoding: 'utf8',
  }).trim()

test('a file system is made, grows, is made anew as another one, and is wiped', async () => {
  for (const host of all) {
    const dev = join(folder, `-${host.name} '$x`)
    closeSync(openSync(dev, 'w'))
    truncateSync(dev, 10 * 1024 * 1024)
    await applied(host, { dev, fstype: 'ext4', opts: '-L a' })
    assert.is(typeOf(dev), 'ext4')
    truncateSync(dev, 20 * 1024 * 1024 + 77)
    await applied(host, { dev, fstype: 'ext4', resizefs: true })
    await applied(host, { dev, fstype: 'ext4', force: true }, true)
    const other = await applyModule(host.session, filesystem, { dev, fstype: 'swap' }, CHECK)
    assert.match(other.plan.failed ?? '', /is already used as ext4, use force=true to overwrite$/)
    await applied(host, { dev, fstype: 'swap', force: true }, true)
    assert.is(typeOf(dev), 'swap')
    await applied(host, { dev, state: 'absent' })
    assert.is(typeOf(dev), '')
  }
})

test('what is no device is a failure', async () => {
  for (const { session } of all) {
    const { plan } = await applyModule(session, filesystem, { dev: join(folder, 'none'), fstype: 'ext4' })
    assert.match(plan.failed ?? '', /^Device .* not found\.$/)
    const none = { dev: join(folder, 'none'), state: 'absent' }
    assert.equal((await applyModule(session, filesystem, none)).plan.changes, [])
    let message = ''
    try {
      await applyModule(session, filesystem, { dev: folder, fstype: 'ext4' })
    } catch (error) {
      message = (error as Error).message
    }
    assert.match(message, /^Target device not supported/)
  }
})

test.run()
