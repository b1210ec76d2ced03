import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { subversion } from '../../../src/modules/source/subversion/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('subversion on hosts')

let all: Host[] = []
let top = ''
let repo = ''
let served = ''
let server: ChildProcess
const PASSWORD = `a' "b$(id)`
const svn = (...words: string[]) =>
  execFileSync('svn', ['-q', ...words], { stdio: ['ignore', 'pipe', 'pipe'] })

test.before(async () => {
  all = await hosts()
  top = mkdtempSync(join(tmpdir(), 'svn '))
  const folder = join(top, 'repo')
  execFileSync('svnadmin', ['create', folder])
  writeFileSync(
    join(folder, 'conf/svnserve.conf'),
    '[general]\nanon-access = none\nauth-access = read\npassword-db = passwd\n',
  )
  writeFileSync(join(folder, 'conf/passwd'), `[users]\njoe = ${PASSWORD}\n`)
  repo = `file://${encodeURI(folder)}`
  svn('mkdir', '-m', 'a', `${repo}/trunk`)
  svn('checkout', `${repo}/trunk`, join(top, 'work'))
  commit('one\n')
  svn('copy', '-m', 'b', `${repo}/trunk`, `${repo}/branch`)
  const port = await freePort()
  server = spawn('svnserve', [
    '-d',
    '--foreground',
    '--listen-host',
    '127.0.0.1',
    '--listen-port',
    `${port}`,
    '-r',
    top,
  ])
  served = `svn://127.0.0.1:${port}/repo/trunk`
  while (!(await answers(port))) await new Promise((go) => setTimeout(go, 50))
})
test.after(async () => {
  server.kill()
  for (const host of all) await host.close()
  rmSync(top, { recursive: true })
})

async function freePort(): Promise<number> {
  const listening = createServer().listen(0, '127.0.0.1')
  await new Promise((go) => listening.once('listening', go))
  const { port } = listening.address() as { port: number }
  await new Promise((go) => listening.close(go))
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((tell) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => tell(true)).once('error', () => tell(false))
    socket.once('connect', () => socket.destroy())
  })
}

function commit(text: string): void {
  const file = join(top, 'work', 'f')
  const isNew = !existsSync(file)
  writeFileSync(file, text)
  if (isNew) svn('add', file)
  svn('update', join(top, 'work'))
  svn('commit', '-m', 'c', join(top, 'work'))
}

async function run({ session }: Host, raw: Raw, view = RUN) {
  const { plan, result } = await applyModule(session, subversion, raw, view)
  return {
    rows: rows(plan),
    silent: plan.silent === true,
    failed: result.failed ?? plan.failed,
    result: { ...plan.result, ...result.result },
  }
}

let count = 0
const fresh = () => join(top, `-dest @1 '"$x ${count++}`)

test('files are checked out, updated, switched, and brought back to an older revision', async () => {
  for (const host of all) {
    commit('one\n'.repeat(count + 2))
    const dest = fresh()
    const raw = { repo: `${repo}/trunk`, dest }
    const planned = await run(host, raw, CHECK)
    assert.not(existsSync(dest))
    const first = await run(host, raw)
    assert.is(first.failed, undefined)
    assert.equal(first.rows, planned.rows)
    assert.is(readFileSync(join(dest, 'f'), 'utf8'), readFileSync(join(top, 'work/f'), 'utf8'))
    assert.equal((await run(host, raw)).rows, [])
    const old = (first.result.after as string[])[0]!.replace(/\D/g, '')
    commit(`two of ${host.name}\n`)
    const next = await run(host, raw, CHECK)
    assert.equal((await run(host, raw)).rows, next.rows)
    assert.is(next.rows.length, 1)
    assert.is(readFileSync(join(dest, 'f'), 'utf8'), `two of ${host.name}\n`)
    assert.equal((await run(host, raw)).rows, [])
    const back = await run(host, { ...raw, revision: old })
    assert.equal(back.result.after, [`Revision: ${old}`, `URL: ${repo}/trunk`])
    assert.not(readFileSync(join(dest, 'f'), 'utf8').includes('two'))
    assert.equal((await run(host, { ...raw, revision: old })).rows, [])
    const switched = await run(host, { ...raw, repo: `${repo}/branch` })
    assert.is(switched.rows[0]?.[0], 'address')
    assert.is(readFileSync(join(dest, 'f'), 'utf8'), 'one\n')
    assert.equal((await run(host, { ...raw, repo: `${repo}/branch` })).rows, [])
  }
})

test('changes of files are a failure, and thrown away by force', async () => {
  for (const host of all) {
    const raw = { repo: `${repo}/trunk`, dest: fresh() }
    await run(host, raw)
    const right = readFileSync(join(raw.dest, 'f'), 'utf8')
    writeFileSync(join(raw.dest, 'f'), 'mine\n')
    assert.match((await run(host, raw)).failed ?? '', /modified files exist in the repository/)
    assert.is(readFileSync(join(raw.dest, 'f'), 'utf8'), 'mine\n')
    assert.is((await run(host, { ...raw, force: true })).rows.length, 1)
    assert.is(readFileSync(join(raw.dest, 'f'), 'utf8'), right)
    assert.equal((await run(host, { ...raw, force: true })).rows, [])
  }
})

test('a folder becomes a working copy in place, and files alone are exported', async () => {
  for (const host of all) {
    const raw = { repo: `${repo}/trunk`, dest: fresh() }
    mkdirSync(raw.dest)
    writeFileSync(join(raw.dest, 'f'), 'mine\n')
    assert.match((await run(host, raw)).failed ?? '', /its not a subversion repository/)
    const there = await run(host, { ...raw, in_place: true, force: true })
    assert.is(there.failed, undefined)
    assert.not(readFileSync(join(raw.dest, 'f'), 'utf8').includes('mine'))
    assert.equal((await run(host, { ...raw, in_place: true })).rows, [])
    const alone = { ...raw, dest: fresh(), export: true }
    assert.is((await run(host, alone)).failed, undefined)
    assert.equal(readdirSync(alone.dest), ['f'])
    assert.match((await run(host, alone)).failed ?? '', /is there already/)
    assert.is((await run(host, { ...alone, force: true })).failed, undefined)
  }
})

test('a server lets in who has the password, which is kept nowhere; others and a server that is down are failures', async () => {
  for (const host of all) {
    const raw = { repo: served, dest: fresh(), username: 'joe', password: PASSWORD }
    assert.is((await run(host, raw)).failed, undefined)
    assert.equal((await run(host, raw)).rows, [])
    const refused = { ...raw, dest: fresh(), password: 'wrong' }
    for (const view of [RUN, CHECK])
      assert.match((await run(host, refused, view)).failed ?? '', /E170001|E170013|[Aa]uthentication/)
    const down = await run(host, { ...refused, repo: 'svn://127.0.0.1:1/repo' })
    assert.match(down.failed ?? '', /Connection refused|Can't connect/)
    const none = await run(host, { repo: `${repo}/none`, dest: refused.dest })
    assert.match(none.failed ?? '', /non-existent|path not found|W170000|E200009/)
    assert.not(existsSync(refused.dest))
  }
})

test.run()
