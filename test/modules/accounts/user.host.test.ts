import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { group } from '../../../src/modules/accounts/group.ts'
import { user } from '../../../src/modules/accounts/user/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, rows } from '../../support/plan.ts'
import { holdAccounts } from '../../support/user.ts'

const real = suite<{ hosts: Host[] }>('user: on hosts')
const NAME = 'playsshtester'
const HIGHEST = 'playsshhighest'
const HASH =
  '$6$abcdefgh$yVfUwsw5T.JApa8POvClA1pQ5peiq97DUNyXCZN5IrF.BMSkiaLQ5kvpuEm/VQ1Tvh/KV2TcaWh8qinoW5dhA1'

real.before(async (context) => {
  context.hosts = await hosts()
})
let release = async () => {}
real.before.each(async () => {
  release = await holdAccounts()
  // What a run that was killed has left.
  clear()
  // useradd takes the id behind the highest: with this one, none that a shell of another test's user may still have.
  execFileSync('useradd', ['--uid', '40000', '--no-create-home', HIGHEST])
})
real.after.each(async () => {
  try {
    clear()
  } finally {
    await release()
  }
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

function clear(): void {
  for (const name of [NAME, HIGHEST]) {
    spawnSync('userdel', ['--force', name])
    spawnSync('groupdel', [name])
  }
  for (const folder of [`/home/${NAME}`, '/tmp/playssh home'])
    rmSync(folder, { recursive: true, force: true })
}

function entry(file: string): string {
  return (
    readFileSync(file, 'utf8')
      .split('\n')
      .find((line) => line.startsWith(`${NAME}:`)) ?? ''
  )
}

/** Each step is planned under check, applied, and must then be in sync; the names of what was planned come back. */
async function walk({ session }: Host, steps: readonly Record<string, unknown>[]): Promise<string[]> {
  const planned = []
  for (const step of steps) {
    const raw: Record<string, unknown> = { name: NAME, ...step }
    const check = await applyModule(session, user, raw, CHECK)
    const { plan, result: conclusion } = await applyModule(session, user, raw)
    assert.is(conclusion.failed, undefined)
    assert.equal(rows(plan), rows(check.plan))
    assert.equal(rows((await applyModule(session, user, raw)).plan), [], JSON.stringify(raw))
    // The user's own group stays behind when it is no longer the main one.
    if (raw.state === 'absent') await applyModule(session, group, { name: NAME, state: 'absent' })
    planned.push(plan.changes.map(({ what }) => what).join(' '))
  }
  return planned
}

real('from nothing to nothing, every attribute', async ({ hosts }) => {
  for (const host of hosts) {
    const planned = await walk(host, [
      { comment: `it's "A"`, shell: '/bin/sh' },
      { comment: '', uid: 54321, shell: '/bin/false' },
      { group: 'users' },
      { groups: ['adm', 'staff'] },
      { groups: ['games'], append: true },
      { groups: ['staff'] },
      { groups: '' },
      { password: HASH },
      { password_lock: true },
      { password: HASH, update_password: 'on_create', expires: 1893456000 },
      { password_lock: false },
      { expires: -1 },
      { password_expire_min: 1, password_expire_max: 90, password_expire_warn: 0 },
      { home: '/tmp/playssh home', move_home: true },
      { state: 'absent', remove: true },
    ])
    assert.equal(planned, [
      `user ${NAME}`,
      'uid comment shell',
      'group',
      'groups',
      'groups',
      'groups',
      'groups',
      'password',
      'password_lock',
      'expires',
      'password_lock',
      'expires',
      'password_expire_min password_expire_max password_expire_warn',
      'home',
      `user ${NAME}`,
    ])
    assert.not.ok(existsSync('/tmp/playssh home'))
  }
})

real('a user is made whole at once', async ({ hosts }) => {
  for (const host of hosts) {
    await walk(host, [
      {
        ...{ uid: 54321, group: 'users', groups: ['adm', 'staff'], comment: 'A $(b) `c`', shell: '/bin/sh' },
        ...{ home: '/tmp/playssh home/deep', password: HASH, password_lock: true, expires: 1893456000 },
        ...{ password_expire_min: 0, password_expire_max: 30, password_expire_warn: 3 },
      },
    ])
    assert.is(entry('/etc/passwd'), `${NAME}:x:54321:100:A $(b) \`c\`:/tmp/playssh home/deep:/bin/sh`)
    assert.match(entry('/etc/shadow'), new RegExp(`^${NAME}:!\\$6\\$abcdefgh\\$[^:]*:\\d+:0:30:3::21915:$`))
    assert.is(statSync('/tmp/playssh home/deep').uid, 54321)
    await walk(host, [{ state: 'absent', remove: true }])
  }
})

real('a home folder of its own accord', async ({ hosts }) => {
  for (const host of hosts) {
    await walk(host, [{ create_home: false, home: '/tmp/playssh home' }])
    assert.not.ok(existsSync('/tmp/playssh home'))
    assert.equal(await walk(host, [{ umask: '077' }]), ['home folder'])
    assert.is(statSync('/tmp/playssh home').mode & 0o777, 0o700)
    await walk(host, [{ state: 'absent', remove: true }])
  }
})

real('a home folder that must not be', async ({ hosts }) => {
  const file = '/tmp/playssh home file'
  writeFileSync(file, '')
  const root = statSync('/')
  for (const host of hosts) {
    for (const home of ['/nonexistent', '/nonexistent/deep', '/var/empty', '/dev/null', '/', file]) {
      const before = existsSync(home)
      const raw = { home, create_home: true, shell: '/usr/sbin/nologin' }
      assert.equal(await walk(host, [{ ...raw, system: true }, raw, { ...raw, move_home: true }]), [
        `user ${NAME}`,
        '',
        '',
      ])
      assert.is(entry('/etc/passwd').split(':')[5], home)
      assert.is(existsSync(home), before, home)
      await walk(host, [{ home: '/tmp/playssh home' }, { home: '/nonexistent', move_home: true }])
      assert.ok(existsSync('/tmp/playssh home'))
      rmSync('/tmp/playssh home', { recursive: true })
      await walk(host, [{ state: 'absent' }])
    }
    assert.not.ok(existsSync('/nonexistent'))
    const { uid, gid, mode } = statSync('/')
    assert.equal([uid, gid, mode], [root.uid, root.gid, root.mode])
  }
  rmSync(file)
})

real('a user that is known by another name only is another user', async ({ hosts }) => {
  for (const { session } of hosts) {
    const { plan } = await applyModule(session, user, { name: 'r.ot', state: 'absent' }, CHECK)
    assert.equal(plan.changes, [])
  }
})

real('an SSH key is made once', async ({ hosts }) => {
  for (const host of hosts) {
    const raw = { name: NAME, generate_ssh_key: true, ssh_key_type: 'ed25519', ssh_key_comment: "it's a key" }
    const { plan, result: conclusion } = await applyModule(host.session, user, raw)
    assert.equal(
      plan.changes.map(({ what }) => what),
      [`user ${NAME}`, 'SSH key'],
    )
    assert.match(String(conclusion.result?.ssh_public_key), /^ssh-ed25519 \S+ it's a key$/)
    const path = `/home/${NAME}/.ssh/id_ed25519`
    assert.is(conclusion.result?.ssh_key_file, path)
    assert.is(statSync(path).mode & 0o777, 0o600)
    assert.is(statSync(path).uid, conclusion.result?.uid)
    assert.is(statSync(`/home/${NAME}/.ssh`).mode & 0o777, 0o700)
    assert.equal((await applyModule(host.session, user, raw)).plan.changes, [])
    execFileSync('ssh-keygen', ['-y', '-P', '', '-f', path])
    const told = async () => (await applyModule(host.session, user, raw, CHECK)).plan.result
    // What the user puts in the place of the public key.
    writeFileSync(`${path}.pub`, `ssh-rsa AAAA\nroot:x:0:${NAME}\nsudo:x:27:${NAME}\n`)
    const { groups, ssh_public_key } = (await told()) ?? {}
    assert.is(ssh_public_key, 'ssh-rsa AAAA')
    assert.not.match(String(groups), /sudo|root/)
    rmSync(`${path}.pub`)
    for (const secret of ['/etc/shadow', '/dev/zero']) {
      symlinkSync(secret, `${path}.pub`)
      assert.is((await told())?.ssh_public_key, null)
      rmSync(`${path}.pub`)
    }
    execFileSync('mkfifo', [`${path}.pub`])
    assert.is((await told())?.ssh_public_key, null)
    await walk(host, [{ state: 'absent', remove: true }])
  }
})

real('a system user, without and with a group of its name', async ({ hosts }) => {
  for (const host of hosts) {
    await walk(host, [{ system: true, create_home: false, shell: '/usr/sbin/nologin' }])
    assert.ok(Number(entry('/etc/passwd').split(':')[2]) < 1000)
    await walk(host, [{ state: 'absent' }])
  }
})

real.run()
