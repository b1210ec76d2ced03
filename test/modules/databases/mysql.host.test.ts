import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runModule } from '../../../src/engine/task/run-module.ts'
import { mysql_db } from '../../../src/modules/databases/mysql_db/index.ts'
import { mysql_user } from '../../../src/modules/databases/mysql_user/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import type { Module } from '../../../src/sdk/module.ts'
import { said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { type MariaDb, startMariaDb } from '../../support/mariadb.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('databases of MariaDB on hosts')

let all: Host[] = []
let server: MariaDb
let folder = ''
test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mysql '))
  server = await startMariaDb()
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  await server.stop()
  rmSync(folder, { recursive: true })
})

const login = () => ({ login_unix_socket: server.socket, config_file: '' })

/** Plans under check, applies, and plans again: the plans are the same, and then there is nothing to do. */
async function applied(host: Host, module: Module, raw: Raw): Promise<unknown[]> {
  const whole = { ...login(), ...raw }
  const planned = rows((await applyModule(host.session, module, whole, CHECK)).plan)
  const { plan } = await applyModule(host.session, module, whole)
  assert.equal(rows(plan), planned, 'check says what is done')
  const again = await applyModule(host.session, module, whole)
  assert.equal(rows(again.plan), [], 'a second run finds nothing')
  return planned
}

const NAMES = [`-it's \`odd\`"; DROP DATABASE mysql; -- \\ % ü`]

test('a database is made, found and removed, whatever it is called', async () => {
  for (const host of all) {
    for (const name of NAMES) {
      const there = [[`database ${name}`, null, 'present']]
      const raw = { name: [name], encoding: 'utf8mb4', collation: 'utf8mb4_bin' }
      assert.equal(await applied(host, mysql_db, raw), there)
      assert.match(
        server.ask(
          "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE DEFAULT_COLLATION_NAME = 'utf8mb4_bin'",
        ),
        name.replaceAll('\\', '\\\\'),
      )
      assert.equal(await applied(host, mysql_db, { name: [name], state: 'absent' }), [
        [`database ${name}`, 'present', null],
      ])
    }
    assert.match(server.ask('SHOW DATABASES'), /^mysql$/m)
  }
})

test('databases are dumped and imported, compressed too, and a dump that fails leaves the old file', async () => {
  for (const host of all) {
    server.ask('CREATE DATABASE a; CREATE TABLE a.t (x TEXT); INSERT INTO a.t VALUES ("it\'s")')
    for (const end of ['', '.gz']) {
      const target = join(folder, `dump.sql${end}`)
      const run = (raw: Raw, view = RUN) =>
        applyModule(host.session, mysql_db, { ...login(), target, ...raw }, view)
      const planned = await run({ name: 'a', state: 'dump' }, CHECK)
      assert.not(existsSync(target))
      const dumped = await run({ name: 'a', state: 'dump' })
      assert.equal(rows(dumped.plan), rows(planned.plan))
      assert.ok(statSync(target).size > 100)
      await run({ name: 'b', state: 'import' })
      assert.is(server.ask('SELECT x FROM b.t'), "it's\n")
      server.ask('DROP DATABASE b')
      const old = readFileSync(target)
      assert.match(
        await said(run({ name: 'a', state: 'dump', dump_extra_args: '--where="no such"' })),
        /no such|syntax/,
      )
      assert.equal(readFileSync(target), old)
      writeFileSync(target, 'no SQL')
      assert.match(
        await said(run({ name: 'b', state: 'import' })),
        end === '' ? /syntax/ : /gzip|bz|format|File|magic/i,
      )
      server.ask('DROP DATABASE IF EXISTS b')
      rmSync(target)
    }
    const gone = { name: 'nowhere', state: 'dump', target: join(folder, 'x') }
    assert.match(
      await said(applyModule(host.session, mysql_db, { ...login(), ...gone })),
      /Cannot dump database/,
    )
    server.ask('DROP DATABASE a')
  }
})

test('an import tells no password, and no statement that fails', async () => {
  server.ask("CREATE USER loader@localhost IDENTIFIED BY 's3cret'; GRANT ALL ON *.* TO loader@localhost")
  const target = join(folder, 'import.sql')
  for (const { session } of all) {
    const raw = { name: 'loaded', state: 'import', target, login_user: 'loader', login_password: 's3cret' }
    const run = () => applyModule(session, mysql_db, { ...login(), ...raw })
    writeFileSync(target, 'SELECT 1;')
    const { ran, outcomes, result } = await run()
    assert.not.match(JSON.stringify({ ran, outcomes, result }), /s3cret/)
    writeFileSync(target, "SELECT 'hidden' FROM nowhere.x;")
    assert.match(await said(run()), /^ERROR 1146 .* at line 1: Table 'nowhere.x' doesn't exist$/)
  }
  server.ask('DROP DATABASE loaded; DROP USER loader@localhost')
})

test('a dump is packed by what packs, which a host is asked before', async () => {
  server.ask('CREATE DATABASE packed')
  const target = join(folder, 'dump.xz')
  for (const { name, session } of all) {
    const run = (raw: Raw) => applyModule(session, mysql_db, { ...login(), name: 'packed', target, ...raw })
    // The xz of busybox only unpacks.
    assert.match(await said(run({ state: 'dump' })), name === 'busybox' ? /^xz is not there, or only/ : /^$/)
    assert.is(await said(run({ state: 'import' })), '')
    assert.ok(existsSync(target))
  }
  server.ask('DROP DATABASE packed')
})

test('no other option file is read where config_file is to be the only one', async () => {
  const home = join(folder, 'home')
  mkdirSync(home)
  writeFileSync(join(home, 'my.cnf'), '[client]\nno-such-option=1\n')
  const config_file = join(folder, 'only.cnf')
  writeFileSync(config_file, `[client]\nsocket=${server.socket}\n`)
  for (const { session } of all) {
    const run = (raw: Raw) =>
      runModule(mysql_db, readArguments(mysql_db, { name: 'x', ...raw }).args, session, {
        view: CHECK,
        environment: { MYSQL_HOME: home },
      })
    assert.match(await said(run({ config_file })), /no-such-option/)
    assert.is(await said(run({ config_file, restrict_config_file: true })), '')
  }
})

test('a user is made, changed and removed, whatever it is called', async () => {
  for (const host of all) {
    for (const name of NAMES) {
      const raw = {
        name,
        host: 'Somewhere.%',
        password: 'pä"\'\\ss',
        priv: { [`${name.replaceAll('.', '')}.*`]: 'SELECT,INSERT' },
      }
      const made = await applied(host, mysql_user, raw)
      assert.equal(made[0], [`user ${name}@somewhere.%`, null, 'present'])
      assert.is(made.length, 2)
      const changed = await applied(host, mysql_user, { ...raw, password: 'other', priv: '*.*:ALL,GRANT' })
      assert.is(changed.length, 3, JSON.stringify(changed))
      assert.equal(await applied(host, mysql_user, { name, host: 'somewhere.%', state: 'absent' }), [
        [`user ${name}@somewhere.%`, 'present', null],
      ])
    }
  }
})

const PRIVILEGES: [title: string, raw: Raw, grants: RegExp[]][] = [
  [
    'of columns',
    { priv: 'd.t:SELECT(b, A),INSERT' },
    [/SELECT \((`b`, `a`|`a`, `b`)\), INSERT ON `d`.`t`|INSERT, SELECT \(.*\) ON/i],
  ],
  ['appended', { priv: 'd.*:UPDATE', append_privs: true }, [/UPDATE ON `d`\.\*/, /INSERT ON `d`\.`t`/]],
  [
    'subtracted',
    { priv: 'd.t:INSERT', subtract_privs: true },
    [/GRANT SELECT \((`b`, `a`|`a`, `b`)\) ON `d`.`t`/i],
  ],
  ['with GRANT', { priv: { 'd.*': 'UPDATE,GRANT' } }, [/UPDATE ON `d`.* WITH GRANT OPTION/]],
  ['without it', { priv: { 'd.*': 'UPDATE' } }, [/UPDATE ON `d`\.\* TO `u`@`localhost`\n/]],
  ['of a function', { priv: 'FUNCTION d.f:EXECUTE' }, [/EXECUTE ON FUNCTION `d`.`f`/]],
  ['of the server', { priv: '*.*:REPLICATION CLIENT, process' }, [/PROCESS, BINLOG MONITOR ON \*\.\*/]],
  [
    'for TLS',
    { tls_requires: { subject: "/CN=it's", cipher: 'x' } },
    [/SUBJECT '\/CN=it(''|\\')s' CIPHER 'x'/],
  ],
  ['for any TLS', { tls_requires: { SSL: null } }, [/REQUIRE SSL/]],
  [
    'limited',
    { resource_limits: { MAX_QUERIES_PER_HOUR: 5, MAX_STATEMENT_TIME: 2 } },
    [/MAX_QUERIES_PER_HOUR 5/],
  ],
  ['all', { priv: '*.*:ALL' }, [/GRANT ALL PRIVILEGES ON \*\.\*/]],
]

test('privileges, TLS and limits are kept as the server keeps them', async () => {
  for (const host of all.slice(0, 1)) {
    server.ask(
      'CREATE DATABASE d; CREATE TABLE d.t (a INT, b INT); CREATE FUNCTION d.f() RETURNS INT RETURN 1',
    )
    await applied(host, mysql_user, { name: 'u' })
    for (const [title, raw, grants] of PRIVILEGES) {
      assert.is.not((await applied(host, mysql_user, { name: 'u', ...raw })).length, 0, title)
      for (const grant of grants) assert.match(server.ask('SHOW GRANTS FOR u@localhost'), grant, title)
    }
    server.ask('CREATE USER u@elsewhere')
    const every = { name: 'u', host_all: true }
    assert.is((await applied(host, mysql_user, { ...every, password: 'x' })).length, 2)
    const third = await applyModule(host.session, mysql_user, {
      ...login(),
      ...{ name: 'u', host: 'third', password: 'y', update_password: 'on_new_username' },
    })
    assert.is(third.plan.result?.password_changed, false)
    assert.match(server.ask('SHOW CREATE USER u@third'), /B69027D44F6E5EDC07F1AEAD1477967B16F28227/)
    assert.is((await applied(host, mysql_user, { ...every, state: 'absent' })).length, 3)
    server.ask('DROP DATABASE d')
  }
})

test('who logs in is the one of the arguments, before the one of the option file', async () => {
  const config_file = join(folder, 'my.cnf')
  const password = `p"#\\ ';`
  server.ask(`CREATE USER admin@localhost IDENTIFIED BY 'p"#\\\\ \\';'; GRANT ALL ON *.* TO admin@localhost`)
  writeFileSync(config_file, `[client]\nuser=admin\npassword=wrong\nsocket=${server.socket}\n`)
  for (const { session } of all) {
    const run = (raw: Raw) => applyModule(session, mysql_db, { name: 'x', config_file, ...raw }, CHECK)
    assert.equal(rows((await run({ login_password: password })).plan).length, 1)
    const wrong = await said(run({}))
    assert.match(wrong, /^unable to connect to database, check login_user .*Access denied for user 'admin'/)
    assert.match(await said(run({ login_user: 'admin', login_password: 's3cret' })), /Access denied/)
    assert.not.match(await said(run({ login_password: 's3cret' })), /s3cret/)
    assert.equal(rows((await run({ login_password: 's3cret', check_implicit_admin: true })).plan).length, 1)
    const down = { login_unix_socket: join(folder, 'none'), config_file: '' }
    assert.match(await said(run(down)), /^unable to find \. Exception message: ERROR 2002/)
  }
  server.ask('DROP USER admin@localhost')
})

test('no password is among the arguments of a program', async () => {
  const bin = join(folder, 'bin')
  const seen = join(folder, 'seen')
  mkdirSync(bin)
  const program = `#!/bin/sh\nprintf '%s\\n' "$@" >>'${seen}'\nexec ${whole('mariadb')} "$@"\n`
  writeFileSync(join(bin, 'mariadb'), program, { mode: 0o755 })
  for (const { session } of all) {
    const run = (raw: Raw) =>
      runModule(mysql_user, readArguments(mysql_user, { ...login(), name: 'v', ...raw }).args, session, {
        view: RUN,
        environment: { PATH: `${bin}:${process.env.PATH}` },
      })
    await run({ password: 'fresh-secret', login_user: 'root', login_password: 'login-secret' })
    await run({ state: 'absent' })
    assert.match(readFileSync(seen, 'utf8'), /--batch/)
    assert.not.match(readFileSync(seen, 'utf8'), /secret/)
    rmSync(seen)
  }
})

const whole = (program: string) =>
  execFileSync('/bin/sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim()

test('a host without the client says so', async () => {
  for (const { session } of all) {
    const { args } = readArguments(mysql_db, { name: 'x' })
    const { plan } = await runModule(mysql_db, args, session, {
      view: RUN,
      environment: { PATH: '/nowhere' },
    })
    assert.match(plan.failed ?? '', /Failed to find required executable "mysql"/)
  }
})

test.run()
