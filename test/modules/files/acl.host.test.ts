import { execFileSync } from 'node:child_process'
import { lchownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { acl } from '../../../src/modules/files/acl/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('acl on hosts')

let all: Host[] = []
let top = ''
test.before(async () => {
  all = await hosts()
  // Not every file system in memory has lists.
  top = mkdtempSync('/var/tmp/acl ')
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(top, { recursive: true })
})

const held = (path: string) =>
  execFileSync('getfacl', ['-cp', '--', path], { encoding: 'utf8' }).trim().split('\n')
const ODD = `-odd '\n" $x~\\`
const NOBODY = { entity: 'nobody', etype: 'user' }

test('an entry is planned, set, found and removed, for files and folders of any name', async () => {
  for (const { session, name } of all) {
    for (const kind of ['file', 'folder']) {
      const path = join(top, `${ODD}${name}${kind}`)
      if (kind === 'folder') mkdirSync(path)
      else writeFileSync(path, '')
      const run = async (raw: Raw, view = RUN) => {
        const { plan, result } = await applyModule(session, acl, { path, ...NOBODY, ...raw }, view)
        return { rows: rows(plan), acl: result.result?.acl ?? plan.result?.acl }
      }
      const present = { state: 'present', permissions: 'rwX' }
      const before = held(path)
      const planned = await run(present, CHECK)
      assert.equal(held(path), before)
      const done = await run(present)
      assert.equal(done.rows, planned.rows)
      assert.is(done.rows.length, 1)
      const x = kind === 'folder' ? 'x' : '-'
      assert.ok(held(path).includes(`user:nobody:rw${x}`))
      assert.equal(done.acl, held(path))
      const again = await run(present)
      assert.equal(again, { rows: [], acl: held(path) })
      assert.is((await run({ state: 'absent' })).rows.length, 1)
      assert.equal((await run({ state: 'absent' })).rows, [])
      assert.not(held(path).join().includes('nobody'))
      rmSync(path, { recursive: true })
    }
  }
})

test('a folder gets its default list, and all that is below it an entry, but no link', async () => {
  for (const { session, name } of all) {
    const path = join(top, `tree ${name}`)
    mkdirSync(join(path, 'sub'), { recursive: true })
    writeFileSync(join(path, 'sub', ODD), '')
    symlinkSync(top, join(path, 'out'))
    const run = async (raw: Raw, view = RUN) =>
      rows((await applyModule(session, acl, { path, ...NOBODY, permissions: 'rX', ...raw }, view)).plan)
    const whole = { state: 'present', recursive: true }
    const planned = await run(whole, CHECK)
    assert.is(planned.length, 3)
    assert.equal(await run(whole), planned)
    assert.equal(await run(whole), [])
    assert.ok(held(join(path, 'sub', ODD)).includes('user:nobody:r--'))
    assert.not(held(top).join().includes('nobody'))
    const own = { state: 'present', default: true }
    assert.equal(await run(own), [
      ['default acl', '', 'user::rwx,user:nobody:r-x,group::r-x,mask::r-x,other::r-x'],
    ])
    assert.equal(await run(own), [])
    const link = join(top, `link ${name}`)
    symlinkSync(path, link)
    assert.equal(await run({ path: link, state: 'present', permissions: 'rwx', follow: false }), [])
    assert.is((await run({ path: link, state: 'present', permissions: 'rwx' })).length, 1)
    assert.ok(held(path).includes('user:nobody:rwx'))
  }
})

test('a user who is not there, and a default list of a file, are failures with a sentence', async () => {
  for (const { session, name } of all) {
    const path = join(top, `file ${name}`)
    writeFileSync(path, '')
    const said = async (raw: Raw) => {
      const run = await applyModule(session, acl, { path, state: 'present', permissions: 'r', ...raw })
      return run.result.failed ?? run.plan.failed ?? ''
    }
    assert.match(await said({ entity: 'nosuch-user', etype: 'user' }), /Invalid argument/)
    assert.match(await said({ ...NOBODY, default: true }), /Only directories can have default ACLs/)
    assert.match(await said({ path: '/proc/version', ...NOBODY }), /not supported/)
    assert.match(await said({ path: `${path}/none`, ...NOBODY }), /Path not found or not accessible/)
  }
})

test("in another user's folder the file is held, and their link to what is not theirs is not followed", async () => {
  for (const { session, name } of all) {
    const folder = join(top, `theirs ${name}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'f'), '')
    symlinkSync(top, join(folder, 'l'))
    for (const one of ['', 'f', 'l']) lchownSync(join(folder, one), 65534, 65534)
    const raw = { entity: 'daemon', etype: 'user', permissions: 'r', state: 'present' }
    await applyModule(session, acl, { ...raw, path: join(folder, 'f') })
    assert.ok(held(join(folder, 'f')).includes('user:daemon:r--'))
    assert.equal(readdirSync(folder), ['f', 'l'])
    let said = ''
    await applyModule(session, acl, { ...raw, path: join(folder, 'l') }).catch((error: Error) => {
      said = error.message
    })
    assert.match(said, /which is not theirs; it is not followed/)
  }
})

test.run()
