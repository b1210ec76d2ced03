import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encrypt } from '../../src/vault/keyring.ts'
import { freePort, type Server, startServer } from '../support/server.ts'
import { until } from '../support/until.ts'
import { reaching, watchHere } from './watching.ts'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))

interface Context {
  server: Server
  folder: string
}

const test = suite<Context>('watch')

test.before(async (context) => {
  context.server = await startServer()
})
test.after(({ server }) => server.stop())

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'watch-'))
  write(context.folder, 'hosts.yml', { all: { hosts: { far: reaching(context.server) } } })
  writeMotd(context.folder, 'hello')
  write(context.folder, 'motd', 'hello\n')
})
test.after.each(({ folder }) => {
  // One that a failed test leaves behind would keep the process of the tests.
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const started: ChildProcess[] = []

function write(folder: string, name: string, content: unknown): void {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
}

/** The playbook, which declares what the file `motd` holds. */
function writeMotd(folder: string, content: string): void {
  const copy = { content: `${content}\n`, dest: join(folder, 'motd') }
  write(folder, 'site.yml', [{ hosts: 'all', gather_facts: false, tasks: [{ name: 'motd', copy }] }])
}

interface Started {
  readonly child: ChildProcess
  said(): string
  /** Waits until it has said that. */
  says(what: RegExp): Promise<void>
  readonly ended: Promise<number | null>
}

function start(folder: string, ...words: string[]): Started {
  const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state') }
  const all = ['watch', '-T', '60', '-i', 'hosts.yml', 'site.yml', '--every', '300ms', ...words]
  const child = spawn(launcher, all, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk
    })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    child,
    said: () => said,
    says: (what) => until(`${what} is said: ${said}`, () => what.test(said)),
    ended,
  }
}

const logins = (server: Server) => server.log().match(/Accepted publickey/g)?.length ?? 0

test('drift made by hand appears, is told to others, and goes, all over one login', async ({
  folder,
  server,
}) => {
  const before = logins(server)
  const hook = `cat >>${folder}/hook.jsonl`
  const watching = start(folder, '--on-change', hook, '--metrics-file', 'x.prom', '--metrics-port', '0')
  await watching.says(/ in sync .* 1 host in sync/)
  write(folder, 'motd', 'something else\n')
  await watching.says(/ new +far +\S+motd content: .*\(motd\)\n.* drifted +1 difference on far/)
  const url = /metrics: (\S+)/.exec(watching.said())![1]!
  const metrics = await (await fetch(url)).text()
  assert.match(metrics, 'playssh_watch_hosts_drifted{playbook="site.yml"} 1\n')
  assert.match(metrics, 'playssh_watch_host_drifted_changes{playbook="site.yml",host="far"} 1\n')
  assert.is((await fetch(new URL('/', url))).status, 404)
  assert.is((await fetch(url, { method: 'POST' })).status, 405)
  write(folder, 'motd', 'hello\n')
  await watching.says(/ gone +far .*\n.* in sync +1 host in sync/)
  await until(
    'the command is told',
    () => readFileSync(join(folder, 'hook.jsonl'), 'utf8').split('\n').length > 2,
  )
  watching.child.kill('SIGTERM')
  assert.is(await watching.ended, 0, watching.said())
  const reports = readFileSync(join(folder, 'hook.jsonl'), 'utf8').trim().split('\n')
  assert.equal(
    reports
      .map((line) => JSON.parse(line))
      .map(({ state, notices }) => [state, notices[0].word, notices[0].host]),
    [
      ['drifted', 'new', 'far'],
      ['in sync', 'gone', 'far'],
    ],
  )
  assert.match(
    readFileSync(join(folder, 'x.prom'), 'utf8'),
    'playssh_watch_hosts_drifted{playbook="site.yml"} 0\n',
  )
  assert.is(logins(server) - before, 1)
})

test('files are read anew, a mistake in them is a check that cannot be made', async ({ folder }) => {
  const watching = start(folder)
  await watching.says(/ in sync /)
  writeMotd(folder, 'other')
  await watching.says(/ new +far /)
  write(folder, 'site.yml', '- hosts: all\n  tsaks: []\n')
  await watching.says(/ problem +site.yml:2:3: .*tsaks[\s\S]*\^/)
  writeMotd(folder, 'hello')
  await watching.says(/ back +checks can be made again\n[\s\S]* in sync /)
  watching.child.kill('SIGINT')
  assert.is(await watching.ended, 0)
  assert.is(watching.said().match(/ problem /g)?.length, 1)
})

test('a host that goes away is told once, and is logged in again when it is back', async ({ folder }) => {
  const own = await startServer()
  write(folder, 'hosts.yml', {
    all: { hosts: { far: reaching(own), near: { ansible_connection: 'local' } } },
  })
  const watching = start(folder)
  let again: ChildProcess | undefined
  try {
    await watching.says(/2 hosts in sync/)
    const pid = own.process.pid!
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
    own.process.kill('SIGKILL')
    for (const child of children) process.kill(child, 'SIGKILL')
    await watching.says(/ unreachable +far /)
    await new Promise((done) => setTimeout(done, 1000))
    again = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(own.folder, 'sshd_config')], { stdio: 'ignore' })
    await watching.says(/ back +far +was unreachable, since .*\n.* in sync +2 hosts/)
    watching.child.kill('SIGTERM')
    assert.is(await watching.ended, 0)
    assert.is(watching.said().match(/ unreachable +far +motd/g)?.length, 1, watching.said())
  } finally {
    again?.kill()
    await own.stop()
  }
})

test('it ends in the middle of a check, and what runs on the host ends', async ({ folder }) => {
  const tasks = [{ command: `/bin/sh -c 'echo $$ >${folder}/pid; exec sleep 600'`, check_mode: false }]
  write(folder, 'site.yml', [{ hosts: 'all', gather_facts: false, tasks }])
  const watching = start(folder)
  const pid = join(folder, 'pid')
  await until('it runs', () => existsSync(pid) && readFileSync(pid, 'utf8').endsWith('\n'))
  const began = performance.now()
  watching.child.kill('SIGTERM')
  assert.is(await watching.ended, 0, watching.said())
  assert.ok(performance.now() - began < 20_000)
  await until('it is gone', () => !existsSync(`/proc/${readFileSync(pid, 'utf8').trim()}/exe`))
})

test('a check that hangs is cut off, and the next one is made over new logins', async ({ folder }) => {
  const command = `/bin/sh -c 'test -e ${folder}/free || exec sleep 600'`
  const tasks = [{ command, check_mode: false, changed_when: false }]
  write(folder, 'site.yml', [{ hosts: 'all', gather_facts: false, tasks }])
  const watching = start(folder, '--check-timeout', '2s', '--every', '2s')
  await watching.says(/ problem +the check took more than 2.0 s, and was cut off/)
  write(folder, 'free', '')
  await watching.says(/ back +checks can be made again\n.* in sync /)
  watching.child.kill('SIGTERM')
  assert.is(await watching.ended, 0)
})

test('it ends when nobody reads, unless somebody else is told', async ({ folder }) => {
  const alone = start(folder, '-v')
  await alone.says(/ in sync /)
  alone.child.stdout!.destroy()
  assert.is(await alone.ended, 0)
  const watching = start(folder, '-v', '--metrics-file', 'x.prom')
  await watching.says(/ in sync /)
  watching.child.stdout!.destroy()
  await until('a check is counted', () => existsSync(join(folder, 'x.prom')))
  const checks = () => Number(/checks_total\S+ (\d+)/.exec(readFileSync(join(folder, 'x.prom'), 'utf8'))?.[1])
  const before = checks()
  await until('it goes on', () => checks() > before + 2)
  watching.child.kill('SIGTERM')
  assert.is(await watching.ended, 0)
})

test('SIGHUP has it check at once, and --count ends it with the status of the last check', async ({
  folder,
}) => {
  const watching = start(folder, '--every', '1h', '--count', '2')
  await watching.says(/ in sync /)
  chmodSync(join(folder, 'motd'), 0o600)
  write(folder, 'motd', 'other\n')
  watching.child.kill('SIGHUP')
  assert.is(await watching.ended, 3)
  assert.match(watching.said(), / new +far /)
  write(folder, 'site.yml', 'nonsense')
  const wrong = start(folder, '--count', '1')
  assert.is(await wrong.ended, 1)
  assert.match(wrong.said(), /site\.yml:1:1/)
})

test('--apply puts right what differs, again and again; only checks with changes are kept', async ({
  folder,
}) => {
  const watching = start(folder, '--apply')
  await watching.says(/ in sync /)
  write(folder, 'motd', 'other\n')
  await watching.says(/ repaired +far /)
  await until('it is repaired', () => readFileSync(join(folder, 'motd'), 'utf8') === 'hello\n')
  write(folder, 'motd', 'another\n')
  await until('it is told', () => watching.said().match(/ repaired /g)?.length === 2)
  watching.child.kill('SIGTERM')
  assert.is(await watching.ended, 0)
  assert.is(readdirSync(join(folder, 'state/playssh/runs')).length, 3)
})

test('what others get wrong is told, and keeps no check from being made', async ({ folder }) => {
  mkdirSync(join(folder, 'x.prom'))
  const nobody = `http://me:secret@127.0.0.1:${await freePort()}/`
  const watching = start(folder, '--metrics-file', 'x.prom', '--notify-url', nobody, '--on-change', 'exit 7')
  await watching.says(/ in sync /)
  write(folder, 'motd', 'other\n')
  await watching.says(/the command of --on-change failed: exit status 7/)
  await watching.says(/--notify-url http:\/\/127\.0\.0\.1:\d+ failed: ECONNREFUSED/)
  write(folder, 'motd', 'hello\n')
  await watching.says(/ gone /)
  watching.child.kill('SIGTERM')
  assert.is(await watching.ended, 0)
  assert.is(watching.said().match(/--metrics-file failed: .*x\.prom is a folder/g)?.length, 1)
  assert.not.match(watching.said(), 'secret')
})

test('what it tells is added to the log that is set, which may be moved away, in the colours that are set', async ({
  folder,
}) => {
  const log = join(folder, 'watch.log')
  write(
    folder,
    'ansible.cfg',
    '[defaults]\nlog_path = watch.log\nforce_color = true\n[colors]\nok = rgb510\n',
  )
  const { child, says, said, ended } = start(folder)
  try {
    await says(/\x1b\[38;5;202min sync/)
    await until('it is logged', () => existsSync(log) && /in sync/.test(readFileSync(log, 'utf8')))
    assert.is(statSync(log).mode & 0o777, 0o600)
    renameSync(log, join(folder, 'before'))
    write(folder, 'motd', 'drift\n')
    await until('drift is logged', () => existsSync(log) && /drifted/.test(readFileSync(log, 'utf8')))
    assert.match(readFileSync(log, 'utf8'), /^\d{4}-[\dT:.-]+Z \| [-\d: ]+ {2}new +far {2}/)
    assert.not.match(readFileSync(log, 'utf8'), '\x1b')
    rmSync(log)
    mkdirSync(log)
    write(folder, 'motd', 'hello\n')
    await says(/log_path failed: EISDIR/)
  } finally {
    child.kill()
    await ended
  }
  assert.is(said().match(/log_path failed/g)?.length, 1)
})

test('what was decrypted is told to nobody', async ({ folder }) => {
  const sealed = encrypt(Buffer.from('hush-hush-7'), { id: 'default', password: btoa('pw') })
  const secret = sealed
    .trim()
    .split('\n')
    .map((line) => `        ${line}\n`)
    .join('')
  write(folder, 'pw', 'pw')
  const play = readFileSync(join(folder, 'site.yml'), 'utf8')
  write(folder, 'group_vars.yml', `---\nword: !vault |\n${secret}`)
  const variables = play
    .replace('"tasks"', '"vars_files":["group_vars.yml"],"tasks"')
    .replace('hello', '{{ word }}')
  write(folder, 'site.yml', variables)
  const seen: string[] = []
  const server = createServer(async (request, response) => {
    seen.push(await text(request))
    response.end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  write(folder, 'url', `http://127.0.0.1:${port}/\n`)
  try {
    const words = ['--vault-password-file', 'pw', '--notify-url', '@url', '--diff', '--count', '1', '-vvv']
    const watching = start(folder, ...words, '--metrics-file', 'x.prom')
    assert.is(await watching.ended, 3, watching.said())
    const told = [watching.said(), ...seen, readFileSync(join(folder, 'x.prom'), 'utf8')]
    assert.match(watching.said(), '+********')
    assert.match(seen[0]!, '********')
    for (const one of told) assert.not.match(one, 'hush')
  } finally {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

test('a port that is taken, and flags that mean nothing', async ({ folder }) => {
  const taken = createServer()
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done))
  const { port } = taken.address() as { port: number }
  const cases: readonly (readonly [words: string[], said: RegExp])[] = [
    [
      ['--metrics-port', String(port)],
      /at 127\.0\.0\.1:\d+: another program listens there\n {2}give another/,
    ],
    [['--every', 'soon'], /It is a time such as 30s/],
    [['--every', '0'], /100ms at least/],
    [['--every', '99d'], /24d at most/],
    [['--splay', '2h', '--every', '1h'], /--splay is longer than --every/],
    [['--notify-url', 'file:///etc/passwd'], /begins with http/],
    [['--metrics-port', '1.2.3:x'], /ADDRESS:PORT/],
    [['--check', '--apply'], /give one of them/],
    [['--step'], /nobody sits beside a watch/],
  ]
  try {
    for (const [words, said] of cases) {
      const watching = start(folder, ...words)
      assert.is(await watching.ended, 1, words.join(' '))
      assert.match(watching.said(), said)
    }
  } finally {
    await new Promise((done) => taken.close(done))
  }
})

test('hundreds of checks leave nothing behind', async ({ folder, server }) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const here = process.cwd()
  process.env.XDG_STATE_HOME = join(folder, 'state')
  process.chdir(folder)
  const before = logins(server)
  const heaps: number[] = []
  const held: number[] = []
  try {
    await watchHere({
      words: ['-T', '60', '-i', 'hosts.yml', 'site.yml'],
      count: 200,
      onChecked: ({ checks, problem }) => {
        assert.is(problem, undefined)
        // What is kept of a file, a template or a result by each check would be megabytes in the end.
        writeMotd(folder, `{{ inventory_hostname }} ${checks} ${'{{ 1 + 1 }} '.repeat(1000)}`)
        if (checks % 50 !== 0) return
        collect()
        heaps.push(process.memoryUsage().heapUsed / 2 ** 20)
        held.push(process.getActiveResourcesInfo().length)
      },
    })
  } finally {
    process.chdir(here)
  }
  assert.ok(heaps.at(-1)! - heaps[0]! < 3, `MB: ${heaps}`)
  assert.ok(held.at(-1)! <= held[0]! + 1, `${held}`)
  assert.is(logins(server) - before, 1)
})

test.run()
