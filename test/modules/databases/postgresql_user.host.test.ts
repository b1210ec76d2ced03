import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { postgresql_user } from '../../../src/modules/databases/postgresql_user/index.ts'
import { applied, said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { type PostgreSql, startPostgreSql } from '../../support/postgresql.ts'

const test = suite('roles of PostgreSQL on hosts')

let all: Host[] = []
let server: PostgreSql
test.before(async () => {
  server = await startPostgreSql()
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  await server.stop()
})

const of = (raw: Raw) => ({ login_unix_socket: server.socket, db: 'postgres', ...raw })
const apply = ({ session }: Host, raw: Raw, view = RUN) =>
  applyModule(session, postgresql_user, of(raw), view)

const ODD = `-it's "odd"\\; DROP ROLE postgres; -- :x % ü`
const PASSWORD = `pä\u00a0"'\\ss $x\n:y`

test('a role is made, changed and removed, whatever it is called', async () => {
  for (const host of all) {
    const raw = {
      ...{ name: ODD, password: PASSWORD, role_attr_flags: 'CREATEDB', groups: ['pg_monitor'] },
      ...{ comment: ODD, expires: '2042-01-02 03:04:05+00', conn_limit: 7 },
    }
    assert.equal((await applied(host, postgresql_user, of(raw)))[0], [`role ${ODD}`, null, 'present'])
    assert.match(server.ask('SELECT rolpassword FROM pg_authid WHERE rolcreatedb'), /SCRAM-SHA-256/)
    const login = { name: 'none', state: 'absent', login_user: ODD, login_password: PASSWORD }
    assert.is(await said(apply(host, login)), '')
    const other = { ...raw, password: 'other', role_attr_flags: 'NOCREATEDB', expires: 'infinity' }
    assert.equal(
      (await applied(host, postgresql_user, of(other))).map((row) => (row as unknown[])[0]),
      [`password of ${ODD}`, `CREATEDB of ${ODD}`, `expiry of ${ODD}`],
    )
    assert.match(await said(apply(host, login)), /password authentication failed/)
    await applied(host, postgresql_user, of({ name: ODD, password: '' }))
    assert.equal(await applied(host, postgresql_user, of({ name: ODD, state: 'absent' })), [
      [`role ${ODD}`, 'present', null],
    ])
  }
})

test('a password is compared with the md5 of older servers', async () => {
  for (const host of all) {
    server.ask(`SET password_encryption = md5; CREATE ROLE old LOGIN PASSWORD 'x'`)
    const again = await apply(host, { name: 'old', password: 'x' })
    assert.equal(rows(again.plan), [])
    await applied(host, postgresql_user, of({ name: 'old', state: 'absent' }))
  }
})

test('who may not see passwords keeps roles all the same', async () => {
  server.ask(`CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'k'; GRANT CONNECT ON DATABASE postgres TO keeper`)
  for (const host of all) {
    const login = { login_user: 'keeper', login_password: 'k' }
    const raw = of({ ...login, name: 'kept', role_attr_flags: 'CREATEROLE' })
    assert.equal(await applied(host, postgresql_user, raw), [['role kept', null, 'present']])
    const secret = { ...login, name: 'kept', password: 'x' }
    assert.is((await apply(host, secret)).plan.changes.length, 1)
    assert.is((await apply(host, { ...secret, no_password_changes: true })).plan.changes.length, 0)
    const refused = { ...login, name: 'super', role_attr_flags: 'SUPERUSER' }
    assert.match(
      await said(apply(host, refused)),
      /^Unable to add user with given requirement due to : must be superuser/,
    )
    await applied(host, postgresql_user, of({ ...login, name: 'kept', state: 'absent' }))
  }
})

test('privileges are granted, and revoked from who is removed', async () => {
  server.ask('CREATE SCHEMA s; CREATE TABLE s."T.t" (a int); CREATE TABLE u (a int)')
  for (const host of all) {
    const raw = { name: 'granted', priv: 'CONNECT,TEMP/s."T.t":SELECT,INSERT/u:ALL' }
    assert.is((await applied(host, postgresql_user, of(raw))).length, 4)
    assert.match(server.ask(`SELECT has_table_privilege('granted', 's."T.t"', 'INSERT')`), /^t/)
    assert.match(
      await said(apply(host, { name: 'granted', state: 'absent' })),
      /^Unable to remove user: role "granted" owns something/,
    )
    const left = await apply(host, { name: 'granted', state: 'absent', fail_on_user: false })
    assert.equal([left.plan.changes, left.plan.result?.user_removed], [[], false])
    assert.is((await applied(host, postgresql_user, of({ ...raw, state: 'absent' }))).length, 4)
    const all = { name: 'PUBLIC', priv: 's."T.t":SELECT' }
    assert.is((await applied(host, postgresql_user, of(all))).length, 1)
    server.ask('REVOKE ALL ON s."T.t" FROM PUBLIC')
  }
})

test('what cannot be is said', async () => {
  const sentences: [Raw, RegExp][] = [
    [{ name: 'x', expires: 'someday' }, /^invalid input syntax for type timestamp with time zone: "someday"/],
    [{ name: 'x', groups: ['none'] }, /^Role none does not exist$/],
    [{ name: 'x', priv: 'none:SELECT' }, /^table "none" does not exist$/],
    [{ name: 'x', encrypted: false, password: 'secret' }, /UNENCRYPTED PASSWORD is no longer supported/],
    [{ name: 'x', db: 'none' }, /^unable to connect to database: .*database "none" does not exist/],
    [{ name: 'postgres', state: 'absent' }, /^Unable to remove user: /],
  ]
  for (const host of all) {
    for (const [raw, sentence] of sentences) {
      const text = await said(apply(host, raw))
      assert.match(text, sentence)
      assert.not.match(text, /secret/)
    }
    const later = await apply(host, { name: 'x', db: 'later', groups: ['later'] }, CHECK)
    assert.is(later.plan.changes.length, 2)
  }
})

test.run()
