import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Server, startServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))

interface Context {
  server: Server
  folder: string
}

const test = suite<Context>('signals')

test.before(async (context) => {
  context.server = await startServer()
})

test.before.each((context) => {
  const { server } = context
  context.folder = mkdtempSync(join(tmpdir(), 'signals-'))
  const args = `-F none -o UserKnownHostsFile=${server.knownHostsFile}`
  const variables = {
    ansible_host: '127.0.0.1',
    ansible_port: server.port,
    ansible_ssh_private_key_file: server.keyFile,
    ansible_ssh_common_args: args,
  }
  const hosts = { far: variables, near: { ansible_connection: 'local' } }
  writeFileSync(join(context.folder, 'hosts.yml'), JSON.stringify({ all: { hosts } }))
  const wait = `echo $$ >${context.folder}/{{inventory_hostname}}; exec sleep 600`
  const tasks = [{ ping: null }, { shell: wait }, { ping: null }]
  const play = [{ hosts: 'all', gather_facts: false, tasks }]
  writeFileSync(join(context.folder, 'play.yml'), JSON.stringify(play))
})

test.after.each(({ folder }) => rmSync(folder, { recursive: true }))
test.after(({ server }) => server.stop())

const words = ['-T', '60', '-i', 'hosts.yml', 'play.yml']

/** The process ids of the commands that both hosts run, once they do. */
async function commands(folder: string): Promise<number[]> {
  const files = ['far', 'near'].map((host) => join(folder, host))
  const isSleeping = (file: string) => {
    const pid = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
    return pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep')
  }
  await until('both commands run', () => files.every(isSleeping))
  return files.map((file) => Number(readFileSync(file, 'utf8')))
}

const isGone = (pid: number) => !existsSync(`/proc/${pid}/exe`)

async function signalled(folder: string, signals: readonly NodeJS.Signals[]) {
  const child = spawn(launcher, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk
    })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const pids = await commands(folder)
  const began = performance.now()
  for (const signal of signals) {
    child.kill(signal)
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  const status = await ended
  await until('the commands are gone', () => pids.every(isGone))
  return { status, said, seconds: (performance.now() - began) / 1000 }
}

for (const signals of [['SIGHUP'], ['SIGTERM'], ['SIGHUP', 'SIGHUP'], ['SIGINT', 'SIGTERM']] as const) {
  test(`${signals.join(', ')}: commands on hosts are ended, the recap is written`, async ({ folder }) => {
    const { status, said, seconds } = await signalled(folder, signals)
    assert.is(status, 99, said)
    assert.match(said, /far +: ok=1 /)
    assert.match(said, /near +: ok=1 /)
    assert.match(said, /interrupted: not everything was done/)
    // What runs is given its time, unless it is said again.
    assert.ok(signals.length > 1 || seconds > 4.5, String(seconds))
  })
}

test('the third ends the run at once, even when a host does not answer', async ({ folder, server }) => {
  const child = spawn(launcher, words, { cwd: folder, stdio: 'ignore' })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [far, near] = (await commands(folder)) as [number, number]
  const serving = parents(far)
  try {
    // Frozen: the processes that serve this connection, and the server that would take another.
    for (const pid of [server.process.pid!, ...serving]) process.kill(pid, 'SIGSTOP')
    const began = performance.now()
    for (let times = 0; times < 3; times += 1) {
      child.kill('SIGINT')
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    assert.is(await ended, 99)
    assert.ok(performance.now() - began < 10_000)
  } finally {
    for (const pid of [...serving, server.process.pid!]) process.kill(pid, 'SIGCONT')
    for (const pid of [far, near]) if (!isGone(pid)) process.kill(pid)
  }
})

/** The processes above one that are sshd's for its connection. */
function parents(pid: number): number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  const command = readFileSync(`/proc/${parent}/cmdline`, 'utf8')
  if (!command.startsWith('sshd')) return parent > 1 ? parents(parent) : []
  return command.includes('-D') ? [] : [parent, ...parents(parent)]
}

test('a terminal that goes away ends the run and the commands', async ({ folder }) => {
  const shell = `echo $$ >run.pid; exec ${launcher} ${words.join(' ')}`
  const script = spawn('script', ['-qec', shell, '/dev/null'], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const gone = new Promise((resolve) => script.once('exit', resolve))
  const pids = await commands(folder)
  script.kill('SIGKILL')
  await gone
  const pid = Number(readFileSync(join(folder, 'run.pid'), 'utf8'))
  await until('the run has ended', () => isGone(pid))
  await until('the commands are gone', () => pids.every(isGone))
})

test('a reader that goes away does not end the run, and is nobody to complain to', ({ folder }) => {
  const play = `- hosts: near
  gather_facts: false
  tasks: [{debug: {msg: x}, loop: "{{range 0 3000}}"}, {command: touch ${folder}/done}]`
  writeFileSync(join(folder, 'long.yml'), play)
  const shell = (line: string) => spawnSync('/bin/bash', ['-c', line], { cwd: folder, encoding: 'utf8' })
  const run = shell(`{ ${launcher} -i hosts.yml long.yml; echo $? >status; } | head -1`)
  assert.is(run.stderr, '')
  assert.is(readFileSync(join(folder, 'status'), 'utf8').trim(), '0')
  assert.ok(existsSync(join(folder, 'done')))
  const list = shell(`${launcher} -i hosts.yml --list-tasks long.yml | true; ${launcher} --help | true`)
  assert.is(list.stderr, '')
  const full = shell(`${launcher} -i hosts.yml long.yml >/dev/full`)
  assert.match(full.stderr, /^run: the output is cut: ENOSPC/)
})

test.run()
