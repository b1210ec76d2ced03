import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { apt } from '../../../src/modules/packages/apt/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, RUN, rows } from '../../support/plan.ts'

const real = suite<{ hosts: Host[] }>('apt: on hosts')

real.before(async (context) => {
  context.hosts = await hosts()
  const [first] = context.hosts
  execFileSync('apt-mark', ['manual', 'dpkg'])
  await applyModule(first!.session, apt, { update_cache: true, cache_valid_time: 86400 })
  await applyModule(first!.session, apt, { name: ['hello'], state: 'absent', purge: true })
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('a package comes and goes', async ({ hosts }) => {
  for (const { session } of hosts) {
    const present = { name: 'hello,dpkg', install_recommends: false }
    const check = await applyModule(session, apt, present, CHECK)
    assert.is(check.plan.changes.length, 1)
    const { plan, result: conclusion } = await applyModule(session, apt, present)
    assert.is(conclusion.failed, undefined)
    assert.equal(rows(plan), rows(check.plan))
    const version = String(plan.changes[0]!.after)
    for (const raw of [
      present,
      { name: 'hello', state: 'latest' },
      { name: [`hello=${version}`, 'hello>=1.0', 'hel?o', `hello=${version.slice(0, 2)}*`] },
      { name: 'hello', only_upgrade: true },
      { name: 'hello', update_cache: true, cache_valid_time: 864000 },
    ]) {
      assert.equal(rows((await applyModule(session, apt, raw)).plan), [], JSON.stringify(raw))
    }
    const absent = { name: 'hel?o', state: 'absent', purge: true }
    assert.equal(rows((await applyModule(session, apt, absent)).plan), [['hello', version, null]])
    assert.equal((await applyModule(session, apt, absent)).plan.changes, [])
    assert.equal((await applyModule(session, apt, { name: 'hello', only_upgrade: true })).plan.changes, [])
  }
})

real('what was installed automatically is marked manual without a change', async ({ hosts }) => {
  const automatic = () => execFileSync('apt-mark', ['showauto', 'hello']).toString().trim()
  for (const { session } of hosts) {
    await applyModule(session, apt, { name: 'hello', install_recommends: false })
    execFileSync('apt-mark', ['auto', 'hello'])
    for (const name of ['hello', 'hel?o']) {
      const { plan } = await applyModule(session, apt, { name }, CHECK)
      assert.equal([rows(plan), plan.silent], [[['mark of hello', 'automatic', 'manual']], true])
    }
    assert.is(automatic(), 'hello')
    assert.equal((await applyModule(session, apt, { name: 'hello' })).result.failed, undefined)
    assert.is(automatic(), '')
    assert.equal((await applyModule(session, apt, { name: 'hello' })).plan.changes, [])
    execFileSync('apt-mark', ['auto', 'hello'])
    assert.equal(rows((await applyModule(session, apt, { name: 'hello', state: 'absent' })).plan).length, 1)
  }
})

real('a dpkg that is at work for others is waited for, and then a sentence', async ({ hosts }) => {
  const hold =
    'import fcntl, time; f = open("/var/lib/dpkg/lock-frontend", "w"); fcntl.lockf(f, fcntl.LOCK_EX); print("held", flush=True); time.sleep(600)'
  const holder = spawn('python3', ['-c', hold], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise((resolve) => holder.once('exit', resolve))
  try {
    await new Promise((resolve) => holder.stdout.once('data', resolve))
    for (const { session } of hosts) {
      const raw = { name: 'hello', install_recommends: false, lock_timeout: 0 }
      const { result } = await applyModule(session, apt, raw)
      assert.match(result.failed ?? '', /Could not get lock .*lock-frontend/)
      assert.is((await applyModule(session, apt, raw, CHECK)).plan.changes.length, 1)
    }
  } finally {
    holder.kill()
    await gone
  }
})

real('a check writes nothing into the logs of apt', async ({ hosts }) => {
  const logs = () =>
    readdirSync('/var/log/apt').map((name) => [name, statSync(join('/var/log/apt', name)).mtimeMs])
  const before = logs()
  for (const { session } of hosts) {
    assert.is((await applyModule(session, apt, { name: 'hello' }, CHECK)).plan.changes.length, 1)
    assert.equal(logs(), before)
  }
})

real('a name that apt-get would read more into is a name', async ({ hosts }) => {
  for (const { session } of hosts) {
    // "hello" and a wish to install it; expressions that fit many packages, and "hello".
    for (const name of ['hello+', 'pyth.n3', 'hell.:amd64']) {
      const { plan } = await applyModule(session, apt, { name })
      const bare = name.replace(/[:=].*/, '')
      assert.is(plan.failed, `apt-get install would fail: Unable to locate package ${bare}`)
    }
    const there = ['g++', 'libstdc++6', 'python3.11-minimal', 'linux-libc-dev']
    assert.equal((await applyModule(session, apt, { name: there }, CHECK)).plan.failed, undefined)
    const plus = await applyModule(session, apt, { name: 'hello=2.10+' }, CHECK)
    assert.match(plus.plan.failed!, /Version '2\.10\[\+\]'/)
    // As an expression it would fit what provides awk.
    assert.match(
      (await applyModule(session, apt, { name: 'a.k' })).plan.failed!,
      /Unable to locate package a\.k/,
    )
  }
})

real('a name that only new lists may have is looked for in them', async ({ hosts }) => {
  for (const { session } of hosts) {
    const state = {
      ...{ age: 99, known: [], todo: ['hello+'], fetched: false, automatic: [] },
      simulations: new Map([['install', { code: 0, text: 'Inst hello+ (1 Debian [amd64])' }]]),
    }
    const { args } = readArguments(apt, { name: 'hello+' })
    const [action] = apt.plan(args, state, RUN).actions!
    const { code, stderr } = await session.exec((action as { script: string }).script)
    assert.is(code, 100)
    assert.match(stderr, /E: Unable to locate package hello\+/)
  }
})

real('virtual packages are there when another provides them', async ({ hosts }) => {
  for (const { session } of hosts) {
    assert.equal((await applyModule(session, apt, { name: 'awk' })).plan.changes, [])
  }
})

real('a package that there is itself is installed, though another provides it', async ({ hosts }) => {
  for (const { session } of hosts) {
    // perl-base, which every Debian has, provides it.
    const { plan } = await applyModule(session, apt, { name: 'libio-socket-ip-perl' }, CHECK)
    assert.is(plan.changes.length, 1)
  }
})

real('a package that does not exist', async ({ hosts }) => {
  for (const { session } of hosts) {
    const { plan } = await applyModule(session, apt, { name: 'no-such-package-here' })
    assert.match(plan.failed!, /would fail: Unable to locate package no-such-package-here/)
    assert.match((await applyModule(session, apt, { name: 'hello=0.0*' })).plan.failed!, /Version '0\.0\*'/)
    try {
      await applyModule(session, apt, { deb: '/no such.deb' })
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, /no package file \/no such\.deb/)
    }
  }
})

real.run()
