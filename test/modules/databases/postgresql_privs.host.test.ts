import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { postgresql_privs } from '../../../src/modules/databases/postgresql_privs/index.ts'
import { applied, said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { type PostgreSql, startPostgreSql } from '../../support/postgresql.ts'

const test = suite('privileges of PostgreSQL on hosts')

let all: Host[] = []
let server: PostgreSql
test.before(async () => {
  server = await startPostgreSql()
  all = await hosts()
  server.ask(`
    CREATE ROLE r; CREATE ROLE "R, 2"; CREATE ROLE g; CREATE ROLE owner;
    CREATE SCHEMA "s 1"; CREATE TABLE "s 1"."it's" (a int); CREATE TABLE "s 1".u (a int);
    CREATE SEQUENCE "s 1".q; CREATE TYPE "s 1".t AS ENUM ('a');
    CREATE FUNCTION "s 1".f(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE PROCEDURE "s 1".p() LANGUAGE sql AS 'SELECT 1';
    CREATE TABLE plain (a int); CREATE FOREIGN DATA WRAPPER w; CREATE SERVER f FOREIGN DATA WRAPPER w`)
})
test.after(async () => {
  for (const host of all) await host.close()
  await server.stop()
})

const of = (raw: Raw) => ({ login_unix_socket: server.socket, db: 'postgres', ...raw })
const apply = ({ session }: Host, raw: Raw, view = RUN) =>
  applyModule(session, postgresql_privs, of(raw), view)

const S = { schema: 's 1', roles: 'r' }
/** What is granted, in its order, and what changes by it. */
const GRANTS: [Raw, changes: unknown[]][] = [
  [
    { roles: 'r', objs: 'plain', privs: 'SELECT, insert' },
    [['privileges of r on plain', null, 'INSERT, SELECT']],
  ],
  [
    { roles: 'r', objs: 'plain', privs: 'SELECT', grant_option: true },
    [['privileges of r on plain', 'INSERT, SELECT', 'INSERT, SELECT WITH GRANT OPTION']],
  ],
  [
    { roles: 'r', objs: 'plain', privs: 'SELECT', grant_option: false },
    [['privileges of r on plain', 'INSERT, SELECT WITH GRANT OPTION', 'INSERT, SELECT']],
  ],
  [
    { roles: 'r', objs: 'plain', privs: 'ALL', state: 'absent', schema: 'not-specified' },
    [['privileges of r on plain', 'INSERT, SELECT', null]],
  ],
  [
    { ...S, roles: 'r,g', objs: `it's,u`, privs: 'SELECT' },
    [
      [`privileges of r on it's`, null, 'SELECT'],
      [`privileges of g on it's`, null, 'SELECT'],
      ['privileges of r on u', null, 'SELECT'],
      ['privileges of g on u', null, 'SELECT'],
    ],
  ],
  [
    { ...S, objs: 'ALL_IN_SCHEMA', privs: 'SELECT,UPDATE' },
    [
      [`privileges of r on "s 1"."it's"`, 'SELECT', 'SELECT, UPDATE'],
      ['privileges of r on "s 1".u', 'SELECT', 'SELECT, UPDATE'],
    ],
  ],
  [
    { ...S, type: 'sequence', objs: 'ALL_IN_SCHEMA', privs: 'ALL' },
    [['privileges of r on "s 1".q', null, 'SELECT, UPDATE, USAGE']],
  ],
  [
    { ...S, type: 'function', objs: 'f(int:text)', privs: 'EXECUTE' },
    [['privileges of r on f(int,text)', null, 'EXECUTE']],
  ],
  [
    { ...S, type: 'function', objs: 'ALL_IN_SCHEMA', privs: 'EXECUTE', roles: 'PUBLIC', state: 'absent' },
    [['privileges of PUBLIC on "s 1".f(integer,text)', 'EXECUTE', null]],
  ],
  [{ ...S, type: 'procedure', objs: 'p()', privs: 'ALL' }, [['privileges of r on p()', null, 'EXECUTE']]],
  [{ ...S, type: 'type', objs: 't', privs: 'USAGE' }, [['privileges of r on t', null, 'USAGE']]],
  [
    { roles: 'r', type: 'schema', objs: 's 1', privs: 'USAGE,CREATE' },
    [['privileges of r on s 1', null, 'CREATE, USAGE']],
  ],
  [
    { roles: 'r', type: 'database', privs: 'TEMP,CONNECT' },
    [['privileges of r on postgres', null, 'CONNECT, TEMPORARY']],
  ],
  [
    { roles: 'public', type: 'database', privs: 'CONNECT', state: 'absent' },
    [['privileges of PUBLIC on postgres', 'CONNECT, TEMPORARY', 'TEMPORARY']],
  ],
  [
    { roles: 'r', type: 'language', objs: 'plpgsql', privs: 'USAGE' },
    [['privileges of r on plpgsql', null, 'USAGE']],
  ],
  [
    { roles: 'r', type: 'tablespace', objs: 'pg_default', privs: 'CREATE' },
    [['privileges of r on pg_default', null, 'CREATE']],
  ],
  [
    { roles: 'r', type: 'foreign_data_wrapper', objs: 'w', privs: 'ALL' },
    [['privileges of r on w', null, 'USAGE']],
  ],
  [
    { roles: 'r', type: 'foreign_server', objs: 'f', privs: 'ALL' },
    [['privileges of r on f', null, 'USAGE']],
  ],
  [{ roles: 'r', type: 'group', objs: 'g' }, [['membership of r in g', null, 'MEMBER']]],
  [
    { roles: 'r', type: 'group', objs: 'g', admin_option: true },
    [['membership of r in g', 'MEMBER', 'MEMBER WITH GRANT OPTION']],
  ],
  [
    { roles: 'r', type: 'group', objs: 'g', state: 'absent' },
    [['membership of r in g', 'MEMBER WITH GRANT OPTION', null]],
  ],
  [
    { ...S, type: 'default_privs', objs: 'TABLES,SEQUENCES', privs: 'SELECT', target_roles: 'owner' },
    [
      ['privileges of r on TABLES to come of owner', null, 'SELECT'],
      ['privileges of r on SEQUENCES to come of owner', null, 'SELECT'],
      ['privileges of r on TYPES to come of owner', null, 'USAGE'],
    ],
  ],
  [
    {
      ...S,
      type: 'default_privs',
      objs: 'TABLES',
      privs: 'ALL',
      target_roles: 'owner',
      usage_on_types: false,
    },
    [
      [
        'privileges of r on TABLES to come of owner',
        'SELECT',
        'DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE',
      ],
    ],
  ],
  [
    { ...S, type: 'default_privs', objs: 'TABLES', privs: 'ALL', target_roles: 'owner', state: 'absent' },
    [
      [
        'privileges of r on TABLES to come of owner',
        'DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE',
        null,
      ],
      ['privileges of r on SEQUENCES to come of owner', 'SELECT', null],
      ['privileges of r on TYPES to come of owner', 'USAGE', null],
    ],
  ],
  [
    {
      roles: 'r',
      schema: 'not-specified',
      type: 'default_privs',
      objs: 'FUNCTIONS',
      privs: 'EXECUTE',
      usage_on_types: false,
    },
    [['privileges of r on FUNCTIONS to come', null, 'EXECUTE']],
  ],
]

test('privileges of every kind are granted and revoked, and what a server grants by itself is known', async () => {
  for (const host of all.slice(0, 1))
    for (const [raw, changes] of GRANTS)
      assert.equal(await applied(host, postgresql_privs, of(raw)), changes, JSON.stringify(raw))
})

test('names are nothing but names', async () => {
  server.ask(`CREATE ROLE "it's ""odd"""; CREATE TABLE "x""; DROP TABLE plain; --" (a int)`)
  for (const host of all) {
    const raw = of({ roles: `it's "odd"`, objs: `x"; DROP TABLE plain; --`, privs: 'SELECT' })
    assert.is((await applied(host, postgresql_privs, raw)).length, 1)
    assert.is((await applied(host, postgresql_privs, { ...raw, state: 'absent' })).length, 1)
  }
})

test('who is missing fails, or is passed over; an earlier task may bring what is missing under check', async () => {
  const missing: [Raw, RegExp][] = [
    [{ roles: 'none', objs: 'plain', privs: 'SELECT' }, /^Role 'none' does not exist$/],
    [{ roles: 'r', objs: 'none', privs: 'SELECT' }, /^relation "public.none" does not exist$/],
    [{ roles: 'r', objs: 'none', type: 'group' }, /^role "none" does not exist$/],
    [{ ...S, schema: 'none', objs: 'ALL_IN_SCHEMA', privs: 'SELECT' }, /^Schema "none" does not exist.$/],
    [{ roles: 'r', db: 'none', objs: 'x', privs: 'SELECT' }, /database "none" does not exist$/],
  ]
  for (const host of all) {
    for (const [raw, sentence] of missing) {
      assert.match(await said(apply(host, raw)), sentence)
      assert.is((await apply(host, raw, CHECK)).plan.failed, undefined)
    }
    const some = { roles: 'none,r', objs: 'plain', privs: 'TRIGGER', fail_on_role: false }
    const { plan } = await apply(host, some)
    assert.equal(rows(plan), [['privileges of r on plain', null, 'TRIGGER']])
    assert.equal(plan.warnings, ["Role 'none' does not exist, pass it"])
    await apply(host, { ...some, state: 'absent' })
    assert.match(
      await said(apply(host, { roles: 'r', objs: 'plain', privs: 'EXECUTE' })),
      /^invalid privilege type EXECUTE for relation$/,
    )
  }
})

test.run()
