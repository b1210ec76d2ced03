import { execFileSync } from 'node:child_process'
import { lchownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { xattr } from '../../../src/modules/files/xattr.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('xattr on hosts')

let all: Host[] = []
let top = ''
test.before(async () => {
  all = await hosts()
  // A file system in memory has none of the namespace user.
  top = mkdtempSync('/var/tmp/xattr ')
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(top, { recursive: true })
})

const held = (path: string) =>
  execFileSync('getfattr', ['--absolute-names', '--only-values', '-n', 'user.a', '--', path], {
    encoding: 'utf8',
  })

test('an attribute is planned, set, found and removed, of files and folders of any name', async () => {
  for (const { session, name } of all) {
    for (const file of [`-odd '\n" $x~${name}`, `folder ${name}`]) {
      const path = join(top, file)
      if (file.startsWith('folder')) mkdirSync(path)
      else writeFileSync(path, '')
      const raw = { path, key: 'a' }
      const value = 'it\'s "odd" \\ $(id)\nü'
      const run = async (more: Raw, view = RUN) =>
        rows((await applyModule(session, xattr, { ...raw, ...more }, view)).plan)
      const planned = await run({ value }, CHECK)
      assert.equal(await run({ value }), planned)
      assert.is(held(path), value)
      assert.equal(await run({ value }), [])
      assert.equal(await run({ value: '' }), [['user.a', value, '']])
      assert.equal(await run({ value: '' }), [])
      const { plan } = await applyModule(session, xattr, { path, state: 'keys' })
      assert.equal(plan.result?.xattr, { 'user.a': '' })
      assert.equal(await run({ state: 'absent' }), [['user.a', '', null]])
      assert.equal(await run({ state: 'absent' }), [])
      rmSync(path, { recursive: true })
    }
  }
})

test("in another user's folder the file is held, and their link to what is not theirs is not followed", async () => {
  for (const { session, name } of all) {
    const folder = join(top, `theirs ${name}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'f'), '')
    symlinkSync(top, join(folder, 'l'))
    for (const one of ['', 'f', 'l']) lchownSync(join(folder, one), 65534, 65534)
    await applyModule(session, xattr, { path: join(folder, 'f'), key: 'a', value: 'x' })
    assert.is(held(join(folder, 'f')), 'x')
    assert.equal(readdirSync(folder), ['f', 'l'])
    let said = ''
    await applyModule(session, xattr, { path: join(folder, 'l'), key: 'a', value: 'x' }).catch(
      (error: Error) => {
        said = error.message
      },
    )
    assert.match(said, /which is not theirs; it is not followed/)
  }
})

test.run()
