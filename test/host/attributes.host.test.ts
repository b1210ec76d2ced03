import { chmodSync, chownSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { probeNow } from '../../src/engine/prefetch/probe-cache.ts'
import { idsProbe, readIds, type Wanted } from '../../src/host/attributes.ts'
import { attributesScripts } from '../../src/host/safe-path.ts'
import { type Host, hosts } from '../support/host.ts'
import { FILE } from './file.ts'

const test = suite('attributes: on hosts')
let all: Host[] = []

test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})

test('they are set in folders of root and of others; setuid survives a change of owner', async () => {
  for (const { session, name } of all) {
    const folder = mkdtempSync(join(tmpdir(), 'playssh-test-'))
    for (const owner of [0, 1]) {
      chownSync(folder, owner, owner)
      const one = { path: `${folder}/-x`, set: { uid: 3, gid: 4 }, mode: 0o4755 }
      const two = { path: `${folder}/it's "b"`, set: { uid: 3, gid: 4, mode: 0o640 }, mode: 0o600 }
      const settings = [one, two].map(({ path, set, mode }) => {
        writeFileSync(path, '')
        chmodSync(path, mode)
        const { dev, ino } = lstatSync(path)
        return { path, set, file: { ...FILE, mode, device: dev, inode: ino } }
      })
      for (const script of attributesScripts(settings)) {
        const { code, stderr } = await session.sh(script)
        assert.is(code, 0, `${name}: ${stderr}`)
      }
      const told = [one, two].map(({ path }) => {
        const { uid, gid, mode, nlink } = lstatSync(path)
        return [uid, gid, (mode & 0o7777).toString(8), nlink].join(' ')
      })
      assert.equal(told, ['3 4 4755 1', '3 4 640 1'], name)
      assert.equal(readdirSync(folder), ['-x', 'it\'s "b"'])
      for (const { path } of [one, two]) rmSync(path)
    }
    rmSync(folder, { recursive: true })
  }
})

test('ids of names, on both hosts', async () => {
  for (const { session } of all) {
    const ids = async (wanted: Wanted) => {
      return readIds(await probeNow(session, undefined, [idsProbe(wanted)]), wanted)
    }
    assert.equal(await ids({ owner: 'daemon', group: 'tty' }), { uid: 1, gid: 5 })
    assert.equal(await ids({ owner: '7', group: 'root' }), { uid: 7, gid: 0 })
    for (const name of ['no such', '-x', '$(id)']) {
      const { unknown } = await ids({ group: name })
      assert.is(unknown, `there is no group "${name}" on this host; create it in an earlier task`)
    }
  }
})

test.run()
