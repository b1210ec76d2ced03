import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runModule } from '../../../src/engine/task/run-module.ts'
import { postgresql_db } from '../../../src/modules/databases/postgresql_db/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { applied, said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { type PostgreSql, startPostgreSql } from '../../support/postgresql.ts'

const test = suite('databases of PostgreSQL on hosts')

let all: Host[] = []
let server: PostgreSql
let folder = ''
test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postgresql '))
  server = await startPostgreSql()
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  await server.stop()
  rmSync(folder, { recursive: true })
})

const of = (raw: Raw) => ({ login_unix_socket: server.socket, ...raw })
const apply = ({ session }: Host, raw: Raw, view = RUN) => applyModule(session, postgresql_db, of(raw), view)

const ODD = `-it's "odd"\\; DROP DATABASE postgres; -- :x % ü`

test('a database is made, changed and removed, whatever it is called', async () => {
  server.ask(`CREATE ROLE "${ODD.replaceAll('"', '""')}"; CREATE ROLE other`)
  for (const host of all) {
    const raw = {
      name: ODD,
      owner: ODD,
      encoding: 'UTF-8',
      lc_collate: 'C',
      lc_ctype: 'C',
      template: 'template0',
    }
    assert.equal(await applied(host, postgresql_db, of(raw)), [[`database ${ODD}`, null, 'present']])
    assert.match(server.ask('SELECT datname FROM pg_database'), ODD)
    const changed = of({ name: ODD, owner: 'other', conn_limit: 5, session_role: 'postgres' })
    assert.equal(await applied(host, postgresql_db, changed), [
      [`owner of ${ODD}`, ODD, 'other'],
      [`connection limit of ${ODD}`, '-1', '5'],
    ])
    const renamed = { name: ODD, state: 'rename', target: 'renamed' }
    assert.equal(await applied(host, postgresql_db, of(renamed)), [[`database ${ODD}`, ODD, 'renamed']])
    assert.equal(await applied(host, postgresql_db, of({ name: 'renamed', state: 'absent', force: true })), [
      ['database renamed', 'present', null],
    ])
  }
})

test('what cannot be is said in the words of Ansible', async () => {
  server.ask("CREATE DATABASE fixed TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
  const sentences: [Raw, RegExp][] = [
    [{ encoding: 'LATIN1' }, /^Changing database encoding is not supported. Current encoding: UTF8$/],
    [{ encoding: 'nothing' }, /^Database query failed: nothing is not a valid encoding name$/],
    [{ lc_collate: 'x' }, /^Changing LC_COLLATE is not supported. Current LC_COLLATE: C$/],
    [{ lc_ctype: 'x' }, /^Changing LC_CTYPE is not supported.Current LC_CTYPE: C$/],
    [{ owner: 'nobody' }, /^Database query failed: role "nobody" does not exist$/],
    [{ tablespace: 'none' }, /^Database query failed: tablespace "none" does not exist$/],
    [{ name: 'new', template: 'none' }, /^Database query failed: template database "none" does not exist$/],
    [{ state: 'rename', target: 'template1' }, /^Both the source and the target databases exist.$/],
    [{ name: 'x', state: 'rename', target: 'y' }, /^The source and the target databases do not exist.$/],
    [{ session_role: 'nobody' }, /^Could not switch role: role "nobody" does not exist$/],
    [{ maintenance_db: 'none' }, /^unable to connect to database: .*database "none" does not exist$/],
    [{ login_unix_socket: folder }, /^unable to connect to database: .*No such file or directory/],
    [{ login_user: 'fixed' }, /^unable to connect to database: .*fe_sendauth: no password supplied/],
    [{ name: 'template1', state: 'absent' }, /^Database query failed: cannot drop a template database$/],
    [{ name: 'gone', state: 'dump', target: join(folder, 'x') }, /^database "gone" does not exist$/],
    [{ state: 'dump', target: join(folder, 'none/x') }, /^there is no folder/],
    [{ state: 'restore', target: join(folder, 'none') }, /does not exist on the host$/],
  ]
  for (const host of all)
    for (const [raw, sentence] of sentences)
      assert.match(await said(apply(host, { name: 'fixed', ...raw })), sentence)
})

test('under check an earlier task may bring a role, and not an encoding', async () => {
  for (const host of all) {
    const planned = await apply(host, { name: 'later', owner: 'later', tablespace: 'later' }, CHECK)
    assert.equal(rows(planned.plan), [['database later', null, 'present']])
    assert.match(await said(apply(host, { name: 'later', encoding: 'x' }, CHECK)), /not a valid encoding/)
  }
})

/** Each is looked at on the host of that name; the xz of busybox does not pack. */
const FORMATS = {
  dash: ['', '.tar', '.pgc', '.bz2', '.xz'],
  busybox: ['.sql', '.dir', '.gz'],
}

test('a database is dumped and restored in every format', async () => {
  server.ask('CREATE DATABASE a; CREATE DATABASE b')
  server.ask(`CREATE TABLE t (x text); INSERT INTO t VALUES ('it''s')`, 'a')
  for (const host of all) {
    for (const end of FORMATS[host.name]) {
      const target = join(folder, `dump 1${end}`)
      const raw = { name: 'a', state: 'dump', target }
      const planned = await apply(host, raw, CHECK)
      assert.not(existsSync(target))
      const dumped = await apply(host, raw)
      assert.equal([rows(dumped.plan), dumped.result.result?.rc], [rows(planned.plan), 0], end)
      assert.is(statSync(target).mode & 0o077, end === '.dir' ? 0 : 0o044)
      assert.is(await said(apply(host, { name: 'b', state: 'restore', target })), '', end)
      assert.is(server.ask('SELECT x FROM t; DROP TABLE t', 'b'), "it's\n", end)
      rmSync(target, { recursive: true })
    }
  }
})

test('a dump that fails leaves what is there', async () => {
  for (const host of all) {
    for (const end of ['', '.gz']) {
      const target = join(folder, `old${end}`)
      writeFileSync(target, 'old', { mode: 0o600 })
      const raw = { name: 'a', state: 'dump', target }
      const failing = await said(apply(host, { ...raw, dump_extra_args: '--table=no_such' }))
      assert.match(failing, /no matching tables were found/)
      assert.is(readFileSync(target, 'utf8'), 'old')
      assert.is(await said(apply(host, raw)), '')
      assert.is(statSync(target).mode & 0o777, 0o600)
    }
    mkdirSync(join(folder, `${host.name}.dir`))
    const made = { name: 'a', state: 'dump', target: join(folder, `${host.name}.dir`) }
    assert.match(await said(apply(host, made)), /pg_dump makes a new folder/)
  }
})

test('what is no dump fails, and a password is told nowhere', async () => {
  const bin = join(folder, 'bin')
  const seen = join(folder, 'seen')
  mkdirSync(bin)
  writeFileSync(join(bin, 'psql'), `#!/bin/sh\nprintf '%s\\n' "$@" >>'${seen}'\nexec /usr/bin/psql "$@"\n`, {
    mode: 0o755,
  })
  server.ask(`CREATE ROLE admin SUPERUSER LOGIN PASSWORD 'login-secret'`)
  for (const { session } of all) {
    const run = (raw: Raw) =>
      runModule(postgresql_db, readArguments(postgresql_db, of(raw)).args, session, {
        view: RUN,
        environment: { PATH: `${bin}:${process.env.PATH}` },
      })
    const login = { login_user: 'admin', login_password: 'login-secret' }
    assert.is(await said(run({ name: 'secret', ...login })), '')
    const by = { connect_params: { user: 'admin', password: 'login-secret', connect_timeout: 9 } }
    assert.is(await said(run({ name: 'secret', state: 'absent', ...by })), '')
    const wrong = await said(run({ name: 'x', login_user: 'admin', login_password: 'wr0ng' }))
    assert.match(wrong, /password authentication failed for user "admin"$/)
    assert.match(readFileSync(seen, 'utf8'), /connect_timeout/)
    assert.not.match(readFileSync(seen, 'utf8'), /secret|wr0ng/)
    rmSync(seen)
    const target = join(folder, 'none.gz')
    writeFileSync(target, 'no dump')
    assert.match(await said(run({ name: 'fixed', state: 'restore', target })), /gzip|format|magic/i)
  }
})

test('a host whose xz only unpacks says so before a dump', async () => {
  for (const { name, session } of all) {
    const raw = { login_unix_socket: server.socket, name: 'postgres', state: 'dump' }
    const failed = await said(applyModule(session, postgresql_db, { ...raw, target: join(folder, 'p.xz') }))
    assert.match(failed, name === 'busybox' ? /^xz is not there, or only unpacks/ : /^$/)
  }
})

test('a host without the client says so', async () => {
  for (const { session } of all) {
    const { args } = readArguments(postgresql_db, { name: 'x' })
    const environment = { PATH: '/nowhere' }
    const { plan } = await runModule(postgresql_db, args, session, { view: RUN, environment })
    assert.match(plan.failed ?? '', /^Failed to find required executable "psql"/)
    assert.match(plan.advice ?? '', /postgresql-client/)
    const checked = await runModule(postgresql_db, args, session, { view: CHECK, environment })
    assert.equal(rows(checked.plan), [['database x', null, 'present']])
  }
})

test.run()
