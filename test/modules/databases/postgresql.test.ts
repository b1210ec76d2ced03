import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { postgresql_db } from '../../../src/modules/databases/postgresql_db/index.ts'
import { postgresql_ext } from '../../../src/modules/databases/postgresql_ext.ts'
import { postgresql_privs } from '../../../src/modules/databases/postgresql_privs/index.ts'
import { postgresql_user } from '../../../src/modules/databases/postgresql_user/index.ts'
import type { Module } from '../../../src/sdk/module.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('databases of PostgreSQL')

const printed = (...values: unknown[]) =>
  `${values.map((value) => `${JSON.stringify(value)}\n`).join('')}\0${0}\0`
const failing = (status: number, said: string) => `\0${status}\0${said}`

const SERVER = { version: 150000, owner: true, template: true, tablespace: true, encoding: 6 }
const THERE = {
  ...{ name: 'd', owner: 'o', encoding: 'UTF8', encoding_id: 6, lc_collate: 'C', lc_ctype: 'C' },
  ...{ conn_limit: '-1', tablespace: 'pg_default' },
}
const DATABASES: [raw: Raw, printed: string, changes: unknown[], commands: string[]][] = [
  [
    { name: 'd', owner: 'o', encoding: 'UTF-8', template: 't', lc_collate: 'C', lc_ctype: 'C.UTF-8' },
    printed(SERVER),
    [['database d', null, 'present']],
    [`CREATE DATABASE "d" OWNER "o" TEMPLATE "t" ENCODING 'UTF-8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'`],
  ],
  [{ name: 'd', owner: 'o', encoding: 'UTF-8', conn_limit: '-1' }, printed(SERVER, THERE), [], []],
  [
    { name: 'd', owner: 'p', tablespace: 'fast' },
    printed(SERVER, THERE),
    [
      ['owner of d', 'o', 'p'],
      ['tablespace of d', 'pg_default', 'fast'],
    ],
    ['ALTER DATABASE "d" OWNER TO "p"', 'ALTER DATABASE "d" SET TABLESPACE "fast"'],
  ],
  [{ name: 'd', state: 'absent' }, printed(SERVER), [], []],
  [
    { name: 'd', state: 'absent', force: true },
    printed({ ...SERVER, version: 120000 }, THERE),
    [['database d', 'present', null]],
    ['DROP DATABASE "d"'],
  ],
  [{ name: 'e', state: 'rename', target: 'd' }, printed(SERVER, THERE), [], []],
]

test('a database is what it is to be', () => {
  for (const [raw, output, changes, commands] of DATABASES) {
    const plan = planOf(postgresql_db, raw, output)
    assert.equal(rows(plan), changes, JSON.stringify(raw))
    assert.equal(plan.result, { db: raw.name, executed_commands: commands })
  }
})

const ROLE = {
  attributes: { SUPERUSER: false, CREATEDB: true, LOGIN: true },
  ...{ conn_limit: -1, expires: null, expires_so: true, comment: null, memberships: ['a'], is_needed: false },
}
const user = (role: unknown, ...others: unknown[]) => printed({ groups: ['a', 'b'] }, { role }, ...others)
const md5 = (password: string, role: string) =>
  `md5${createHash('md5').update(`${password}${role}`).digest('hex')}`

const USERS: [raw: Raw, printed: string, changes: unknown[], queries: string[]][] = [
  [
    {
      name: 'r',
      password: 'x',
      role_attr_flags: 'createdb, NOSUPERUSER',
      expires: 'infinity',
      conn_limit: 3,
    },
    user(null),
    [['role r', null, 'present']],
    [
      'CREATE USER "r" WITH ENCRYPTED PASSWORD %(password)s VALID UNTIL %(expires)s CONNECTION LIMIT 3 CREATEDB NOSUPERUSER',
    ],
  ],
  [{ name: 'r', role_attr_flags: 'CREATEDB,NOSUPERUSER', groups: ['a'] }, user(ROLE), [], []],
  [
    { name: 'r', role_attr_flags: 'NOCREATEDB', groups: ['a', 'b'], comment: "it's" },
    user(ROLE),
    [
      ['CREATEDB of r', true, false],
      ['membership of r in b', null, 'present'],
      ['comment of r', null, "it's"],
    ],
    ['ALTER USER "r" NOCREATEDB', 'GRANT "b" TO "r"', `COMMENT ON ROLE "r" IS 'it''s'`],
  ],
  [{ name: 'r', password: 'x' }, user(ROLE, { stored: md5('x', 'r') }), [], []],
  [
    { name: 'r', password: 'x' },
    user(ROLE, { stored: md5('y', 'r') }),
    [['password of r', '(hidden)', '(hidden)']],
    ['ALTER USER "r" WITH ENCRYPTED PASSWORD %(password)s'],
  ],
  [{ name: 'r', password: '' }, user(ROLE, { stored: null }), [], []],
  [
    { name: 'r', password: '' },
    user(ROLE, { stored: 'md5' }),
    [['password of r', '(hidden)', null]],
    ['ALTER USER "r" PASSWORD NULL'],
  ],
  [{ name: 'r', password: 'x', no_password_changes: true }, user(ROLE), [], []],
  // Where nobody may look, a password is set each time, as in Ansible.
  [
    { name: 'r', password: 'x' },
    user(ROLE),
    [['password of r', '(hidden)', '(hidden)']],
    ['ALTER USER "r" WITH ENCRYPTED PASSWORD %(password)s'],
  ],
  [{ name: 'r', state: 'absent' }, user(null), [], []],
  [
    { name: 'r', priv: 'TEMP/s.t:select', db: 'd' },
    user(ROLE, { held: ['TEMPORARY'] }, { held: ['SELECT'] }),
    [],
    [],
  ],
  [
    { name: 'PUBLIC', priv: 'CONNECT/s.t:ALL', db: 'd' },
    user(null, { held: [] }, { held: ['SELECT'] }),
    [
      ['privileges of PUBLIC on d', null, 'CONNECT'],
      [
        'privileges of PUBLIC on s.t',
        'SELECT',
        'DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE',
      ],
    ],
    [
      'GRANT CONNECT ON DATABASE "d" TO PUBLIC',
      'GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON TABLE "s"."t" TO PUBLIC',
    ],
  ],
]

test('a role is what it is to be', () => {
  for (const [raw, output, changes, queries] of USERS) {
    const plan = planOf(postgresql_user, raw, output)
    assert.equal(rows(plan), changes, JSON.stringify(raw))
    assert.equal(plan.result, { user: raw.name, queries })
  }
})

const T = { object: 't', all: ['SELECT', 'INSERT'] }
const KNOWN = { roles: ['r', 'q'], schema: true }
const PRIVS: [raw: Raw, printed: string, changes: unknown[], queries: string[]][] = [
  [
    { db: 'd', roles: 'r,q', objs: 't', privs: 'all', grant_option: true },
    printed(KNOWN, {
      ...T,
      grants: [
        ['q', 'SELECT', true],
        ['q', 'INSERT', true],
        [null, 'SELECT', false],
      ],
    }),
    [['privileges of r on t', null, 'INSERT WITH GRANT OPTION, SELECT WITH GRANT OPTION']],
    ['GRANT ALL ON TABLE "public"."t" TO "r", "q" WITH GRANT OPTION;'],
  ],
  [
    { db: 'd', roles: 'r', objs: 't', privs: 'SELECT', state: 'absent' },
    printed(KNOWN, { ...T, grants: [['r', 'INSERT', false]] }),
    [],
    [],
  ],
  [
    { db: 'd', roles: 'r', objs: 'TABLES', privs: 'SELECT', type: 'default_privs' },
    printed(
      KNOWN,
      { object: 'TABLES to come', all: [], grants: [] },
      { object: 'TYPES to come', all: [], grants: [['r', 'USAGE', false]] },
    ),
    [['privileges of r on TABLES to come', null, 'SELECT']],
    [
      [
        'ALTER DEFAULT PRIVILEGES IN SCHEMA "public" REVOKE ALL ON TABLES FROM "r";',
        'ALTER DEFAULT PRIVILEGES IN SCHEMA "public" REVOKE ALL ON TYPES FROM "r";',
        'ALTER DEFAULT PRIVILEGES IN SCHEMA "public" GRANT SELECT ON TABLES TO "r";',
        'ALTER DEFAULT PRIVILEGES IN SCHEMA "public" GRANT USAGE ON TYPES TO "r";',
      ].join('\n'),
    ],
  ],
]

test('privileges are what they are to be', () => {
  for (const [raw, output, changes, queries] of PRIVS) {
    const plan = planOf(postgresql_privs, raw, output)
    assert.equal(rows(plan), changes, JSON.stringify(raw))
    assert.equal(plan.result, { queries })
  }
})

const EXT = { name: 'e', db: 'd' }
const NEW = { version: null, latest: '1.2', available: ['1.1', '1.2'], reachable: [] }
const OLD = { ...NEW, version: '1.1', reachable: ['1.2'] }
const EXTENSIONS: [raw: Raw, printed: string, changes: unknown[], queries: string[]][] = [
  [EXT, printed(NEW), [['extension e', null, '1.2']], ['CREATE EXTENSION "e"']],
  [
    { ...EXT, schema: 's', version: '1.1', cascade: true },
    printed(NEW),
    [['extension e', null, '1.1']],
    [`CREATE EXTENSION "e" WITH SCHEMA "s" VERSION '1.1' CASCADE`],
  ],
  [EXT, printed(OLD), [], []],
  [{ ...EXT, version: 'latest' }, printed({ ...OLD, version: '1.2' }), [], []],
  [
    { ...EXT, version: 'latest' },
    printed(OLD),
    [['extension e', '1.1', '1.2']],
    ['ALTER EXTENSION "e" UPDATE'],
  ],
  [
    { ...EXT, version: '1.2' },
    printed(OLD),
    [['extension e', '1.1', '1.2']],
    [`ALTER EXTENSION "e" UPDATE TO '1.2'`],
  ],
  [{ ...EXT, state: 'absent' }, printed(NEW), [], []],
  [
    { ...EXT, state: 'absent', cascade: true },
    printed(OLD),
    [['extension e', '1.1', null]],
    ['DROP EXTENSION "e" CASCADE'],
  ],
]

test('an extension is what it is to be', () => {
  for (const [raw, output, changes, queries] of EXTENSIONS) {
    const plan = planOf(postgresql_ext, raw, output)
    assert.equal(rows(plan), changes, JSON.stringify(raw))
    assert.equal(plan.result, { db: 'd', ext: 'e', queries })
  }
})

test('a password is known by what the server stores of it, SCRAM-SHA-256 too', () => {
  const salt = Buffer.from('salt')
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const scram = (password: string) => {
    const salted = pbkdf2Sync(password, salt, 4096, 32, 'sha256')
    const key = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64')
    return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${key}:${hmac(salted, 'Server Key').toString('base64')}`
  }
  const known: [password: string, stored: string][] = [
    ['secret', scram('secret')],
    // What SASLprep makes of these, and what it leaves alone.
    ['a\u00a0b\u00ad', scram('a b')],
    ['\u2168', scram('IX')],
    ['\u0007\u2168', scram('\u0007\u2168')],
    ['\u0627x', scram('\u0627x')],
    [scram('other'), scram('other')],
  ]
  for (const [password, stored] of known) {
    assert.equal(rows(planOf(postgresql_user, { name: 'r', password }, user(ROLE, { stored }))), [], password)
    const other = user(ROLE, { stored: scram('no') })
    assert.is(rows(planOf(postgresql_user, { name: 'r', password }, other)).length, 1, password)
  }
})

test('a role that cannot be removed fails, or is left if that is no failure', () => {
  const needed = user({ ...ROLE, is_needed: true })
  const raw = { name: 'r', state: 'absent' }
  assert.match(planOf(postgresql_user, raw, needed).failed ?? '', /^Unable to remove user: role "r" owns/)
  const left = planOf(postgresql_user, { ...raw, fail_on_user: false }, needed)
  assert.equal([left.changes, left.result], [[], { user: 'r', queries: [], user_removed: false }])
  assert.equal(rows(planOf(postgresql_user, raw, needed, CHECK)), [['role r', 'present', null]])
})

const FAILURES: [Module, Raw, string, check: RegExp | undefined, run: RegExp][] = [
  [postgresql_db, { name: 'd' }, failing(2, 'psql: error: x\n\ty'), /^unable to .*: x\n\ty$/, /: x\n\ty$/],
  [
    postgresql_db,
    { name: 'd' },
    failing(3, 'WARNING:  w\nERROR:  bad\nLINE 1: secret\n   ^\nHINT:  h'),
    /^bad\nHINT: {2}h$/,
    /^bad\nHINT/,
  ],
  [postgresql_db, { name: 'd' }, '\0none\0', undefined, /executable "psql"/],
  [
    postgresql_user,
    { name: 'd', db: 'x' },
    failing(2, 'psql: error: FATAL:  database "x" does not exist'),
    undefined,
    /"x" does not exist$/,
  ],
  [postgresql_user, { name: 'd', groups: ['c'] }, user(null), undefined, /^Role c does not exist$/],
  [
    postgresql_user,
    { name: 'd', db: 'x', priv: 't:ALL' },
    user(null, { held: null }),
    undefined,
    /^table "t" does not exist$/,
  ],
  [postgresql_ext, EXT, printed({ ...NEW, available: [] }), undefined, /^Extension e is not available$/],
  [
    postgresql_ext,
    { ...EXT, version: '2' },
    printed(NEW),
    undefined,
    /^Passed version '2' is not available$/,
  ],
  [
    postgresql_ext,
    { ...EXT, version: '1.0' },
    printed(OLD),
    /no valid update path/,
    /^Passed version '1.0' has no/,
  ],
]

test('a server that cannot be asked fails a task, but for what an earlier task may bring under check', () => {
  for (const [module, raw, output, check, run] of FAILURES) {
    assert.match(planOf(module, raw, output, RUN).failed ?? '', run)
    const checked = planOf(module, raw, output, CHECK)
    if (check === undefined) assert.ok(checked.failed === undefined && checked.changes.length > 0)
    else assert.match(checked.failed ?? '', check)
  }
})

const P = { db: 'd', roles: 'r' }
const LONG = 'x'.repeat(64)
const PROBLEMS: [Module, Raw, RegExp][] = [
  [postgresql_db, {}, /missing required arguments: name/],
  [postgresql_db, { name: '' }, /not a name of a database/],
  [postgresql_db, { name: LONG }, /name: .* has more than 63 bytes/],
  [postgresql_db, { name: 'd', owner: LONG }, /owner: .* has more than 63 bytes/],
  [postgresql_db, { name: 'd', port: 70000 }, /port must be a valid/],
  [postgresql_db, { name: 'd', conn_limit: 'x' }, /conn_limit: "x" is not/],
  [postgresql_db, { name: 'd', connect_params: { 'a b': 1 } }, /connect_params: "a b" is not/],
  [postgresql_db, { name: 'd', connect_params: { sslpassword: 'x' } }, /would see "sslpassword"/],
  [postgresql_db, { name: 'd', connect_params: { a: [] } }, /connect_params: a is not a text/],
  [postgresql_db, { name: 'd', state: 'rename' }, /The "target" option must be defined when/],
  [postgresql_db, { name: 'd', state: 'rename', target: 'd' }, /option cannot be the same/],
  [postgresql_db, { name: 'postgres', state: 'rename', target: 'd' }, /The "maintenance_db" option/],
  [postgresql_db, { name: '"; --', trust_input: false }, /Passed input '"; --' is potentially dangerous/],
  [postgresql_user, { name: '' }, /not a name of a role/],
  [postgresql_user, { name: 'r', groups: [LONG] }, /groups 1: .* has more than 63 bytes/],
  [
    postgresql_user,
    { name: 'r', role_attr_flags: 'LOGIN,NOFLY' },
    /^Invalid role_attr_flags specified: NOFLY$/,
  ],
  [postgresql_user, { name: 'r', conn_limit: -2 }, /conn_limit: -2 is not/],
  [postgresql_user, { name: 'PUBLIC', password: 'x' }, /cannot change the password for PUBLIC user/],
  [postgresql_user, { name: 'PUBLIC', role_attr_flags: 'LOGIN' }, /cannot change the role_attr_flags/],
  [postgresql_user, { name: 'r', priv: 'CONNECT' }, /privileges require a database to be specified/],
  [postgresql_user, { name: 'r', db: 'd', priv: 't:FLY' }, /Invalid privs specified for table: FLY/],
  [postgresql_user, { name: 'r', expires: '; drop', trust_input: false }, /is potentially dangerous/],
  [postgresql_privs, { ...P, objs: 't', privs: 'FLY' }, /^Invalid privileges specified: FLY$/],
  [postgresql_privs, { ...P, privs: 'ALL' }, /^Argument "objs" is required for type "table".$/],
  [postgresql_privs, { ...P, objs: 't' }, /^Argument "privs" is required for type "table".$/],
  [
    postgresql_privs,
    { ...P, type: 'group', objs: 't', privs: 'ALL' },
    /"privs" is not allowed for type "group"/,
  ],
  [
    postgresql_privs,
    { ...P, type: 'language', objs: 't', privs: 'ALL', schema: 's' },
    /"schema" is not allowed/,
  ],
  [
    postgresql_privs,
    { ...P, type: 'schema', objs: 'ALL_IN_SCHEMA', privs: 'ALL' },
    /ALL_IN_SCHEMA can be used only/,
  ],
  [
    postgresql_privs,
    { ...P, objs: 'ALL_IN_SCHEMA', privs: 'ALL', schema: 'not-specified' },
    /needs a schema/,
  ],
  [
    postgresql_privs,
    { ...P, type: 'function', objs: 'f', privs: 'ALL' },
    /Illegal function .* signature: "f"/,
  ],
  [postgresql_privs, { ...P, type: 'function', objs: 'f(int); --', privs: 'ALL' }, /Illegal function/],
  [
    postgresql_privs,
    { ...P, type: 'default_privs', objs: 'VIEWS', privs: 'ALL' },
    /Invalid Object set specified: VIEWS/,
  ],
  [
    postgresql_privs,
    { ...P, type: 'default_privs', objs: 'TABLES', privs: 'EXECUTE' },
    /Invalid priv specified/,
  ],
  [postgresql_privs, { ...P, roles: 'a,,b', objs: 't', privs: 'ALL' }, /roles holds an empty name/],
  [postgresql_privs, { ...P, objs: 't', privs: 'ALL', password: 'a', login_password: 'b' }, /but not both/],
  [postgresql_ext, { ...EXT, name: '' }, /not a name of an extension/],
  [postgresql_ext, { ...EXT, schema: `'--`, trust_input: false }, /is potentially dangerous/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [module, raw, problem] of PROBLEMS) {
    const problems = problemsOf(module, raw)
    assert.is(problems.length, 1, `${JSON.stringify(raw)}: ${problems.join('; ')}`)
    assert.match(problems[0]!, problem)
  }
})

test.run()
