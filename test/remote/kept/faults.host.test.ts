import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { receive, sendWords } from '../../../src/remote/kept/wire.ts'
import type { Session } from '../../../src/remote/session.ts'
import { SessionPool } from '../../../src/remote/session-pool.ts'
import type { Target } from '../../../src/remote/target.ts'
import { TestKeeper } from '../../support/keeper.ts'
import { generateKey, type Server, startServer } from '../../support/server.ts'
import { until } from '../../support/until.ts'

const test = suite('faults of the keeper, and what a run does')
let server: Server
let keeper: TestKeeper
let steps: string[]

test.before.each(async () => {
  server = await startServer()
  keeper = new TestKeeper()
  steps = []
})

test.after.each(async () => {
  for (const pid of keeper.pids()) process.kill(pid, 'SIGCONT')
  await keeper.end()
  await server.stop()
})

const target = (changes: Partial<Target> = {}) => server.target({ persist: 60, ...changes })
const logins = () => server.log().match(/Accepted publickey/g)?.length ?? 0
const onStep = (_host: string, message: string) => steps.push(message)

async function told(session: Session, script: string): Promise<string> {
  return (await session.sh(script)).stdout.toString()
}

const said = (script: string, to = target()) => keeper.run(to, (session) => told(session, script), { onStep })

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no failure',
    (error: Error) => error.message,
  )
}

/** Of what there is of a program's kind below a process. */
function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const parentOf = (name: string) => {
    try {
      return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1])
    } catch {
      return 0
    }
  }
  const own = all.filter((name) => parentOf(name) === pid).map(Number)
  return own.flatMap((child) => [child, ...childrenOf(child)])
}

function socketsOf(pid: number): number {
  const descriptors = readdirSync(`/proc/${pid}/fd`).map((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`)
    } catch {
      return ''
    }
  })
  return descriptors.filter((path) => path.startsWith('socket:')).length
}

/** Whether a program that waits runs on the host. */
function isAsleep(): boolean {
  return childrenOf(server.process.pid!).some((pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n'
    } catch {
      return false
    }
  })
}

test('killed between two runs: the second logs in, and starts another', async () => {
  await said(':')
  const pid = await keeper.pid()
  process.kill(pid, 'SIGKILL')
  await until('it is gone', () => keeper.pids().length === 0)
  assert.is(await said('echo in'), 'in\n')
  assert.is.not(await keeper.pid(), pid)
  assert.is(await said('echo again'), 'again\n')
  assert.is(logins(), 2)
})

test('killed in the middle of a run that does nothing just then: it goes on over a login of its own', async () => {
  await said(':')
  await keeper.run(target(), async (session, _, client) => {
    assert.is(await told(session, 'echo before'), 'before\n')
    const link = await client.known()
    process.kill(await keeper.pid(), 'SIGKILL')
    await until('the run has heard of it', () => link!.isLost)
    const [output] = await session.shInTurn(['echo behind'])
    assert.is(output!.stdout.toString(), 'behind\n')
    assert.is((await session.exec('echo alone')).stdout, 'alone\n')
  })
  assert.is(logins(), 2)
})

test('killed under a look: it is asked once more', async () => {
  await said(':')
  await keeper.run(target(), async (session) => {
    const looking = told(session, 'sleep 2; echo seen')
    await until('it looks', isAsleep)
    process.kill(await keeper.pid(), 'SIGKILL')
    assert.is(await looking, 'seen\n')
  })
  assert.is(logins(), 2)
})

test('killed under an action: nobody knows whether it was done, and the host is not taken for unreachable', async () => {
  await said(':')
  await keeper.run(target(), async (session) => {
    const acting = session.exec('sleep 60')
    await until('it runs', isAsleep)
    process.kill(await keeper.pid(), 'SIGKILL')
    assert.match(await failure(acting), /the process that keeps the logins has ended/)
    assert.is((await session.exec('echo next')).stdout, 'next\n')
  })
})

test('killed while it logs in: the run does that itself', async () => {
  await said(':')
  await keeper.released()
  const pid = await keeper.pid()
  // The connection of the question whether all are released may still end.
  await until('nobody asks', () => socketsOf(pid) === 2)
  const before = socketsOf(pid)
  process.kill(server.process.pid!, 'SIGSTOP')
  const saying = said('echo in', target({ sshArgs: [...target().sshArgs, '-o', 'ConnectTimeout=9'] }))
  // The run's, and the new login's.
  await until('it logs in', () => socketsOf(pid) >= before + 2)
  process.kill(pid, 'SIGKILL')
  process.kill(server.process.pid!, 'SIGCONT')
  assert.is(await saying, 'in\n')
})

test('frozen: a run waits a moment for it, and logs in by itself', async () => {
  await said(':')
  const pid = await keeper.pid()
  process.kill(pid, 'SIGSTOP')
  assert.is(await said('echo in'), 'in\n')
  assert.ok(steps.some((step) => step.startsWith('THE LOGIN IS NOT KEPT: it did not answer within')))
  process.kill(pid, 'SIGCONT')
  assert.is(await said('echo thawed'), 'thawed\n')
  assert.is(logins(), 2)
})

test('frozen in the middle of a run: it is given up, and what only looks is asked once more', async () => {
  await said(':')
  await keeper.run(target(), async (session) => {
    assert.is(await told(session, 'echo before'), 'before\n')
    process.kill(await keeper.pid(), 'SIGSTOP')
    assert.is(await told(session, 'echo behind'), 'behind\n')
  })
  assert.is(logins(), 2)
})

test("another user's socket, or a folder that others may enter: nobody is spoken with", async () => {
  await said(':')
  const [socket] = readdirSync(keeper.folder)
  chownSync(join(keeper.folder, socket!), 65534, 65534)
  assert.is(await said('echo in'), 'in\n')
  assert.ok(steps.some((step) => step.includes('belongs to another user (id 65534)')))
  chownSync(join(keeper.folder, socket!), 0, 0)
  chmodSync(keeper.folder, 0o755)
  assert.is(await said('echo in'), 'in\n')
  assert.ok(steps.some((step) => step.includes('can be entered by others')))
  chownSync(keeper.folder, 65534, 65534)
  assert.is(await said('echo in'), 'in\n')
  assert.is(logins(), 4)
})

test('who does not show that he is this user gets nothing', async () => {
  await said(':')
  const path = join(keeper.folder, readdirSync(keeper.folder)[0]!)
  const proof = 'a'.repeat(32)
  writeFileSync(join(keeper.folder, proof), '')
  chownSync(join(keeper.folder, proof), 65534, 65534)
  for (const first of [{ proof }, { proof: '../x' }, { token: 'x', login: 1, command: 'id' }, [], 'x']) {
    const socket = connect(path)
    let heard = 0
    receive(socket, () => {
      heard += 1
    })
    sendWords(socket, first as object)
    await new Promise((resolve) => socket.once('close', resolve))
    assert.is(heard, 0, JSON.stringify(first))
  }
  assert.is(await said('echo still'), 'still\n')
  assert.is(logins(), 1)
})

test('the host has gone and come again: the next run logs in', async () => {
  await said(':')
  for (const pid of childrenOf(server.process.pid!)) signal(pid, 'SIGKILL')
  assert.is(await said('echo in'), 'in\n')
  assert.is(logins(), 2)
})

test('the host says nothing any more on the old connection: the next run does not wait for it', async () => {
  await said(':')
  const frozen = childrenOf(server.process.pid!)
  try {
    for (const pid of frozen) signal(pid, 'SIGSTOP')
    const began = performance.now()
    assert.is(await said('echo in'), 'in\n')
    assert.ok(performance.now() - began < 10_000)
    assert.is(logins(), 2)
  } finally {
    // They outlive their server, and hold its log open.
    for (const pid of frozen) signal(pid, 'SIGKILL')
  }
})

/** One that has ended meanwhile, such as a shell of the run before, hears nothing. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {}
}

test('a key that is another now: the next run logs in with it, or not at all', async () => {
  await said(':')
  const other = join(server.folder, 'other')
  generateKey(other)
  for (const end of ['', '.pub']) copyFileSync(`${other}${end}`, `${server.keyFile}${end}`)
  assert.match(await failure(said(':')), /does not let root in/)
})

test('a key that others may read now is none', async () => {
  await said(':')
  chmodSync(server.keyFile, 0o644)
  assert.match(await failure(said(':')), /too open/)
})

test('a host key that is not known any more, or revoked: the login is not taken up', async () => {
  await said(':')
  const known = readFileSync(server.knownHostsFile, 'utf8')
  writeFileSync(server.knownHostsFile, '')
  assert.match(await failure(said(':')), /its host key is unknown/)
  writeFileSync(server.knownHostsFile, known)
  await said(':')
  writeFileSync(server.knownHostsFile, `@revoked ${known}`)
  assert.match(await failure(said(':')), /is revoked/)
})

test('an agent that is gone: as for a first run', async () => {
  const socket = join(server.folder, 'agent')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  const before = process.env.SSH_AUTH_SOCK
  try {
    await until('the agent is there', () => readdirSync(server.folder).includes('agent'))
    process.env.SSH_AUTH_SOCK = socket
    execFileSync('ssh-add', ['-q', server.keyFile], { stdio: 'ignore' })
    const to = target({ privateKeyFile: undefined })
    for (let run = 1; run <= 2; run += 1) assert.is(await said('echo in', to), 'in\n')
    assert.is(logins(), 1)
    agent.kill()
    await new Promise((resolve) => agent.once('exit', resolve))
    assert.match(await failure(said(':', to)), /does not let root in/)
    assert.is(logins(), 1)
  } finally {
    agent.kill()
    if (before === undefined) delete process.env.SSH_AUTH_SOCK
    else process.env.SSH_AUTH_SOCK = before
  }
})

test('a machine that has slept: a login is no younger for that', async () => {
  const to = target({ persist: 2 })
  await said(':', to)
  await keeper.released()
  const pid = await keeper.pid()
  process.kill(pid, 'SIGSTOP')
  await sleep(3000)
  process.kill(pid, 'SIGCONT')
  assert.is(await said('echo in', to), 'in\n')
  assert.is(logins(), 2)
})

test('two runs at once: both are served, over one login when it is there', async () => {
  const both = () => Promise.all([said('sleep 0.5; echo one'), said('sleep 0.5; echo other')])
  assert.equal(await both(), ['one\n', 'other\n'])
  const before = logins()
  assert.equal(await both(), ['one\n', 'other\n'])
  assert.is(logins(), before)
})

test('a run that ends without a word leaves its login, and its programs hear of the end', async () => {
  await said(':')
  const client = keeper.client()
  const pool = new SessionPool({ keeper: client })
  const mark = join(server.folder, 'ended')
  const reading = (await pool.session(target())).converse(
    `touch ${mark}.on; cat; echo >${mark}`,
    new PassThrough(),
    new PassThrough(),
  )
  await until('it runs', () => existsSync(`${mark}.on`))
  const failed = failure(reading)
  await client.close()
  assert.match(await failed, /has ended/)
  await until('it has heard of the end', () => existsSync(mark))
  assert.is(await said('echo in'), 'in\n')
  assert.is(logins(), 1)
})

test('the keeper never has the private key', async () => {
  await said(':')
  await said(':')
  const secret = execFileSync('ssh-keygen', ['-y', '-f', server.keyFile], { encoding: 'utf8' }).split(' ')[1]!
  const text = readFileSync(server.keyFile, 'latin1').split('\n').slice(1, -2).join('')
  const bytes = Buffer.from(text, 'base64')
  // OpenSSH's format: the private half, 64 bytes, ends with the public one.
  const publicHalf = Buffer.from(secret, 'base64').subarray(-32)
  const seed = bytes.subarray(bytes.lastIndexOf(publicHalf) - 32, bytes.lastIndexOf(publicHalf))
  assert.ok(memoryHolds(process.pid, seed))
  assert.not.ok(memoryHolds(await keeper.pid(), seed))
})

/** Whether bytes are anywhere in a process's memory. */
function memoryHolds(pid: number, bytes: Buffer): boolean {
  const program = `
import sys
pid, what = sys.argv[1], bytes.fromhex(sys.argv[2])
memory = open(f'/proc/{pid}/mem', 'rb', 0)
for line in open(f'/proc/{pid}/maps'):
    span, rights = line.split()[:2]
    if rights[:2] != 'rw': continue
    start, end = (int(word, 16) for word in span.split('-'))
    try:
        memory.seek(start)
        if what in memory.read(end - start): print('yes'); break
    except OSError: pass
`
  const said = execFileSync('python3', ['-c', program, String(pid), bytes.toString('hex')], {
    encoding: 'utf8',
  })
  return said === 'yes\n'
}

test.run()
