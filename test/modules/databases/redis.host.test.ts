import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runModule } from '../../../src/engine/task/run-module.ts'
import { redis } from '../../../src/modules/databases/redis.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { applied, said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { type Raw, RUN } from '../../support/plan.ts'
import { type Redis, startRedis } from '../../support/redis.ts'
import { freePort } from '../../support/server.ts'

const test = suite('Redis on hosts')

let all: Host[] = []
let folder = ''
let server: Redis
test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redis '))
  server = await startRedis()
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  await server.stop()
  rmSync(folder, { recursive: true })
})

const of = (raw: Raw) => ({
  login_host: '127.0.0.1',
  login_port: server.port,
  login_password: server.password,
  ...raw,
})

test('settings are kept', async () => {
  for (const host of all) {
    const config = (name: string, value: string) =>
      applied(host, redis, of({ command: 'config', name, value }))
    assert.equal(await config('maxmemory', '2MB'), [['setting maxmemory', '0', '2097152']])
    assert.equal(await config('maxmemory', '0'), [['setting maxmemory', '2097152', '0']])
    assert.equal(await config('masterauth', `it's "ä"\n\\`), [['setting masterauth', '', '(hidden)']])
    assert.is(server.ask('CONFIG', 'GET', 'masterauth'), `masterauth\nit's "ä"\n\\`)
    await config('masterauth', '')
  }
})

test('keys are removed', async () => {
  for (const host of all) {
    server.ask('SET', 'a', '1')
    server.ask('-n', '3', 'SET', 'b', '1')
    assert.equal(await applied(host, redis, of({ command: 'flush', flush_mode: 'db', db: 3 })), [
      ['keys of database 3', 1, 0],
    ])
    assert.is(server.ask('GET', 'a'), '1')
    assert.equal(await applied(host, redis, of({ command: 'flush' })), [['keys', 1, 0]])
  }
})

test('a server becomes a replica, and a master again', async () => {
  for (const host of all) {
    const raw = { command: 'replica', master_host: '127.0.0.1', master_port: 1 }
    assert.equal(await applied(host, redis, of(raw)), [['role', 'master', 'replica of 127.0.0.1:1']])
    assert.equal(await applied(host, redis, of({ command: 'slave', slave_mode: 'master' })), [
      ['role', 'replica of 127.0.0.1:1', 'master'],
    ])
  }
})

test('what cannot be is said, and no password is among the arguments of a program', async () => {
  const bin = join(folder, 'bin')
  const seen = join(folder, 'seen')
  mkdirSync(bin)
  const program = `#!/bin/sh\nprintf '%s\\n' "$@" >>'${seen}'\nexec /usr/bin/redis-cli "$@"\n`
  writeFileSync(join(bin, 'redis-cli'), program, { mode: 0o755 })
  const closed = await freePort()
  const sentences: [Raw, RegExp][] = [
    [{ login_password: 'wrong' }, /^unable to connect to database: NOAUTH/],
    [{ login_port: closed }, /^unable to connect to database: Could not connect to Redis at .*refused$/],
    [{ name: 'nothing' }, /^unable to read config: 'nothing'$/],
    [{ name: 'maxmemory-policy', value: 'x' }, /^unable to write config: ERR /],
    [{ name: 'port', value: server.password }, /^unable to write config: ERR /],
  ]
  for (const { session } of all) {
    const run = (raw: Raw, path: string) => {
      const { args } = readArguments(redis, of({ command: 'config', name: 'maxmemory', value: '1', ...raw }))
      return runModule(redis, args, session, { view: RUN, environment: { PATH: path } })
    }
    const path = `${bin}:${process.env.PATH}`
    for (const [raw, sentence] of sentences) assert.match(await said(run(raw, path)), sentence)
    assert.not.match(readFileSync(seen, 'utf8'), /s3cret|wrong/)
    rmSync(seen)
    assert.match(await said(run({}, '/nowhere')), /^Failed to find required executable "redis-cli"/)
    const tls = of({ command: 'flush', tls: true, validate_certs: false, login_port: closed })
    assert.match(await said(applyModule(session, redis, tls)), /^unable to connect to database: /)
  }
})

test('a server that is frozen is not waited for without an end', async () => {
  const bin = join(folder, 'short')
  mkdirSync(bin)
  // All that the modules wait is a second then; and a client that acts reaches no server.
  const programs = {
    timeout: 'shift\nexec /usr/bin/timeout 1 "$@"',
    'redis-cli': `i=$(cat)\ncase $i in PING*) printf '%s\\n' "$i" | exec /usr/bin/redis-cli "$@" ;; esac\nexec sleep 60`,
  }
  for (const [name, program] of Object.entries(programs))
    writeFileSync(join(bin, name), `#!/bin/sh\n${program}\n`, { mode: 0o755 })
  const { args } = readArguments(redis, of({ command: 'config', name: 'maxmemory', value: '1' }))
  const environment = { PATH: `${bin}:${process.env.PATH}` }
  for (const { session } of all) {
    const run = () => said(runModule(redis, args, session, { view: RUN, environment }))
    assert.match(await run(), /^unable to write config: no answer in 30 s; what was asked for may be done/)
    process.kill(server.pid, 'SIGSTOP')
    try {
      assert.is(await run(), 'unable to connect to database: no answer in 30 s')
    } finally {
      process.kill(server.pid, 'SIGCONT')
    }
  }
})

test.run()
