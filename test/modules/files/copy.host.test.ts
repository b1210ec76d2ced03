import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
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
import { copy } from '../../../src/modules/files/copy.ts'
import { file } from '../../../src/modules/files/file/index.ts'
import { lineinfile } from '../../../src/modules/files/lineinfile.ts'
import type { Session } from '../../../src/remote/session.ts'
import type { Module } from '../../../src/sdk/module.ts'
import { contentOf, readLocalFile } from '../../../src/shell/content.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite('copy: on hosts')

let all: Host[] = []
let folder = ''
const here = (...names: string[]) => join(folder, ...names)

test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), "copy '"))
  chmodSync(folder, 0o755)
})
test.after.each(() => rmSync(folder, { recursive: true }))

/** Applies, and makes sure that nothing is left to do; gives what was changed. */
async function converge(session: Session, raw: Raw) {
  const { plan, result: conclusion } = await applyModule(session, copy, raw)
  assert.is(plan.failed, undefined)
  assert.is(conclusion.failed, undefined)
  const again = await applyModule(session, copy, raw, { check: true, diff: true })
  assert.equal(again.plan.failed, undefined)
  assert.equal(again.plan.changes, [])
  return { changes: plan.changes, result: { ...plan.result, ...conclusion.result }, again: again.plan.result }
}

test('a file, with the values that Ansible returns', async () => {
  writeFileSync(here('source'), 'a\0\r\nb')
  chmodSync(here('source'), 0o751)
  const src = await readLocalFile(here('source'))
  for (const { session, name } of all) {
    const dest = here(`to ${name}\n`)
    const raw = { src, dest, mode: 'preserve', owner: 'daemon', group: 'tty' }
    const { result, again } = await converge(session, raw)
    assert.equal(readFileSync(dest), readFileSync(here('source')))
    const { uid, gid, mode } = statSync(dest)
    assert.equal([uid, gid, mode & 0o7777], [1, 5, 0o751])
    const expected = {
      dest,
      src: here('source'),
      checksum: contentOf('a\0\r\nb').sha1,
      size: 5,
      uid: 1,
      gid: 5,
      owner: 'daemon',
      group: 'tty',
      mode: '0751',
      state: 'file',
    }
    assert.equal(result, expected)
    assert.equal(again, expected)
  }
})

test('into a folder, and into one that is made', async () => {
  writeFileSync(here('source'), 'a')
  const src = await readLocalFile(here('source'))
  for (const { session, name } of all) {
    mkdirSync(here(name))
    assert.is((await converge(session, { src, dest: here(name) })).changes.length, 2)
    assert.is(readFileSync(here(name, 'source'), 'utf8'), 'a')
    symlinkSync(name, here(`${name}-link`))
    assert.equal((await converge(session, { src, dest: here(`${name}-link`) })).changes, [])
    const deep = `${here(name, 'x', 'y')}/`
    const { changes } = await converge(session, { src, dest: deep, directory_mode: '0700', owner: '1' })
    assert.is(changes.length, 2 * 3 + 3)
    assert.equal(
      [statSync(deep).mode & 0o777, statSync(deep).uid, statSync(here(name, 'x')).uid],
      [0o700, 1, 1],
    )
  }
})

test('what is there already: its owner and mode stay, a backup is kept, force: false leaves it', async () => {
  for (const { session } of all) {
    const dest = here('kept')
    writeFileSync(dest, 'old')
    chmodSync(dest, 0o640)
    await session.sh(`chown 1:2 '${dest.replaceAll("'", "'\\''")}'`)
    assert.equal((await converge(session, { content: 'new', dest, force: false })).changes, [])
    const { result } = await converge(session, { content: 'new', dest, backup: true })
    assert.equal([result.mode, result.uid, result.gid], ['0640', 1, 2])
    assert.is(readFileSync(String(result.backup_file), 'utf8'), 'old')
    assert.equal((await converge(session, { content: 'new', dest, mode: '0600' })).changes.length, 1)
    rmSync(dest)
  }
})

test('links on the host: replaced, or followed', async () => {
  for (const { session } of all) {
    writeFileSync(here('real'), 'same')
    symlinkSync('real', here('link'))
    const { changes } = await converge(session, { content: 'same', dest: here('link'), follow: true })
    assert.equal(changes, [])
    await converge(session, { content: 'new', dest: here('link'), follow: true })
    assert.is(readFileSync(here('real'), 'utf8'), 'new')
    assert.ok(lstatSync(here('link')).isSymbolicLink())
    const replaced = await converge(session, { content: 'new', dest: here('link') })
    assert.equal(
      replaced.changes.map((change) => change.before),
      ['link', null],
    )
    assert.ok(lstatSync(here('link')).isFile())
    rmSync(here('link'))
    symlinkSync('nowhere', here('link'))
    await converge(session, { content: 'new', dest: here('link'), follow: true })
    assert.is(existsSync(here('nowhere')), false)
    rmSync(here('link'))
    rmSync(here('real'))
  }
})

async function makeTree() {
  mkdirSync(here('tree', 'sub', 'empty'), { recursive: true })
  writeFileSync(here('tree', 'a'), 'a')
  writeFileSync(here('tree', 'sub', "-b \n'"), 'b')
  chmodSync(here('tree', 'a'), 0o755)
  symlinkSync('a', here('tree', 'link'))
  symlinkSync('sub', here('tree', 'sublink'))
}

test('a folder: itself, or what is in it', async () => {
  await makeTree()
  for (const { session, name } of all) {
    const dest = here(name)
    const src = await readLocalFile(here('tree'))
    await converge(session, { src, dest, mode: 'preserve', directory_mode: '0750' })
    assert.equal(readdirSync(join(dest, 'tree')).sort(), ['a', 'link', 'sub', 'sublink'])
    assert.is(readFileSync(join(dest, 'tree', 'sub', "-b \n'"), 'utf8'), 'b')
    assert.ok(lstatSync(join(dest, 'tree', 'sublink', 'empty')).isDirectory())
    assert.ok(lstatSync(join(dest, 'tree', 'link')).isFile())
    assert.equal(
      [statSync(join(dest, 'tree', 'a')).mode & 0o777, statSync(dest).mode & 0o777],
      [0o755, 0o750],
    )
    const inside = await readLocalFile(`${here('tree')}/`)
    await converge(session, { src: inside, dest: here(`${name}2`), local_follow: false, owner: 'daemon' })
    assert.is(readlinkSync(here(`${name}2`, 'sublink')), 'sub')
    assert.is(lstatSync(here(`${name}2`, 'link')).uid, 1)
    writeFileSync(here(`${name}2`, 'a'), 'drifted')
    rmSync(here(`${name}2`, 'link'))
    const { changes } = await converge(session, { src: inside, dest: here(`${name}2`), local_follow: false })
    assert.equal(
      changes.map(({ what }) => what),
      [`content of ${here(`${name}2`, 'a')}`, `link of ${here(`${name}2`, 'link')}`],
    )
  }
})

test('links in the source that lead nowhere, or around, stay links', async () => {
  mkdirSync(here('tree'))
  symlinkSync('gone', here('tree', 'dead'))
  symlinkSync('.', here('tree', 'up'))
  writeFileSync(here('tree', 'file'), 'x')
  const src = await readLocalFile(here('tree'))
  for (const { session, name } of all) {
    const { plan } = await applyModule(session, copy, { src, dest: here(name) })
    assert.equal(plan.warnings, [
      'dead in the source leads nowhere, and is copied as a link',
      'up in the source leads nowhere, and is copied as a link',
    ])
    assert.equal(
      ['dead', 'up'].map((link) => readlinkSync(here(name, 'tree', link))),
      ['gone', '.'],
    )
    assert.is(readFileSync(here(name, 'tree', 'file'), 'utf8'), 'x')
    await converge(session, { src, dest: here(name), local_follow: false })
    const there = { src: here(name, 'tree'), dest: here(`${name}2`), remote_src: true, local_follow: true }
    const refused = await applyModule(session, copy, there).then(String, String)
    assert.match(refused, /loop|levels of symbolic links/)
    rmSync(here(name, 'tree', 'up'))
    await converge(session, there)
    assert.is(readlinkSync(here(`${name}2`, 'tree', 'dead')), 'gone')
  }
})

test('a file is copied within the host', async () => {
  for (const { session } of all) {
    writeFileSync(here("-so 'urce"), 'a\0b', { mode: 0o640 })
    const dest = here('to')
    const raw = { src: here("-so 'urce"), dest, remote_src: true }
    const { result } = await converge(session, { ...raw, checksum: contentOf('a\0b').sha1 })
    assert.equal([result.mode, result.checksum], ['0644', contentOf('a\0b').sha1])
    await converge(session, { ...raw, mode: 'preserve' })
    assert.is(statSync(dest).mode & 0o777, 0o640)
    const { plan } = await applyModule(session, copy, { ...raw, checksum: 'x' })
    assert.match(plan.failed ?? '', /the SHA-1 of the source is .*, not x/)
    const missing = applyModule(session, copy, { ...raw, src: here('none') })
    const message = await missing.then(
      () => '',
      (error: Error) => error.message,
    )
    assert.match(message, /there is no .*none on this host/)
    rmSync(dest)
  }
})

test('a folder is copied within the host', async () => {
  await makeTree()
  for (const { session, name } of all) {
    const raw = { src: here('tree'), dest: here(name), remote_src: true }
    await converge(session, raw)
    const at = (...names: string[]) => here(name, 'tree', ...names)
    assert.is(readFileSync(at('sub', "-b \n'"), 'utf8'), 'b')
    assert.is(statSync(at('a')).mode & 0o777, 0o755)
    assert.is(readlinkSync(at('link')), 'a')
    writeFileSync(at('a'), 'drifted')
    const { changes } = await converge(session, raw)
    assert.equal(
      changes.map(({ what }) => what),
      [`content of ${at('a')}`],
    )
    await converge(session, { ...raw, src: `${here('tree')}/`, dest: here(`${name}2`), local_follow: true })
    assert.ok(lstatSync(here(`${name}2`, 'sublink', 'empty')).isDirectory())
  }
})

test('what is below a file is refused, and it is said what is there', async () => {
  writeFileSync(here('file'), 'x')
  execFileSync('mkfifo', [here('pipe')])
  for (const { session } of all) {
    for (const [name, type] of [
      ['file', 'file'],
      ['pipe', 'fifo'],
    ] as const) {
      const expected = `${here(name)} is a ${type}, and a folder is to be there`
      const path = here(name, 'below')
      const failedOf = async (module: Module, raw: Raw) => {
        const [checked, { plan }] = [
          await applyModule(session, module, raw, CHECK),
          await applyModule(session, module, raw),
        ]
        assert.is(checked.plan.failed, plan.failed)
        return plan.failed
      }
      assert.is(await failedOf(copy, { content: 'y', dest: path }), expected)
      assert.is(await failedOf(lineinfile, { path, line: 'y', create: true }), expected)
      assert.is(await failedOf(file, { path, state: 'touch' }), expected)
      assert.is(await failedOf(file, { path, src: '/', state: 'link' }), expected)
      assert.is(await failedOf(file, { path, src: here('file'), state: 'hard' }), expected)
      assert.is(await failedOf(file, { path: here(name, 'a', 'b'), state: 'directory' }), expected)
    }
  }
})

test.run()
