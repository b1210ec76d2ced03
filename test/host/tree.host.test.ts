import { execFileSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { copy } from '../../src/modules/files/copy.ts'
import type { Session } from '../../src/remote/session.ts'
import { readLocalFile } from '../../src/shell/content.ts'
import { apartHosts } from '../support/apart.ts'
import { applyModule, dashHost, type Host, hosts } from '../support/host.ts'
import { until } from '../support/until.ts'

const test = suite('files that go together')
let all: readonly Host[]
let folder: string
let source: string

const ODD = `-odd '\\" $x~ ü`
const LONG = 'n'.repeat(250)

test.before(async () => {
  all = await hosts()
  folder = mkdtempSync(join(tmpdir(), 'playssh-tree-'))
  source = join(folder, 'source')
  for (const below of ['a/deep', `b/${LONG}`, ODD, 'empty'])
    mkdirSync(join(source, below), { recursive: true })
  for (const path of [
    'top',
    'a/one',
    'a/deep/two',
    `b/${LONG}/${LONG}`,
    `${ODD}/${ODD}`,
    'a/new\nline',
    '.playssh',
  ])
    writeFileSync(join(source, path), `what ${path} holds\0\n`)
  writeFileSync(join(source, 'large'), Buffer.alloc(700_000, 'x'))
  writeFileSync(join(source, 'a/nothing'), '')
})

test.after(async () => {
  rmSync(folder, { recursive: true })
  for (const { close } of all) await close()
})

const given = async (dest: string, more = {}) => ({ src: await readLocalFile(`${source}/`), dest, ...more })

async function apply(session: Session, dest: string, more = {}) {
  return applyModule(session, copy, await given(dest, more))
}

test('a new folder comes with all that is in it, and a second run finds nothing', async () => {
  for (const { session } of all) {
    const dest = join(folder, 'fresh/dest')
    await apply(session, dest, { mode: '0640', directory_mode: '0750' })
    execFileSync('diff', ['-r', source, dest])
    assert.is(statSync(join(dest, `b/${LONG}/${LONG}`)).mode & 0o7777, 0o640)
    assert.is(statSync(join(dest, 'a/deep')).mode & 0o7777, 0o750)
    const again = await apply(session, dest, { mode: '0640' })
    assert.equal(again.plan.changes, [])
    rmSync(join(folder, 'fresh'), { recursive: true })
  }
})

test('in folders that are there files are replaced and added, with the owner that they had', async () => {
  for (const { session } of all) {
    const dest = join(folder, 'there')
    mkdirSync(join(dest, 'a/deep'), { recursive: true })
    writeFileSync(join(dest, 'a/one'), 'old')
    writeFileSync(join(dest, 'a/deep/two'), 'old', { mode: 0o600 })
    chownSync(join(dest, 'a/one'), 1, 2)
    // Somebody else's folder, and a link in it that is not followed.
    chownSync(join(dest, 'a'), 1, 1)
    symlinkSync('/etc/hostname', join(dest, 'a/new\nline'))
    await apply(session, dest)
    execFileSync('diff', ['-r', source, dest])
    const { uid, gid } = statSync(join(dest, 'a/one'))
    assert.equal([uid, gid], [1, 2])
    assert.is(statSync(join(dest, 'a/deep/two')).mode & 0o7777, 0o600)
    assert.ok(lstatSync(join(dest, 'a/new\nline')).isFile())
    assert.equal((await apply(session, dest)).plan.changes, [])
    rmSync(dest, { recursive: true })
  }
})

test('owner and group are those of all that is new', async () => {
  for (const { session } of all) {
    const dest = join(folder, 'owned')
    await apply(session, dest, { owner: 'daemon', group: 'bin', mode: '4755' })
    execFileSync('diff', ['-r', source, dest])
    for (const path of ['', 'a', 'a/deep/two', 'empty']) {
      const { uid, gid } = statSync(join(dest, path))
      assert.equal([uid, gid], [1, 2], path)
    }
    assert.is(statSync(join(dest, 'large')).mode & 0o7777, 0o4755)
    rmSync(dest, { recursive: true })
  }
})

test('a full disk in the middle: the old files and no others', async () => {
  for (const { session } of all) {
    const dest = join(folder, 'small')
    mkdirSync(dest)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', dest])
    try {
      mkdirSync(join(dest, 'a'))
      writeFileSync(join(dest, 'a/one'), 'old')
      const { result } = await apply(session, dest)
      assert.match(
        result.failed ?? '',
        /none of the files was put in place.*(No space left on device|is the disk full)/s,
      )
      assert.equal(readdirSync(dest), ['a'])
      assert.equal(readdirSync(join(dest, 'a')), ['one'])
      assert.is(readFileSync(join(dest, 'a/one'), 'utf8'), 'old')
    } finally {
      execFileSync('umount', [dest])
      rmSync(dest, { recursive: true })
    }
  }
})

test('a file that changes while it is read: the old files, and a sentence', async () => {
  const [{ session }] = all as [Host]
  const dest = join(folder, 'swapped')
  mkdirSync(dest)
  const args = await given(dest)
  writeFileSync(join(source, 'large'), Buffer.alloc(700_000, 'y'))
  try {
    await applyModule(session, copy, args)
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /large was changed while it was read/)
  }
  assert.equal(readdirSync(dest), [])
})

test('a connection that is cut in the middle: each file is the old one or the new one, and a rerun ends it', async () => {
  const dest = join(folder, 'cut')
  const large = join(folder, 'large source')
  mkdirSync(join(dest, 'sub'), { recursive: true })
  mkdirSync(join(large, 'sub'), { recursive: true })
  const names = Array.from({ length: 20 }, (_, index) => `${index % 2 ? 'sub/' : ''}file${index}`)
  for (const name of names) {
    writeFileSync(join(large, name), Buffer.alloc(4_000_000, name))
    if (name !== 'file0') writeFileSync(join(dest, name), 'old')
  }
  const args = { src: await readLocalFile(`${large}/`), dest }
  const host = await dashHost()
  const said = applyModule(host.session, copy, args).then(
    ({ result }) => result.failed ?? 'done',
    (error: Error) => error.message,
  )
  const hasCome = () => readdirSync(dest).some((name) => name.startsWith('.playssh'))
  await until('files on their way', hasCome)
  await host.close()
  assert.match(await said, /connection|closed|session|ended/i)
  const remains = [dest, join(dest, 'sub')]
  const isClean = () => !remains.some((one) => readdirSync(one).some((name) => name.startsWith('.playssh')))
  await until('nothing left beside them', isClean)
  for (const name of names) {
    const path = join(dest, name)
    const is = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
    const isOld = is.toString() === (name === 'file0' ? '' : 'old')
    assert.ok(isOld || is.equals(readFileSync(join(large, name))), name)
  }
  const [{ session }] = all as [Host]
  await applyModule(session, copy, args)
  execFileSync('diff', ['-r', large, dest])
  assert.equal((await applyModule(session, copy, args)).plan.changes, [])
})

test('a host without tar gets them one by one', async () => {
  const [host, other] = await apartHosts('mount --bind /dev/null /usr/bin/tar')
  try {
    const dest = join(folder, 'without tar')
    const { plan } = await apply(host!.session, dest, { mode: '0640' })
    assert.ok((plan.actions?.length ?? 0) > 10)
    execFileSync('diff', ['-r', source, dest])
    assert.equal((await apply(host!.session, dest, { mode: '0640' })).plan.changes, [])
  } finally {
    await host!.close()
    await other!.close()
  }
})

test.run()
