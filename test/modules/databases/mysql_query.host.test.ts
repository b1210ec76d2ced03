import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runModule } from '../../../src/engine/task/run-module.ts'
import { mysql_query } from '../../../src/modules/databases/mysql_query/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { type MariaDb, startMariaDb } from '../../support/mariadb.ts'
import { CHECK, type Raw, RUN } from '../../support/plan.ts'

const test = suite('queries of MariaDB on hosts')

let all: Host[] = []
let server: MariaDb
test.before(async () => {
  server = await startMariaDb()
  server.ask('CREATE DATABASE d')
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  await server.stop()
})

const login = () => ({ login_unix_socket: server.socket, config_file: '', login_db: 'd' })

async function asked({ session }: Host, raw: Raw, view = RUN) {
  const { plan, result } = await applyModule(session, mysql_query, { ...login(), ...raw }, view)
  const { query_result, rowcount } = { ...plan.result, ...result.result }
  return { plan, changed: result.changed ?? plan.changes.length > 0, told: [query_result, rowcount] }
}

/** What queries give: rows, their numbers, and whether something has changed. */
const QUERIES: [Raw, rows: unknown, rowcount: number[], changed: boolean][] = [
  [{ query: "SELECT 1 AS a, NULL AS b, 'NULL' AS c" }, [[{ a: 1, b: null, c: 'NULL' }]], [1], false],
  [
    { query: `SELECT '<&"''\\n\\tü' AS "x <y>", '' AS e -- end` },
    [[{ 'x <y>': `<&"'\n\tü`, e: '' }]],
    [1],
    false,
  ],
  [
    {
      query: `SELECT 1.5 AS n, 2e0 AS f, 18446744073709551615 AS big, JSON_OBJECT('a', 1) AS j,
        TIMESTAMP'2020-01-02 03:04:05.5' AS t, TIMESTAMP'2020-01-02 03:04:05' AS u, DATE'2020-01-02' AS v`,
    },
    [
      [
        {
          ...{ n: 1.5, f: 2, big: '18446744073709551615', j: '{"a": 1}' },
          ...{ t: '2020-01-02T03:04:05.500000', u: '2020-01-02T03:04:05', v: '2020-01-02' },
        },
      ],
    ],
    [1],
    false,
  ],
  [{ query: 'SELECT 1 AS a FROM DUAL WHERE FALSE;' }, [[]], [0], false],
  [{ query: "SHOW VARIABLES LIKE 'port'" }, [[{ Variable_name: 'port', Value: '0' }]], [1], false],
  [{ query: 'CREATE TABLE IF NOT EXISTS t (a INT, b TEXT)' }, [[]], [0], true],
  [{ query: 'CREATE TABLE IF NOT EXISTS t (a INT, b TEXT)' }, [[]], [0], false],
  [{ query: "INSERT INTO t VALUES (1, 'x;''//'), (2, NULL)" }, [[]], [2], true],
  [{ query: 'UPDATE t SET a = a' }, [[]], [0], false],
  [
    { query: ['SELECT a FROM t', 'DELETE FROM t WHERE a = 2', 'SELECT a, b FROM t'] },
    [[{ a: 1 }, { a: 2 }], [], [{ a: 1, b: "x;'//" }]],
    [2, 1, 1],
    true,
  ],
  [
    {
      query: 'SELECT %s AS s, %s AS n, %s AS t, 3 IN %s AS l, 100 %% 7 AS m',
      positional_args: [`it's \\' "%s"\nü`, -1, true, [3, 'x']],
    },
    [[{ s: `it's \\' "%s"\nü`, n: -1, t: 1, l: 1, m: 2 }]],
    [1],
    false,
  ],
  [{ query: 'SELECT %(a)s AS a', named_args: { a: '%(a)s' } }, [[{ a: '%(a)s' }]], [1], false],
  [
    { query: "CREATE PROCEDURE p() BEGIN SELECT 'p'; SELECT 'q'; END", single_transaction: true },
    [[]],
    [0],
    true,
  ],
  [{ query: 'CALL p()' }, [[{ p: 'p' }]], [1], false],
  [{ query: 'DROP PROCEDURE p' }, [[]], [0], true],
  [{ query: 'DROP TABLE t' }, [[]], [0], true],
]

test('queries give what they give, with the types of the server', async () => {
  for (const host of all)
    for (const [raw, ...rest] of QUERIES) {
      const { told, changed } = await asked(host, raw)
      assert.equal(JSON.parse(JSON.stringify([...told, changed])), rest, JSON.stringify(raw))
    }
})

test('check mode carries out what only reads, and nothing else', async () => {
  server.ask(
    'CREATE TABLE d.c (a INT);\nDELIMITER //\nCREATE FUNCTION d.acts() RETURNS INT BEGIN INSERT INTO d.c VALUES (1); RETURN 1; END//',
  )
  for (const host of all) {
    const looked = await asked(host, { query: ['SELECT COUNT(*) AS n FROM c', 'SHOW TABLES'] }, CHECK)
    assert.equal(looked.told, [
      [[{ n: 0 }], [{ Tables_in_d: 'c' }]],
      [1, 1],
    ])
    assert.not(looked.changed)
    for (const query of ['INSERT INTO c VALUES (1)', 'SELECT acts()', 'SELECT 1; DELETE FROM c'])
      assert.ok((await asked(host, { query }, CHECK)).changed, query)
    const later = await asked(host, { query: 'SELECT a FROM later' }, { ...CHECK, rehearsal: true })
    assert.match(later.plan.skipped ?? '', /Table 'd.later' doesn't exist/)
    assert.match(
      await said(applyModule(host.session, mysql_query, { ...login(), query: 'SHOW x' }, CHECK)),
      /1064/,
    )
    assert.is(server.ask('SELECT COUNT(*) FROM d.c'), '0\n')
  }
})

test('a query that fails says which, and leaves what a transaction holds', async () => {
  server.ask('CREATE TABLE d.kept (a INT)')
  for (const { session } of all) {
    const failed = (raw: Raw) => said(applyModule(session, mysql_query, { ...login(), ...raw }))
    const query = ['INSERT INTO kept VALUES (1)', 'SELECT nothing']
    assert.is(
      await failed({ query, single_transaction: true }),
      `Cannot execute SQL 'SELECT nothing' args [None]: (1054, "Unknown column 'nothing' in 'SELECT'")`,
    )
    assert.is(server.ask('SELECT COUNT(*) FROM d.kept'), '0\n')
    await failed({ query })
    assert.is(server.ask('SELECT COUNT(*) FROM d.kept'), '1\n')
    server.ask('DELETE FROM d.kept')
    assert.match(await failed({ query: 'SELECT 1\n\\! echo out' }), /^Cannot execute SQL .*\\!/s)
    assert.match(await failed({ query: 'source /etc/passwd' }), /1064/)
    assert.match(
      await failed({ query: 'SELECT 1', login_db: 'none' }),
      /^unable to connect to database, check login_user .*Unknown database 'none'/,
    )
    assert.match(
      await failed({ query: 'SELECT 1', login_unix_socket: '/nowhere' }),
      /^unable to connect.*2002/,
    )
  }
})

test('a host without the client says so', async () => {
  for (const { session } of all) {
    const { args } = readArguments(mysql_query, { query: 'SELECT 1' })
    const run = (view = RUN) =>
      runModule(mysql_query, args, session, { view, environment: { PATH: '/nowhere' } })
    assert.match(await said(run()), /^Failed to find required executable "mysql"/)
    assert.match((await run(CHECK)).plan.skipped ?? '', /^skipped, since it cannot be asked yet/)
  }
})

test.run()
