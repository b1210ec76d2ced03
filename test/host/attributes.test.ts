import { chmodSync, chownSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { probeNow } from '../../src/engine/prefetch/probe-cache.ts'
import { idsLook, planAttributes, readIds, resolveMode, type Wanted } from '../../src/host/attributes.ts'
import type { FileState } from '../../src/host/file-state.ts'
import { attributesScripts } from '../../src/host/safe-path.ts'
import { type Host, hosts } from '../support/host.ts'

const test = suite('attributes')
let all: Host[] = []

test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})

const MODES: [mode: string, current: number, isFolder: boolean, after: number][] = [
  ['0644', 0o777, false, 0o644],
  ['0000', 0o777, false, 0],
  ['04755', 0, false, 0o4755],
  ['u=rw,g=r,o=', 0o777, false, 0o640],
  ['a=r', 0o777, false, 0o444],
  ['+x', 0o644, false, 0o755],
  ['+w', 0o444, false, 0o644],
  ['a+w', 0o444, false, 0o666],
  ['go-rwx', 0o4755, false, 0o4700],
  ['u=rwX,g=rX,o=rX', 0o600, false, 0o644],
  ['u=rwX,g=rX,o=rX', 0o700, true, 0o755],
  ['a+X', 0o644, false, 0o644],
  ['a+X', 0o654, false, 0o755],
  ['u+s', 0o755, false, 0o4755],
  ['g+s,o+t', 0o755, true, 0o3755],
  ['u=rwx', 0o4700, false, 0o700],
  ['g=rx', 0o2750, true, 0o750],
  ['g=u', 0o640, false, 0o660],
  ['u=rwx,g=u,o=g', 0o600, false, 0o777],
  ['o-g', 0o656, false, 0o652],
  ['u=rw+s-w', 0, false, 0o4400],
  ['a=', 0o777, false, 0],
]

test('octal and symbolic modes', () => {
  for (const [mode, current, isFolder, after] of MODES)
    assert.is(resolveMode(mode, current, isFolder), after, `${mode} on ${current.toString(8)}`)
})

const FILE: FileState = {
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  owner: 'root',
  group: 'root',
  size: 0,
  atime: 0,
  mtime: 0,
  ctime: 0,
  links: 1,
  inode: 1,
  device: 1,
  deviceType: [0, 0],
  blocks: 0,
  stamp: '',
  blockSize: 4096,
}

const PLANS: [wanted: Wanted, file: FileState | undefined, changes: unknown[], set: object][] = [
  [{}, FILE, [], {}],
  [{ owner: 'root', group: '0', mode: '0644' }, FILE, [], {}],
  [{ owner: 'daemon' }, FILE, [['owner', 'root', 'daemon']], { uid: 1 }],
  [{ owner: '1' }, FILE, [['owner', '0', '1']], { uid: 1 }],
  [
    { group: 'daemon', mode: 'u=,g=,o=' },
    FILE,
    [
      ['group', 'root', 'daemon'],
      ['mode', '0644', '0000'],
    ],
    { gid: 1, mode: 0 },
  ],
  [
    { owner: 'root', mode: '+x' },
    undefined,
    [
      ['owner', null, 'root'],
      ['mode', null, '0755'],
    ],
    { uid: 0, mode: 0o755 },
  ],
  [{ mode: '0777' }, { ...FILE, type: 'link' }, [], {}],
]

test('what differs from the wanted owner, group and permissions', () => {
  for (const [wanted, file, changes, set] of PLANS) {
    const id = (name?: string) => (name === undefined ? undefined : name === 'daemon' || name === '1' ? 1 : 0)
    const plan = planAttributes(wanted, { uid: id(wanted.owner), gid: id(wanted.group) }, file)
    assert.equal(
      plan.changes.map(({ what, before, after }) => [what, before, after]),
      changes,
    )
    assert.equal(plan.set, set)
  }
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

test('ids need no look at the host', () => {
  assert.equal(idsLook({ owner: '7', mode: '0600' }).items, [])
})

test('ids of names, on both hosts', async () => {
  for (const { session } of all) {
    const ids = async (wanted: Wanted) => {
      return readIds(await probeNow(session, undefined, [idsLook(wanted)]), wanted)
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
