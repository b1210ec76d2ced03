import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Server, startServer } from '../support/server.ts'
import { typed } from '../support/terminal.ts'
import { until } from '../support/until.ts'

const start = fileURLToPath(new URL('../../run', import.meta.url))

const test = suite('who starts a run does not notice that a process stays behind it')
let server: Server
let folder: string

test.before.each(async () => {
  server = await startServer()
  folder = mkdtempSync(join(tmpdir(), 'playssh-behind-'))
  mkdirSync(join(folder, 'run'), { mode: 0o700 })
  const ssh = `-F none -o UserKnownHostsFile=${server.knownHostsFile}`
  const vars = {
    ansible_host: '127.0.0.1',
    ansible_port: server.port,
    ansible_user: 'root',
    ansible_ssh_private_key_file: server.keyFile,
    ansible_ssh_common_args: ssh,
  }
  const hosts = { one: {}, other: { ansible_ssh_extra_args: '-o ConnectTimeout=99' } }
  writeFileSync(join(folder, 'hosts.yml'), JSON.stringify({ all: { vars, hosts } }))
  writeFileSync(
    join(folder, 'play.yml'),
    '- hosts: all\n  gather_facts: false\n  tasks: [{command: "true"}]\n',
  )
})

test.after.each(async () => {
  for (const pid of keepers()) process.kill(pid, 'SIGKILL')
  await until('the keepers are gone', () => keepers().length === 0)
  await server.stop()
  rmSync(folder, { recursive: true })
})

const COMMAND = ['-T', '60', '-i', 'hosts.yml', 'play.yml']
const play = [start, ...COMMAND]

/** Of a user who has set nothing: the variables of the tests turn kept logins off. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: folder, XDG_RUNTIME_DIR: join(folder, 'run'), ...more }
}

function keepers(): number[] {
  const words = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    } catch {
      return ''
    }
  }
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return numbers.filter((pid) => words(pid).startsWith(`playssh sessions ${folder}`)).map(Number)
}

interface Ended {
  readonly status: number | null
  readonly output: string
}

/** Resolves when the process has ended and nobody holds its output any more, nor a pipe that it has as descriptor 40. */
function ended(
  words: readonly string[],
  env = environment(),
  lock: number | 'ignore' = 'ignore',
): Promise<Ended> {
  const between = Array.from({ length: 36 }, () => 'ignore' as const)
  const [program, ...rest] = words
  const child = spawn(program!, rest, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe', lock, ...between, 'pipe', lock],
  })
  let output = ''
  for (const stream of child.stdio.slice(1))
    stream?.on('data', (chunk: Buffer) => {
      output += chunk
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, output }))
  })
}

async function well(words: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const { status, output } = await ended(words, env)
  assert.is(status, 0, output)
  return output
}

/** Of the one that comes up, or is there. */
async function keeper(): Promise<number> {
  await until('there is one keeper', () => keepers().length === 1)
  return keepers()[0]!
}

/** Waits until the keeper is up and nobody uses what it holds: a busy machine takes its time. */
async function listed(): Promise<void> {
  await keeper()
  while (!/^(o\S+ .* ends in .*\n){2}$/.test(await well([start, 'sessions']))) {}
}

const logins = () => server.log().match(/Accepted publickey/g)?.length ?? 0

test('nothing that the run had open stays open: pipes come to their end, locks are free', async () => {
  const path = join(folder, 'lock')
  const lock = openSync(path, 'w')
  execFileSync('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', lock] })
  const { status, output } = await ended(play, environment(), lock)
  closeSync(lock)
  assert.is(status, 0, output)
  execFileSync('flock', ['-n', path, 'true'])
  const pid = await keeper()
  const open = () => readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`))
  await until('it is up', () => /^playssh sessions/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')))
  const strange = open().filter((name) => !/^(socket:|pipe:|anon_inode:|\/dev\/null$)/.test(name))
  assert.equal(strange, [])
})

test("it is nobody's child, on no terminal, in no folder of the run, and knows none of its secrets", async () => {
  await well(play, environment({ PLAYSSH_TOKEN: 'hidden', ANSIBLE_VAULT_PASSWORD_FILE: '' }))
  const pid = await keeper()
  const about = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const [, parent, group, session, terminal] = about
  assert.equal([group, session, terminal], [String(pid), String(pid), '0'])
  assert.is.not(parent, String(process.pid))
  assert.is(readlinkSync(`/proc/${pid}/cwd`), '/')
  assert.match(readFileSync(`/proc/${pid}/status`, 'utf8'), /^Umask:\t0077$/m)
  const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .map((entry) => entry.split('=')[0])
  assert.equal(names.sort(), ['', 'HOME', 'MALLOC_ARENA_MAX', 'MALLOC_TRIM_THRESHOLD_', 'PATH'])
})

test('on a terminal: neither Ctrl-C nor its end ends what is kept', async () => {
  const words = ['sh', '-c', `${play.join(' ')}; echo over; cat`]
  const typing = [
    ['', 'over'],
    ['\x03', '\\^C'],
  ] as const
  assert.is(typed(words, typing, { cwd: folder, env: environment() }), '')
  await listed()
  assert.match(await well([...play, '-vvv']), /TAKES UP THE LOGIN/)
  assert.is(logins(), 2)
})

test('a process group that is killed does not take it along', async () => {
  assert.is(
    (await ended(['timeout', '-s', 'KILL', '600', 'sh', '-c', `${play.join(' ')}; kill -KILL 0`])).status,
    null,
  )
  await listed()
  assert.match(await well([...play, '-vvv']), /TAKES UP THE LOGIN/)
})

test('a namespace of processes that ends with its run', async () => {
  for (let run = 1; run <= 2; run += 1) await well(['unshare', '--fork', '--pid', '--mount-proc', ...play])
  assert.is(logins(), 4)
  await well(play)
})

test('in another network the same address is another host', async () => {
  await well(play)
  const { status, output } = await ended(['unshare', '--net', ...play, '-T', '1'])
  assert.is(status, 4, output)
})

test('where nothing can be kept, the run is as without', async () => {
  const closed = join(folder, 'closed')
  mkdirSync(closed)
  writeFileSync(join(closed, 'playssh-0'), '')
  const nowhere = { XDG_RUNTIME_DIR: undefined, TMPDIR: closed }
  const inMounts = (script: string) => [
    'unshare',
    '--mount',
    'sh',
    '-c',
    `${script}; exec "$@"`,
    'sh',
    ...play,
  ]
  const cases: [string, readonly string[], NodeJS.ProcessEnv][] = [
    ['a folder that is none', inMounts('mount -t tmpfs none /run'), nowhere],
    [
      'no folder of temporary files',
      inMounts('mount -t tmpfs none /run'),
      { ...nowhere, TMPDIR: '/no/such' },
    ],
    [
      'a file system that is read only',
      inMounts(`mount -t tmpfs -o ro none /run; mount -t tmpfs -o ro none ${closed}`),
      nowhere,
    ],
    ['no home', play, { HOME: undefined, XDG_RUNTIME_DIR: '/no/such', TMPDIR: closed }],
    ['few descriptors', ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh', ...play], {}],
  ]
  for (const [name, words, env] of cases) {
    const { status, output } = await ended(words, environment(env))
    assert.is(status, 0, `${name}: ${output}`)
    assert.not.match(output, /KEPT|playssh-0|Error/, name)
  }
  chmodSync(closed, 0o755)
})

test('many at once, with nobody there that keeps logins: all come to their end, and one keeper stays', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => ended(play)))
  for (const { status, output } of all) assert.is(status, 0, output)
  await listed()
  const before = logins()
  await well(play)
  assert.is(logins(), before)
  await well([start, 'sessions', 'close'])
  await until('no keeper is left', () => keepers().length === 0)
})

test.run()
