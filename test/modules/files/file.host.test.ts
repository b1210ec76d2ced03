import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
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
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { file } from '../../../src/modules/files/file/index.ts'
import type { Session } from '../../../src/remote/session.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import type { Raw } from '../../support/plan.ts'

const test = suite('file: on hosts')

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
  folder = mkdtempSync(join(tmpdir(), 'file "'))
})
test.after.each(() => rmSync(folder, { recursive: true }))

async function converge(session: Session, raw: Raw) {
  const { plan, result: conclusion } = await applyModule(session, file, raw)
  assert.is(plan.failed, undefined)
  assert.is(conclusion.failed, undefined)
  const again = await applyModule(session, file, raw)
  assert.is(again.plan.failed, undefined)
  assert.equal(again.plan.changes, [])
  return { changes: plan.changes, result: { ...plan.result, ...conclusion.result }, again: again.plan.result }
}

test('folders with odd names, made and removed', async () => {
  for (const { session } of all) {
    for (const name of ["a 'b\n", '-rf', '$HOME', 'ü', '~x']) {
      const path = here(name, 'deep')
      const raw = { path, state: 'directory', owner: 'daemon', group: 'tty', mode: 'u=rwx,g=rxs,o=' }
      const { result, again } = await converge(session, raw)
      assert.equal(
        [result.path, result.owner, result.gid, result.mode, result.state],
        [path, 'daemon', 5, '02750', 'directory'],
      )
      assert.equal({ ...again, diff: null }, { ...result, diff: null })
      assert.equal(again?.diff, { before: { path }, after: { path } })
      assert.is(statSync(here(name)).mode & 0o7777, 0o2750)
      assert.is((await converge(session, { path, state: 'directory', mode: '0755' })).changes.length, 1)
      assert.equal((await converge(session, { path: here(name), state: 'absent' })).changes.length, 1)
      assert.equal(readdirSync(folder), [])
    }
  }
})

test('recurse: all that is below, and what links lead to', async () => {
  for (const { session } of all) {
    mkdirSync(here('tree', 'sub'), { recursive: true })
    writeFileSync(here('outside'), '')
    writeFileSync(here('tree', 'sub', '-a \n'), '')
    symlinkSync('../outside', here('tree', 'link'))
    symlinkSync('nowhere', here('tree', 'dead'))
    const raw = {
      path: here('tree'),
      state: 'directory',
      recurse: true,
      mode: 'u=rwX,g=,o=',
      owner: 'daemon',
    }
    const { changes } = await converge(session, raw)
    assert.is(changes.length, 2 * 4 + 2)
    assert.is(statSync(here('tree', 'sub', '-a \n')).mode & 0o777, 0o600)
    assert.is(lstatSync(here('tree', 'dead')).uid, 1)
    assert.equal([statSync(here('outside')).uid, statSync(here('outside')).mode & 0o777], [1, 0o600])
    chmodSync(here('tree', 'sub'), 0o755)
    const again = await converge(session, raw)
    assert.equal(again.changes, [{ what: `mode of ${here('tree', 'sub')}`, before: '0755', after: '0700' }])
    chownSync(here('outside'), 2, 2)
    await converge(session, { ...raw, follow: false })
    assert.is(statSync(here('outside')).uid, 2)
    rmSync(here('tree'), { recursive: true })
    rmSync(here('outside'))
  }
})

test('symbolic links are made, turned and followed', async () => {
  for (const { session } of all) {
    writeFileSync(here('one'), '')
    mkdirSync(here('two'))
    const path = here('the link')
    await converge(session, { path, state: 'link', src: 'one' })
    assert.is(readlinkSync(path), 'one')
    const { changes, result } = await converge(session, { path, state: 'link', src: 'two' })
    assert.equal(changes, [{ what: 'link', before: 'one', after: 'two' }])
    assert.equal([result.dest, result.src, result.state], [path, 'two', 'link'])
    await converge(session, {
      path,
      state: 'link',
      src: '~gone -x',
      force: true,
      owner: 'daemon',
      follow: false,
    })
    assert.equal([readlinkSync(path), lstatSync(path).uid], ['~gone -x', 1])
    await converge(session, { path, state: 'link', src: 'one', mode: '0600' })
    assert.is(statSync(here('one')).mode & 0o777, 0o600)
    await converge(session, { path: here('two'), state: 'link', src: 'one', force: true })
    assert.is(readlinkSync(here('two')), 'one')
    await converge(session, { path, state: 'absent' })
    assert.ok(existsSync(here('one')))
    rmSync(here('one'))
    rmSync(here('two'))
  }
})

test('through a link: the file or folder that it leads to', async () => {
  for (const { session } of all) {
    writeFileSync(here('real'), 'x')
    symlinkSync('real', here('link'))
    symlinkSync('later', here('dead'))
    assert.equal(
      (await converge(session, { path: here('link'), state: 'file', mode: '0600' })).result.path,
      here('real'),
    )
    assert.is(statSync(here('real')).mode & 0o777, 0o600)
    await converge(session, { path: here('dead'), state: 'directory', mode: '0700' })
    assert.ok(lstatSync(here('later')).isDirectory())
    for (const name of ['real', 'link', 'dead', 'later']) rmSync(here(name), { recursive: true })
  }
})

test('hard links are made and turned', async () => {
  for (const { session } of all) {
    writeFileSync(here('one'), '1')
    writeFileSync(here('other'), '2')
    const raw = { path: here('-hard'), src: here('one'), state: 'hard' }
    const { result } = await converge(session, { ...raw, mode: '0640' })
    assert.equal(
      [result.state, statSync(here('one')).nlink, statSync(here('one')).mode & 0o777],
      ['hard', 2, 0o640],
    )
    const taken = await applyModule(session, file, { ...raw, src: here('other') })
    assert.match(taken.plan.failed ?? '', /"force: true" puts the link in its place/)
    await converge(session, { ...raw, src: here('other'), force: true })
    assert.is(readFileSync(here('-hard'), 'utf8'), '2')
    for (const name of ['one', 'other', '-hard']) rmSync(here(name))
  }
})

test('who may write a file of another user may touch it', async () => {
  const path = here('others')
  writeFileSync(path, '', { mode: 0o666 })
  chmodSync(path, 0o666)
  chmodSync(folder, 0o755)
  utimesSync(path, 1, 1)
  const { actions = [] } = (
    await applyModule(all[0]!.session, file, { path, state: 'touch' }, { check: true, diff: false })
  ).plan
  const scripts = actions.flatMap((action) => (action.do === 'sh' ? [action.script] : []))
  for (const sh of [['/bin/sh'], ['busybox', 'sh']]) {
    const { status, stderr } = spawnSync('setpriv', [...NOBODY, ...sh, '-c', scripts[0]!], {
      encoding: 'utf8',
    })
    assert.equal([status, stderr], [0, ''])
  }
  assert.ok(statSync(path).mtimeMs > 1e9)
})

const NOBODY = ['--reuid', '65534', '--regid', '65534', '--clear-groups']

test('touch makes a file, and sets times', async () => {
  for (const { session } of all) {
    const path = here("touch'ed")
    const { result: conclusion } = await applyModule(session, file, {
      path,
      state: 'touch',
      mode: '0600',
      owner: 'daemon',
    })
    assert.equal([conclusion.result?.mode, conclusion.result?.size, statSync(path).uid], ['0600', 0, 1])
    writeFileSync(path, 'kept')
    utimesSync(path, 1, 1)
    await applyModule(session, file, { path, state: 'touch', access_time: 'preserve' })
    assert.equal([statSync(path).atimeMs, statSync(path).mtimeMs > 1e12], [1000, true])
    assert.is(readFileSync(path, 'utf8'), 'kept')
    await converge(session, {
      path,
      modification_time: '200102030405.06',
      access_time: '03.02.01 4:05',
      access_time_format: '%d.%m.%y %H:%M',
    })
    const zone = new Date(2001, 1, 3, 4, 5, 6).getTime()
    assert.equal([statSync(path).mtimeMs, statSync(path).atimeMs], [zone, zone - 6000])
    rmSync(path)
  }
})

test('diff tells what differs, as in Ansible, and what goes with a folder', async () => {
  for (const { session } of all) {
    const path = here('was')
    const diff = async (raw: Raw) => {
      const view = { check: false, diff: true }
      return (await applyModule(session, file, { path, ...raw }, view)).plan.result?.diff
    }
    const state = (before: string, after: string) => ({
      before: { path, state: before },
      after: { path, state: after },
    })
    assert.equal(await diff({ state: 'directory' }), state('absent', 'directory'))
    assert.equal(await diff({ mode: '0700' }), {
      before: { path, mode: '0755' },
      after: { path, mode: '0700' },
    })
    assert.equal(await diff({ owner: 'daemon' }), { before: { path, owner: 0 }, after: { path, owner: 1 } })
    mkdirSync(here('was', 'a', '\n'), { recursive: true })
    writeFileSync(here('was', 'a', '- f'), '')
    symlinkSync('/etc', here('was', 'link'))
    const content = {
      directories: [here('was', 'a'), here('was', 'a', '\n')],
      files: [here('was', 'a', '- f'), here('was', 'link')],
    }
    const gone = (await diff({ state: 'absent' })) as { before: { path_content: typeof content } }
    for (const list of Object.values(gone.before.path_content)) list.sort()
    assert.equal(gone, {
      before: { path, state: 'directory', path_content: content },
      after: { path, state: 'absent' },
    })
    symlinkSync('/nowhere', path)
    assert.equal(await diff({ state: 'link', src: '/tmp', force: true }), {
      before: { path, src: '/nowhere' },
      after: { path, src: '/tmp' },
    })
    rmSync(path)
  }
})

test('a folder that may not be written: the failure is told', async () => {
  for (const { session } of all) {
    const { result: conclusion } = await applyModule(session, file, {
      path: '/proc/none',
      state: 'directory',
    })
    assert.match(conclusion.failed ?? '', /\/proc\/none/)
  }
})

test.run()
