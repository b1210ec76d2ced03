import {
  lstatSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ini_file } from '../../../src/modules/files/ini_file/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite('ini_file: on hosts')

let all: Host[] = []
let folder = ''
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'ini '))
})
test.after.each(() => rmSync(folder, { recursive: true }))

test('check says what the run then does, and a second run finds nothing', async () => {
  for (const { session } of all) {
    for (const name of ['plain', '-odd \'\n" $x~']) {
      const path = join(folder, name)
      for (const step of [
        { section: 'a b', option: "it's", value: '$(id) "x" \\n', mode: '0640', owner: 'daemon' },
        { section: 'a b', option: "it's", values: ['1', '2'] },
        { option: 'top', value: 'ü' },
        { section: 'a b', option: "it's", value: '2', exclusive: false, state: 'absent' },
      ]) {
        const raw = { path, ...step }
        const checked = await applyModule(session, ini_file, raw, CHECK)
        const { plan, result } = await applyModule(session, ini_file, raw)
        assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
        assert.ok(plan.changes.length > 0)
        assert.equal((await applyModule(session, ini_file, raw)).plan.changes, [])
      }
      assert.is(readFileSync(path, 'utf8'), "top = ü\n\n[a b]\nit's = 1\n")
      assert.equal([statSync(path).mode & 0o7777, statSync(path).uid], [0o640, 1])
      rmSync(path)
    }
  }
})

test('bytes that are no UTF-8 stay, and a backup has the file as it was', async () => {
  for (const { session } of all) {
    const path = join(folder, 'bytes')
    const before = Buffer.from([0x5b, 0x73, 0x5d, 10, 0xff, 0x3d, 0, 10])
    writeFileSync(path, before)
    const raw = { path, section: 's', option: 'o', value: '1', backup: true }
    const { result } = await applyModule(session, ini_file, raw)
    assert.equal(readFileSync(path), Buffer.concat([before, Buffer.from('o = 1\n')]))
    assert.equal(readFileSync(String(result.result?.backup_file)), before)
  }
})

test('a link gives way to a file, or is followed', async () => {
  for (const { session } of all) {
    const [path, link] = [join(folder, 'file'), join(folder, 'link')]
    writeFileSync(path, '[s]\n', { mode: 0o600 })
    const run = async (value: string, follow: boolean) => {
      const raw = { path: link, section: 's', option: 'o', value, follow }
      const { result } = await applyModule(session, ini_file, raw)
      assert.is(result.failed, undefined)
      assert.equal((await applyModule(session, ini_file, raw)).plan.changes, [])
    }
    symlinkSync('file', link)
    await run('1', true)
    assert.equal([readlinkSync(link), readFileSync(path, 'utf8')], ['file', '[s]\no = 1\n'])
    await run('2', false)
    assert.ok(lstatSync(link).isFile())
    assert.equal([readFileSync(link, 'utf8'), statSync(link).mode & 0o777], ['[s]\no = 2\n', 0o600])
    assert.is(readFileSync(path, 'utf8'), '[s]\no = 1\n')
    rmSync(link)
  }
})

test('a folder on the way is made', async () => {
  for (const { session, name } of all) {
    const path = join(folder, name, 'deep', 'file')
    const raw = { section: 's', option: 'o', value: '1' }
    assert.is((await applyModule(session, ini_file, { path, ...raw })).plan.changes.length, 3)
    assert.is(readFileSync(path, 'utf8'), '\n[s]\no = 1\n')
  }
})

test.run()
