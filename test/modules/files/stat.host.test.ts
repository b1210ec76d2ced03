import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stat } from '../../../src/modules/files/stat.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite('stat: on hosts')

let all: Host[] = []
let folder = ''

test.before(async () => {
  all = await hosts()
  folder = mkdtempSync(join(tmpdir(), 'stat '))
  chmodSync(folder, 0o755)
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

async function look(host: Host, raw: Raw): Promise<ValueMap> {
  const { plan } = await applyModule(host.session, stat, raw, CHECK)
  assert.equal([plan.changes, plan.failed], [[], undefined])
  return plan.result?.stat as ValueMap
}

test('files of any name, with every algorithm', async () => {
  for (const host of all) {
    for (const name of ['plain', '-odd \'\n" $x~']) {
      const path = join(folder, name)
      writeFileSync(path, 'a\0b\n')
      chmodSync(path, 0o2741)
      const { mtimeMs, ino, dev } = lstatSync(path)
      for (const algorithm of ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']) {
        // The usual busybox has no such applet, and then the host says so.
        if (host.name === 'busybox' && algorithm === 'sha224') continue
        const found = await look(host, { path, checksum_algorithm: algorithm })
        assert.is(found.checksum, createHash(algorithm).update('a\0b\n').digest('hex'))
        assert.equal([found.mode, found.isgid, found.inode, found.dev], ['2741', true, ino, dev])
        assert.ok(Math.abs(Number(found.mtime) - mtimeMs / 1000) < 0.001)
        assert.equal([found.size, found.mimetype], [4, 'application/octet-stream'])
      }
    }
  }
})

test('folders, links, devices, pipes, and what is not there', async () => {
  const at = (name: string) => join(folder, name)
  writeFileSync(at('file'), '')
  mkdirSync(at('folder'))
  symlinkSync('file', at('link'))
  symlinkSync('nowhere', at('dead'))
  symlinkSync('loop', at('loop'))
  execFileSync('mkfifo', [at('pipe')])
  for (const host of all) {
    assert.is((await look(host, { path: at('folder') })).isdir, true)
    assert.is((await look(host, { path: at('pipe') })).isfifo, true)
    const device = await look(host, { path: '/dev/null' })
    assert.equal([device.ischr, device.device_type, 'checksum' in device], [true, 259, false])
    const link = await look(host, { path: at('link') })
    assert.equal([link.islnk, link.lnk_source, link.lnk_target], [true, at('file'), 'file'])
    assert.not('checksum' in link)
    const empty = await look(host, { path: at('link'), follow: true })
    assert.equal([empty.isreg, empty.size, empty.checksum], [true, 0, createHash('sha1').digest('hex')])
    assert.equal((await look(host, { path: at('dead') })).lnk_source, at('nowhere'))
    for (const path of [at('dead'), at('loop'), at('none'), at('none/below')])
      assert.equal(await look(host, { path, follow: true }), { exists: false })
  }
})

test.run()
