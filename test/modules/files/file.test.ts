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
import { faultsOf, planOf, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('file')
type Raw = Record<string, unknown>
const FILE = statText()

const TABLE: [raw: Raw, output: string, changes: unknown[]][] = [
  [{}, filesText(FOLDER, FILE), []],
  [{ state: 'file', mode: '0644', owner: '0', group: '0' }, filesText(FOLDER, FILE), []],
  [{ mode: '0000' }, filesText(FOLDER, FILE), [['mode', '0644', '0000']]],
  [
    { owner: '1', group: '2', mode: 'a+x' },
    filesText(FOLDER, FILE),
    [
      ['owner', '0', '1'],
      ['group', '0', '2'],
      ['mode', '0644', '0755'],
    ],
  ],
  [{ state: 'absent' }, filesText(FOLDER, undefined), []],
  [{ state: 'absent' }, filesText(FOLDER, FOLDER), [['state', 'directory', 'absent']]],
  [{ state: 'absent' }, filesText(FOLDER, FILE), [['state', 'file', 'absent']]],
  [{ state: 'directory' }, filesText(FOLDER, FOLDER), []],
  [
    { state: 'directory', mode: '0700', owner: '1' },
    filesText(undefined, undefined),
    [
      ['folder /d', null, 'directory'],
      ['owner of /d', null, '1'],
      ['mode of /d', null, '0700'],
      ['folder /d/f', null, 'directory'],
      ['owner', null, '1'],
      ['mode', null, '0700'],
    ],
  ],
  [{ state: 'touch' }, filesText(FOLDER, undefined), [['state', 'absent', 'file']]],
  [
    { state: 'touch', mode: '0600' },
    filesText(FOLDER, FILE),
    [
      ['mode', '0644', '0600'],
      ['access time', '2000-01-01T00:00:00.500Z', 'now'],
      ['modification time', '2000-01-01T00:00:00.500Z', 'now'],
    ],
  ],
  [{ state: 'touch', access_time: 'preserve', modification_time: 'preserve' }, filesText(FOLDER, FILE), []],
  [
    { modification_time: '200001010000.01' },
    `${filesText(FOLDER, FILE)}946684801\n`,
    [['modification time', '2000-01-01T00:00:00.500Z', '2000-01-01T00:00:01.000Z']],
  ],
  [{ state: 'link', src: 's' }, `${filesText(FOLDER, undefined, FILE)}0`, [['link', null, 's']]],
  [{ state: 'link', src: 's', force: true }, `${filesText(FOLDER, FILE, FILE)}0`, [['link', 'file', 's']]],
  [
    { state: 'link', src: 's', force: true },
    `${filesText(FOLDER, FOLDER, undefined)}0`,
    [['link', 'directory', 's']],
  ],
  [{ state: 'hard', src: '/s' }, filesText(FOLDER, undefined, FILE, undefined), [['hard link', null, '/s']]],
  [{ state: 'hard', src: '/s' }, filesText(FOLDER, FILE, FILE, undefined), []],
]

test('what differs', () => {
  for (const [raw, output, changes] of TABLE) {
    const plan = planOf(file, { path: '/d/f', ...raw }, output)
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), changes, JSON.stringify(raw))
  }
})

const FAILURES: [raw: Raw, output: string, failed: RegExp][] = [
  [{}, filesText(FOLDER, undefined), /does not exist; "state: touch"/],
  [{ state: 'file' }, filesText(FOLDER, FOLDER), /is a directory, and not a file/],
  [{ state: 'directory' }, filesText(FOLDER, FILE), /is there already, as a file/],
  [{ state: 'directory' }, filesText(FILE, undefined), /\/d is a file, and a folder is to be there/],
  [{ state: 'touch' }, filesText(undefined, undefined), /there is no folder \/d/],
  [{ state: 'link' }, `${filesText(FOLDER, undefined)}0`, /needs "src"/],
  [
    { state: 'link', src: 's' },
    `${filesText(FOLDER, undefined, undefined)}0`,
    /\/d\/s does not exist; "force: true"/,
  ],
  [{ state: 'link', src: 's' }, `${filesText(FOLDER, FILE, FILE)}0`, /as a file; "force: true"/],
  [{ state: 'link', src: 's', force: true }, `${filesText(FOLDER, FOLDER, FILE)}1`, /with something in it/],
  [{ state: 'hard', src: '/s' }, filesText(FOLDER, undefined, undefined, undefined), /\/s does not exist/],
  [{ state: 'hard' }, filesText(FOLDER, FILE), /needs "src"/],
  [{ owner: 'ann' }, `${filesText(FOLDER, FILE)}\n`, /there is no user "ann" on this host/],
]

test('a time that no calendar reaches is told as such', () => {
  const beyond = statText({ mtime: '3170843-11-07 09:46:39.0 +0000' })
  const plan = planOf(file, { path: '/d/f', state: 'touch' }, filesText(FOLDER, beyond))
  assert.equal(
    rows(plan).map(([, before]) => before),
    ['a time beyond the calendar', 'a time beyond the calendar'],
  )
})

test('what cannot be reached', () => {
  for (const [raw, output, failed] of FAILURES)
    assert.match(planOf(file, { path: '/d/f', ...raw }, output).failed ?? '', failed)
})

const FAULTS: [raw: Raw, fault: RegExp][] = [
  [{ path: '/f', src: 'a' }, /src is for links/],
  [{ path: '/f', recurse: true, state: 'touch' }, /recurse is for folders/],
  [{ path: '//', state: 'absent' }, /never removed whole/],
  [{ path: '/f', access_time: 'yesterday' }, /is neither now nor preserve/],
  [{ path: '/f', state: 'folder' }, /none of file, directory/],
  [{ path: '/f', modus: '0644' }, /no argument "modus"/],
]

test('wrong arguments', () => {
  for (const [raw, fault] of FAULTS) assert.match(faultsOf(file, raw)[0] ?? '', fault)
})

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
        [path, 'daemon', 5, '2750', 'directory'],
      )
      assert.equal(again, result)
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

test('symbolic links', async () => {
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

test('hard links', async () => {
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

test('touch, and times', async () => {
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
    await converge(session, { path, modification_time: '200102030405.06', access_time: '200102030405' })
    const zone = new Date(2001, 1, 3, 4, 5, 6).getTime()
    assert.equal([statSync(path).mtimeMs, statSync(path).atimeMs], [zone, zone - 6000])
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
