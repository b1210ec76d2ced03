// Many hosts may delegate a task to one machine, or share a file system: they do it at the same time.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modules } from '../../../src/modules/index.ts'
import { applyModule, busyboxHost, dashHost, type Host } from '../../support/host.ts'

const AT_A_TIME = 8

const test = suite<{ hosts: Host[]; folder: string }>('tasks of many hosts on one machine')

test.before(async (context) => {
  context.hosts = await Promise.all(
    Array.from({ length: AT_A_TIME }, (_, at) => (at % 2 === 0 ? dashHost() : busyboxHost())),
  )
})
test.after(async ({ hosts }) => {
  await Promise.all(hosts.map((host) => host.close()))
})
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'playssh-shared-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

/** Has all hosts do the same at the same time; says what failed. */
async function failures(hosts: readonly Host[], module: string, args: (at: number) => object) {
  const runs = hosts.map(({ session }, at) =>
    applyModule(session, modules[module]!, args(at) as Readonly<Record<string, unknown>>),
  )
  return (await Promise.all(runs)).flatMap(({ result }) => result.failed ?? [])
}

test('make the same folder, and others in one that is missing', async ({ hosts, folder }) => {
  const same = join(folder, 'a/b/c')
  assert.equal(await failures(hosts, 'file', () => ({ path: same, state: 'directory', mode: '0750' })), [])
  assert.is(statSync(same).mode & 0o777, 0o750)
  const own = (at: number) => join(folder, 'd/e', String(at))
  assert.equal(await failures(hosts, 'file', (at) => ({ path: own(at), state: 'directory' })), [])
  assert.is(readdirSync(join(folder, 'd/e')).length, AT_A_TIME)
})

test('make the same in a folder where others may write', async ({ hosts }) => {
  const folder = mkdtempSync('/dev/shm/playssh-shared-')
  rmSync(folder, { recursive: true })
  const path = join(folder, 'below')
  try {
    assert.equal(await failures(hosts, 'file', () => ({ path, state: 'directory' })), [])
    assert.equal(readdirSync(folder), ['below'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('touch the same file', async ({ hosts, folder }) => {
  const path = join(folder, 'file')
  assert.equal(await failures(hosts, 'file', () => ({ path, state: 'touch' })), [])
})

test('each add a line to one file: none is lost', async ({ hosts, folder }) => {
  const path = join(folder, 'lines')
  const line = (at: number) => `of host ${at}`
  assert.equal(await failures(hosts, 'lineinfile', (at) => ({ path, create: true, line: line(at) })), [])
  const lines = readFileSync(path, 'utf8').trim().split('\n').sort()
  assert.equal(lines, hosts.map((_, at) => line(at)).sort())
})

test.run()
