import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mysql_db } from '../../../src/modules/databases/mysql_db/index.ts'
import { mysql_user } from '../../../src/modules/databases/mysql_user/index.ts'
import type { Module } from '../../../src/sdk/module.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('databases of MySQL')

const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase()
const account = (host: string, stored = '', type = '') =>
  `account\t${[host, 'mysql_native_password', stored].map(hex).join('\t')}\t${hex(type)}\t\t\t\t0\t0\t0\t0\tNULL\t0.000000\n`
const grants = (host: string, ...lines: string[]) =>
  `grants\t${hex(host)}\n${lines.map((one) => `${one}\n`).join('')}`
const MARIADB = `ok\0version\t${hex('10.11.3-MariaDB')}\n`
const MYSQL = `ok\0version\t${hex('8.0.36')}\nprivileges\nSelect\tTables\tx\nInsert\tTables\tx\nUsage\tServer\tx\nXA_RECOVER_ADMIN\tServer\t\n`

const U = { name: 'u' }
const KNOWN = `${MARIADB}${account('localhost')}${grants('localhost', 'GRANT USAGE ON *.* TO `u`@`localhost`')}`
const WITH = (...lines: string[]) =>
  `${MARIADB}${account('localhost')}${grants('localhost', 'GRANT USAGE ON *.* TO `u`@`localhost`', ...lines)}`
const onD = 'privileges of u@localhost on `d`.*'

const PLANS: [raw: Raw, printed: string, changes: unknown[]][] = [
  [U, MARIADB, [['user u@localhost', null, 'present']]],
  [U, KNOWN, []],
  [{ ...U, state: 'absent' }, MARIADB, []],
  [{ ...U, state: 'absent' }, KNOWN, [['user u@localhost', 'present', null]]],
  [{ ...U, password: 'x' }, KNOWN, [['password of u@localhost', '(hidden)', '(hidden)']]],
  [{ ...U, password: 'x', update_password: 'on_create' }, KNOWN, []],
  [{ ...U, priv: 'd.*:SELECT' }, WITH('GRANT SELECT ON `d`.* TO `u`@`localhost`'), []],
  [{ ...U, priv: '`d`.*:select' }, WITH('GRANT SELECT ON `d`.* TO `u`@`localhost`'), []],
  [{ ...U, priv: 'd.*:ALL PRIVILEGES' }, WITH('GRANT ALL PRIVILEGES ON `d`.* TO `u`@`localhost`'), []],
  [{ ...U, priv: 'd.*:SELECT' }, KNOWN, [[onD, null, 'SELECT']]],
  [
    { ...U, priv: 'd.*:SELECT' },
    WITH('GRANT INSERT ON `d`.* TO `u`@`localhost` WITH GRANT OPTION'),
    [[onD, 'INSERT, GRANT', 'SELECT']],
  ],
  [
    { ...U, priv: { 'e.*': 'USAGE' } },
    WITH('GRANT `role` TO `u`@`localhost`', 'SET DEFAULT ROLE r FOR u@localhost'),
    [],
  ],
  [{ ...U, priv: 'd.t:SELECT(B,`a`)' }, WITH('GRANT SELECT (`a`, `b`) ON `d`.`t` TO `u`@`localhost`'), []],
  [
    { ...U, priv: '*.*:REPLICATION CLIENT' },
    `${MARIADB}${account('localhost')}${grants('localhost', 'GRANT BINLOG MONITOR ON *.* TO `u`@`localhost`')}`,
    [],
  ],
  [
    { ...U, priv: '*.*:ALL' },
    `${MYSQL}${account('localhost')}${grants('localhost', 'GRANT SELECT, INSERT ON *.* TO `u`@`localhost`', 'GRANT XA_RECOVER_ADMIN ON *.* TO `u`@`localhost`')}`,
    [],
  ],
  [U, `${MARIADB}${account('localhost', '', 'ANY')}`, [['TLS of u@localhost', 'SSL', null]]],
  [{ ...U, tls_requires: { x509: null } }, `${MARIADB}${account('localhost', '', 'X509')}`, []],
  [
    { ...U, resource_limits: { MAX_USER_CONNECTIONS: 3 } },
    KNOWN,
    [['limits of u@localhost', 'MAX_USER_CONNECTIONS 0', 'MAX_USER_CONNECTIONS 3']],
  ],
]

test('a user is what it is to be', () => {
  for (const [raw, printed, changes] of PLANS)
    assert.equal(rows(planOf(mysql_user, raw, printed)), changes, JSON.stringify(raw))
})

test('results are in the words of Ansible', () => {
  const of = (raw: Raw, printed: string) => planOf(mysql_user, raw, printed).result
  const result = { user: 'u', password_changed: false }
  assert.equal(of(U, KNOWN), { ...result, msg: 'User unchanged' })
  assert.equal(of(U, MARIADB), { ...result, password_changed: true, msg: 'User added' })
  assert.equal(of({ ...U, state: 'absent' }, KNOWN), { ...result, msg: 'User deleted' })
  assert.equal(of({ ...U, state: 'absent' }, MARIADB), { ...result, msg: "User doesn't exist" })
  assert.equal(of({ ...U, priv: 'd.*:SELECT' }, KNOWN), { ...result, msg: 'New privileges granted' })
})

test('a server that cannot be reached fails a task, and a client that may come does not under check', () => {
  const down = 'failed\0found\0ERROR 2002'
  assert.match(planOf(mysql_user, U, down).failed ?? '', /^unable to connect to database.*ERROR 2002$/)
  assert.match(planOf(mysql_db, U, down).failed ?? '', /^unable to connect to database.*ERROR 2002$/)
  assert.match(
    planOf(mysql_db, U, 'failed\0\0x').failed ?? '',
    /^unable to find ~\/.my.cnf\. Exception message: x/,
  )
  assert.match(planOf(mysql_db, U, 'none\0').failed ?? '', /executable "mysql"/)
  assert.equal(rows(planOf(mysql_db, U, 'none\0', CHECK)), [['database u', null, 'present']])
  assert.equal(rows(planOf(mysql_user, U, 'none\0', CHECK)), [['user u@localhost', null, 'present']])
})

test('a user of no host in particular cannot be made', () => {
  assert.match(
    planOf(mysql_user, { ...U, host_all: true }, MARIADB).failed ?? '',
    /host_all parameter cannot/,
  )
})

const PROBLEMS: [Module, Raw, RegExp][] = [
  [mysql_db, {}, /missing required arguments: name/],
  [mysql_db, { name: 'a\nb' }, /not a name of a database/],
  [mysql_db, { name: 'a', state: 'dump' }, /with state=dump target is required/],
  [mysql_db, { name: 'all' }, /name is not allowed to equal 'all'/],
  [mysql_db, { name: ['a', 'b'], state: 'import', target: '/x' }, /Multiple databases are not supported/],
  [mysql_db, { name: 'a', encoding: 'a b' }, /encoding: "a b" is not/],
  [mysql_db, { name: 'a', login_port: 70000 }, /login_port must be a valid/],
  [mysql_user, { ...U, append_privs: true, subtract_privs: true }, /mutually exclusive/],
  [mysql_user, { ...U, password: 'x', encrypted: true }, /does not appear to be a valid hash/],
  [mysql_user, { ...U, priv: 'nothing' }, /priv: "nothing" is not/],
  [mysql_user, { ...U, priv: 'd.*:SELECT; DROP' }, /priv: "SELECT; DROP" is not a privilege/],
  [mysql_user, { ...U, priv: ['d.*:SELECT'] }, /priv parameter must be str or dict/],
  [mysql_user, { ...U, tls_requires: { a: 1 } }, /tls_requires: "a" is none/],
  [mysql_user, { ...U, resource_limits: { A: 1 } }, /resource_limits: key 'A' is unsupported/],
  [mysql_user, { ...U, resource_limits: { MAX_STATEMENT_TIME: 'x' } }, /Can't convert value 'x' to integer/],
  [mysql_user, { ...U, session_vars: { 'a b': 1 } }, /session_vars: "a b"/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [module, raw, problem] of PROBLEMS) {
    const problems = problemsOf(module, raw)
    assert.is(problems.length, 1, JSON.stringify(raw))
    assert.match(problems[0]!, problem)
  }
})

test.run()
