import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { postgresql_query } from '../../../src/modules/databases/postgresql_query/index.ts'
import { said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN } from '../../support/plan.ts'
import { type PostgreSql, startPostgreSql } from '../../support/postgresql.ts'

const test = suite('queries of PostgreSQL on hosts')

let all: Host[] = []
let server: PostgreSql
let folder = ''
test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'query '))
  server = await startPostgreSql()
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  await server.stop()
  rmSync(folder, { recursive: true })
})

async function asked({ session }: Host, raw: Raw, view = RUN) {
  const whole = { login_unix_socket: server.socket, db: 'postgres', ...raw }
  const { plan, result } = await applyModule(session, postgresql_query, whole, view)
  const changed = result.changed ?? plan.changes.length > 0
  const { query_result, rowcount, statusmessage } = { ...plan.result, ...result.result }
  return { plan, changed, told: [query_result, rowcount, statusmessage], result: result.result ?? {} }
}

/** What queries give: rows, their number, what the server says, and whether something has changed. */
const QUERIES: [Raw, result: unknown, rowcount: number, status: string, changed: boolean][] = [
  [{ query: 'SELECT 1 AS a, NULL AS b' }, [{ a: 1, b: null }], 1, 'SELECT 1', false],
  [
    { query: `SELECT E'a\\tb\\n\\x1f' AS "x y", '' AS e;` },
    [{ 'x y': 'a\tb\n\u001f', e: '' }],
    1,
    'SELECT 1',
    false,
  ],
  [
    {
      query: `SELECT true AS b, 1.5::numeric AS n, 2::float8 AS f, 9007199254740993 AS big, '{"a": [1]}'::jsonb AS j,
        ARRAY['x,"y', NULL] AS t, '{{1,2},{3,4}}'::int[] AS i, '2020-01-02 03:04:05.5+00'::timestamptz AT TIME ZONE 'UTC' AS z`,
    },
    [
      {
        ...{ b: true, n: 1.5, f: 2, big: '9007199254740993', j: { a: [1] }, t: ['x,"y', null] },
        ...{
          i: [
            [1, 2],
            [3, 4],
          ],
          z: '2020-01-02T03:04:05.500000',
        },
      },
    ],
    1,
    'SELECT 1',
    false,
  ],
  [{ query: 'SELECT 1 AS a WHERE false' }, [], 0, 'SELECT 0', false],
  [{ query: 'SHOW port' }, [{ port: '5432' }], 1, 'SHOW', false],
  [{ query: 'CREATE TABLE t (a int, b text)' }, {}, 0, 'CREATE TABLE', true],
  [{ query: `INSERT INTO t VALUES (1, 'x;''--'), (2, NULL)` }, {}, 2, 'INSERT 0 2', true],
  [{ query: 'UPDATE t SET a = a WHERE a > 7' }, {}, 0, 'UPDATE 0', false],
  [{ query: 'UPDATE t SET a = 3 WHERE a = 2 RETURNING a, b' }, [{ a: 3, b: null }], 1, 'UPDATE 1', true],
  [
    { query: 'WITH x AS (SELECT a FROM t) SELECT a FROM x ORDER BY a' },
    [{ a: 1 }, { a: 3 }],
    2,
    'SELECT 2',
    false,
  ],
  [{ query: 'SELECT a FROM t; SELECT count(*) FROM t' }, [{ count: '2' }], 1, 'SELECT 1', false],
  [{ query: ['SELECT a FROM t', 'DELETE FROM t'] }, {}, 4, 'DELETE 2', true],
  [
    {
      query: 'SELECT %s AS s, %s AS n, %s AS l, 100 %% 7 AS m',
      positional_args: [`it's \\ "%s"`, -1, ['a"b', null]],
    },
    [{ s: `it's \\ "%s"`, n: -1, l: '{"a\\"b",NULL}', m: 2 }],
    1,
    'SELECT 1',
    false,
  ],
  [{ query: 'SELECT %(a)s::text AS a', named_args: { a: '%(a)s' } }, [{ a: '%(a)s' }], 1, 'SELECT 1', false],
  [{ query: `SELECT ':x \\! id' AS "\\q"` }, [{ '\\q': ':x \\! id' }], 1, 'SELECT 1', false],
  [{ query: 'VACUUM t', autocommit: true }, {}, 0, 'VACUUM', true],
  [{ query: 'DROP TABLE t', search_path: ['public', 'a b'] }, {}, 0, 'DROP TABLE', true],
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
    `CREATE TABLE c (a int); CREATE FUNCTION acts() RETURNS int LANGUAGE sql AS 'INSERT INTO c VALUES (1) RETURNING a'`,
  )
  for (const host of all) {
    const looked = await asked(host, { query: 'SELECT count(*) FROM c' }, CHECK)
    assert.equal([looked.told, looked.changed], [[[{ count: 0 }], 1, 'SELECT 1'], false])
    assert.match(
      (await asked(host, { query: 'SELECT acts()' }, CHECK)).plan.skipped ?? '',
      /may do more than read/,
    )
    assert.ok((await asked(host, { query: 'INSERT INTO c VALUES (1)' }, CHECK)).changed)
    const hidden = 'WITH x AS (INSERT INTO c VALUES (1) RETURNING a) SELECT a FROM x'
    assert.ok((await asked(host, { query: hidden }, CHECK)).changed)
    const later = await asked(host, { query: 'SELECT a FROM later' }, { ...CHECK, rehearsal: true })
    assert.match(later.plan.skipped ?? '', /relation "later" does not exist/)
    assert.is(server.ask('SELECT count(*) FROM c'), '0\n')
  }
})

test('a query that fails leaves what was, and no query is read by psql itself', async () => {
  server.ask('CREATE TABLE kept (a int)')
  const file = join(folder, 'file.sql')
  writeFileSync(file, 'INSERT INTO kept VALUES (1); INSERT INTO kept VALUES (2);')
  for (const host of all) {
    const two = { query: ['INSERT INTO kept VALUES (1)', 'SELECT nothing'] }
    assert.match(await failed(host, two), /^Cannot execute SQL 'INSERT .*': column "nothing" does not exist/)
    assert.match(await failed(host, { query: '\\! echo out >&2' }), /syntax error at or near "\\"/)
    assert.match(await failed(host, { query: "SELECT 1 \\g '/tmp/x'" }), /syntax error at or near "\\"/)
    assert.is(server.ask('SELECT count(*) FROM kept'), '0\n')
    const script = await asked(host, { path_to_script: file })
    assert.equal([script.told, script.changed], [[{}, 1, 'INSERT 0 1'], true])
    const each = await asked(host, { path_to_script: file, as_single_query: false })
    assert.equal(each.result.query_all_results, [{}, {}])
    assert.is(server.ask('DELETE FROM kept RETURNING a'), '1\n2\n1\n2\n')
    assert.match(await failed(host, { path_to_script: join(folder, 'none') }), /^Cannot read file/)
    assert.match(await failed(host, { query: 'SELECT 1', db: 'none' }), /^unable to connect to database: /)
  }
})

function failed({ session }: Host, raw: Raw): Promise<string> {
  const whole = { login_unix_socket: server.socket, db: 'postgres', ...raw }
  return said(applyModule(session, postgresql_query, whole))
}

test.run()
