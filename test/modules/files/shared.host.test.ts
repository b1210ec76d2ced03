// Many hosts may delegate a task to one machine, or share a file system: they do it at the same time.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modules } from '../../../src/modules/index.ts'
import { LocalTransport } from '../../../src/remote/local.ts'
import { Session } from '../../../src/remote/session.ts'
import { applyModule, busyboxHost, dashHost, type Host } from '../../support/host.ts'

const AT_A_TIME = 8

const test = suite<{ hosts: Host[]; sessions: Session[]; folder: string }>(
  'tasks of many hosts on one machine',
)

test.before(async (context) => {
  context.hosts = await Promise.all(
    Array.from({ length: AT_A_TIME }, (_, at) => (at % 2 === 0 ? dashHost() : busyboxHost())),
  )
  context.sessions = context.hosts.map(({ session }) => session)
})
test.after(async ({ hosts }) => {
  await Promise.all(hosts.map((host) => host.close()))
})
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'playssh-shared-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

/** Has all hosts do the same at the same time; says what failed. */
async function failures(sessions: readonly Session[], module: string, args: (at: number) => object) {
  const runs = sessions.map((session, at) =>
    applyModule(session, modules[module]!, args(at) as Readonly<Record<string, unknown>>),
  )
  return (await Promise.all(runs)).flatMap(({ result }) => result.failed ?? [])
}

test('make the same folder, and others in one that is missing', async ({ sessions, folder }) => {
  const same = join(folder, 'a/b/c')
  assert.equal(await failures(sessions, 'file', () => ({ path: same, state: 'directory', mode: '0750' })), [])
  assert.is(statSync(same).mode & 0o777, 0o750)
  const own = (at: number) => join(folder, 'd/e', String(at))
  assert.equal(await failures(sessions, 'file', (at) => ({ path: own(at), state: 'directory' })), [])
  assert.is(readdirSync(join(folder, 'd/e')).length, AT_A_TIME)
})

test('make the same in a folder where others may write', async ({ sessions }) => {
  const folder = mkdtempSync('/dev/shm/playssh-shared-')
  rmSync(folder, { recursive: true })
  const path = join(folder, 'below')
  try {
    assert.equal(await failures(sessions, 'file', () => ({ path, state: 'directory' })), [])
    assert.equal(readdirSync(folder), ['below'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('touch the same file', async ({ sessions, folder }) => {
  const path = join(folder, 'file')
  assert.equal(await failures(sessions, 'file', () => ({ path, state: 'touch' })), [])
})

test('unpack an archive where another has put a folder of it just before', async ({ folder }) => {
  mkdirSync(join(folder, 'from/tree/below'), { recursive: true })
  for (const name of ['one', 'below/two']) writeFileSync(join(folder, 'from/tree', name), name)
  const src = join(folder, 'tree.tar')
  execFileSync('tar', ['-cf', src, '-C', join(folder, 'from'), 'tree'])
  const dest = join(folder, 'to')
  mkdirSync(dest)
  const real = execFileSync('sh', ['-c', 'command -v mv'], { encoding: 'utf8' }).trim()
  const another = `mkdir -p ${dest}/tree && echo theirs >${dest}/tree/three`
  const path = process.env.PATH
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/mv'), `#!/bin/sh\n${another}\nexec ${real} "$@"\n`, { mode: 0o755 })
  process.env.PATH = `${folder}/bin:${path}`
  const session = new Session(new LocalTransport())
  try {
    assert.equal(await failures([session], 'unarchive', () => ({ src, dest, remote_src: true })), [])
    const made = readdirSync(join(dest, 'tree'), { recursive: true }).sort()
    assert.equal(made, ['below', 'below/two', 'one', 'three'])
  } finally {
    process.env.PATH = path
    await session.close()
  }
})

test('each add a line to one file: none is lost', async ({ sessions, folder }) => {
  const path = join(folder, 'lines')
  const line = (at: number) => `of host ${at}`
  assert.equal(await failures(sessions, 'lineinfile', (at) => ({ path, create: true, line: line(at) })), [])
  const lines = readFileSync(path, 'utf8').trim().split('\n').sort()
  assert.equal(lines, sessions.map((_, at) => line(at)).sort())
})

test.run()
