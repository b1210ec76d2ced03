import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mysql_query } from '../../../src/modules/databases/mysql_query/index.ts'
import {
  isReading,
  queriesOf,
  tableOf,
  verbOf,
} from '../../../src/modules/databases/mysql_query/statements.ts'
import type { Value } from '../../../src/values/value.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('queries of MySQL')

const KINDS: [sql: string, verb: string, reading: boolean, table: boolean][] = [
  ['select 1;', 'SELECT', true, true],
  ['-- x\n# y\n/* z */ (SELECT 1)', 'SELECT', true, true],
  ['SHOW TABLES', 'SHOW', true, false],
  ['SELECT 1; DROP TABLE t', 'SELECT', false, false],
  ["SELECT 1 INTO OUTFILE '/x'", 'SELECT', false, false],
  ['SELECT 1 /*! INTO @a */', 'SELECT', false, false],
  ['/*!50000 DROP TABLE t */', '', false, false],
  ['INSERT INTO t VALUES (1)', 'INSERT', false, false],
]

test('what a statement does is known as far as it is needed', () => {
  for (const [sql, verb, reading, table] of KINDS)
    assert.equal([verbOf(sql), isReading(sql), tableOf(sql) !== undefined], [verb, reading, table], sql)
  assert.is(tableOf('SELECT 1 -- x;\n; '), 'SELECT * FROM (SELECT 1 -- x\n) playssh LIMIT 0')
})

const ARGUMENTS: [Value, sql: string][] = [
  ["it's", "'it''s'"],
  ["\\'", "_utf8mb4 X'5c27'"],
  ['a\nb', "_utf8mb4 X'610a62'"],
  [null, 'NULL'],
  [true, 'true'],
  [-1, ' -1'],
  [[1, 'a'], "(1,'a')"],
]

test('arguments are texts of SQL, whatever they hold', () => {
  for (const [value, sql] of ARGUMENTS)
    assert.equal(queriesOf({ query: '%s', positional_args: [value] }), [sql])
})

const PRINTED = '0'.repeat(32)
const row = (fields: string) => `<resultset statement="x">\n<row>\n${fields}</row>\n</resultset>\n`
const end = (count: number, at: number) =>
  row(`<field name="${PRINTED}">${count}</field><field name="w">0</field><field name="t">${at}</field>`)
const LOOKED = `${PRINTED}\n${end(0, 1)}${row('<field name="a">1</field><field name="b" xsi:nil="true" />')}${end(-1, 1.25)}${PRINTED}\nField   1:  \`a\`\nType:       LONG\nField   2:  \`b\`\nType:       STRING\nField   1:  \`${PRINTED}\`\nType:       LONG\n`

const PLANS: [raw: Raw, printed: string, changes: unknown[], result: unknown][] = [
  [
    { query: 'SELECT 1' },
    `${LOOKED}\x000\x00`,
    [],
    {
      executed_queries: ['SELECT 1'],
      query_result: [[{ a: 1, b: null }]],
      rowcount: [1],
      execution_time_ms: [250],
    },
  ],
  [
    { query: 'SELECT f()' },
    '\x001\x00ERROR 1792 (25006) at line 5: no',
    [['query', null, 'SELECT f()']],
    undefined,
  ],
  [{ query: 'DROP  TABLE\nt' }, '', [['query', null, 'DROP TABLE t']], undefined],
]

test('check mode tells what a look has found, or that a query is carried out', () => {
  for (const [raw, printed, changes, result] of PLANS) {
    const plan = planOf(mysql_query, raw, printed, CHECK)
    assert.equal(rows(plan), changes)
    assert.equal(JSON.parse(JSON.stringify(plan.result ?? null)) ?? undefined, result)
  }
})

const PROBLEMS: [Raw, RegExp][] = [
  [{}, /missing required arguments: query/],
  [{ query: 1 }, /the query option value must be a string or list/],
  [{ query: [1] }, /the elements in query list must be strings/],
  [{ query: ['SELECT 1', ' '] }, /query: a query is empty/],
  [{ query: 'SELECT 1', login_db: '' }, /login_db: "" is not a name of a database/],
  [{ query: '%s', positional_args: [1, 2] }, /positional_args has more values/],
  [{ query: '%s', positional_args: [{ a: 1 }] }, /dict can not be used as parameter/],
  [{ query: '%s', positional_args: [1], named_args: { a: 1 } }, /mutually exclusive/],
  [{ query: 'SELECT 1', login_port: -1 }, /login_port must be/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(mysql_query, raw)
    assert.is(problems.length, 1, JSON.stringify(raw))
    assert.match(problems[0]!, problem)
  }
})

test.run()
