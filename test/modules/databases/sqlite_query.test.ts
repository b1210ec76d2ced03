import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sqlite_query } from '../../../src/modules/databases/sqlite_query/index.ts'
import { resultsIn } from '../../../src/modules/databases/sqlite_query/results.ts'
import {
  isContained,
  isReading,
  queriesOf,
  statementsOf,
} from '../../../src/modules/databases/sqlite_query/statements.ts'
import type { Value } from '../../../src/values/value.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('queries of SQLite')

const STATEMENTS: [sql: string, texts: string[]][] = [
  ['SELECT 1', ['SELECT 1']],
  [" ;; -- a; 'b\n select 1 /* ; */ ; ; values (2) -- c", ['select 1', 'values (2)']],
  [
    `SELECT ';''--', ";""", [;"], \`;\n\`\`\` FROM\nt; SELECT 2`,
    [`SELECT ';''--', ";""", [;"], \`;\n\`\`\` FROM t`, 'SELECT 2'],
  ],
  ["SELECT 'a\r\n.shell id'", ["SELECT (CAST(X'610d0a2e7368656c6c206964' AS TEXT))"]],
  [
    'create temp trigger g after insert on t begin select 1; select case when 1 then 2 end; end; select 2',
    [
      'create temp trigger g after insert on t begin select 1; select case when 1 then 2 end; end',
      'select 2',
    ],
  ],
  ['SELECT 1 /* no end', ['SELECT 1']],
]

test('a text is cut into statements, none of which the client reads as its own', () => {
  for (const [sql, texts] of STATEMENTS)
    assert.equal(
      statementsOf(sql).map(({ text }) => text),
      texts,
      sql,
    )
  for (const sql of [
    '.shell id',
    'SELECT 1;\n.shell id',
    '#',
    '/',
    "'a'",
    "SELECT 'a",
    'SELECT "a',
    'SELECT [a',
  ])
    assert.throws(() => statementsOf(sql), /^(?:near ".*": syntax error|unrecognized token: ".*")$/, sql)
})

const KINDS: [sql: string, reading: boolean, contained: boolean][] = [
  ['select 1', true, true],
  ['WITH x AS (SELECT replace(a, 1, 2) FROM t) SELECT * FROM x', true, true],
  ['WITH x AS (SELECT 1) DELETE FROM t', false, true],
  ['EXPLAIN DELETE FROM t', true, true],
  ["SELECT writefile('/x', 'y')", false, false],
  ["SELECT 'writefile(' AS edit", true, true],
  ['SELECT [load_extension] (1)', false, false],
  ['PRAGMA user_version', true, true],
  ['PRAGMA main.user_version = 1', false, true],
  ['PRAGMA table_info(t)', true, true],
  ['PRAGMA cache_size(1)', false, true],
  ['PRAGMA optimize', false, true],
  ['PRAGMA "main" . journal_mode = wal', false, false],
  ['ATTACH 1 AS a', false, false],
  ['VACUUM', false, true],
  ["VACUUM main INTO '/x'", false, false],
  ["CREATE VIRTUAL TABLE z USING zipfile('/x')", false, false],
]

test('what a statement does is known as far as it is needed', () => {
  for (const [sql, ...kind] of KINDS) {
    const [statement] = statementsOf(sql)
    assert.equal([isReading(statement!), isContained(statement!)], kind, sql)
  }
})

const ARGUMENTS: [Value, sql: string][] = [
  ["it's -- \\", "'it''s -- \\'"],
  [null, 'NULL'],
  [true, '1'],
  [-1.5, ' -1.5'],
  [Number.NEGATIVE_INFINITY, ' -9e999'],
  [[1, 'a'], "(1,'a')"],
]

test('arguments are texts of SQL, whatever they hold', () => {
  for (const [value, sql] of ARGUMENTS)
    assert.equal(queriesOf({ query: '%s', positional_args: [value] }), [sql])
})

const MARK = '0123456789abcdef'.repeat(2)
const told = (...counts: number[]) => `'${MARK}','changes()','x'\n${counts.join(',')}\n`
const opened = `${MARK}\n${told(0, 0, 1)}`
const ended = (printed: string, code = 0, said = '') => `${printed}\0${code}\0${said}`

const DB = { db: '/a' }
const PLANS: [raw: Raw, printed: string, changes: unknown[], result: unknown][] = [
  [
    { query: 'SELECT a, b FROM t' },
    ended(`${opened}'a','b'\n1,'x\n\\y'''\n-2.5,X'ff'\n${told(0, 0, 1)}`),
    [],
    {
      executed_queries: ['SELECT a, b FROM t'],
      query_result: [
        [
          { a: 1, b: "x\n\\y'" },
          { a: -2.5, b: '/w==' },
        ],
      ],
      rowcount: [2],
    },
  ],
  [
    { query: ['INSERT INTO t VALUES (1)', 'CREATE TABLE u (a)', 'SELECT 1 WHERE 0'] },
    ended(`${opened}${told(3, 1, 1)}${told(3, 1, 2)}${told(3, 1, 2)}`),
    [['query', null, 'INSERT INTO t VALUES (1)']],
    {
      executed_queries: ['INSERT INTO t VALUES (1)', 'CREATE TABLE u (a)', 'SELECT 1 WHERE 0'],
      query_result: [[], [], []],
      rowcount: [1, 0, 0],
    },
  ],
  [{ query: 'ATTACH 1 AS a' }, '', [['query', null, 'ATTACH 1 AS a']], undefined],
  [{ query: 'DELETE FROM t' }, ended(`${MARK}\n`, 81), [['query', null, 'DELETE FROM t']], undefined],
  [
    { query: 'SELECT a()' },
    ended(opened, 1, 'Runtime error near line 5: attempt to write a readonly database (8)\n'),
    [['query', null, 'SELECT a()']],
    undefined,
  ],
]

test('what a look finds is planned', () => {
  for (const [raw, printed, changes, result] of PLANS) {
    const plan = planOf(sqlite_query, { ...DB, ...raw }, printed, CHECK)
    assert.equal([rows(plan), plan.result], [changes, result], JSON.stringify(raw))
  }
})

const FAILURES: [said: string, failed: string][] = [
  ['Parse error near line 7: no such table: t\n  SELECT secret;\n   ^--- error here', 'no such table: t'],
  ['Error: near line 7: no such table: t', 'no such table: t'],
  ['Runtime error near line 9: UNIQUE constraint failed: t.a (19)', 'UNIQUE constraint failed: t.a'],
]

test('a failure has the words of SQLite, and no line of a statement', () => {
  for (const [said, failed] of FAILURES)
    assert.is(
      planOf(sqlite_query, { ...DB, query: 'SELECT 1' }, ended(opened, 1, said), CHECK).failed,
      `Cannot execute SQL 'SELECT 1': ${failed}`,
    )
  const shut = 'Error: unable to open database "./a": unable to open database file'
  const raw = { ...DB, query: 'SELECT 1' }
  assert.match(planOf(sqlite_query, raw, ended(`${MARK}\n`, 1, shut), CHECK).failed ?? '', /^unable to open/)
})

test('what makes no sense is an error', () => {
  for (const printed of [`${MARK}\nx`, `${opened}1;2\n`, `${opened}'a`])
    assert.throws(() => resultsIn(printed, statementsOf('SELECT 1')), /did not print what it was asked for/)
})

const PROBLEMS: [Raw, RegExp][] = [
  [{ query: 'SELECT 1' }, /missing required arguments: db/],
  [{ ...DB }, /missing required arguments: query/],
  [{ ...DB, query: 7 }, /must be a string or list/],
  [{ ...DB, query: ['a', 7] }, /elements in query list must be strings/],
  [{ ...DB, query: ' ' }, /a query is empty/],
  [{ ...DB, query: 'SELECT 1;\n.shell id' }, /^near "\.": syntax error/],
  [{ ...DB, query: '%s', positional_args: [], named_args: {} }, /mutually exclusive/],
  [{ ...DB, query: 'SELECT %s', positional_args: [{ a: 1 }] }, /type 'dict' is not supported/],
  [{ query: 'SELECT 1', db: ':memory:' }, /db: ":memory:" is not a path of a file/],
  [{ query: 'SELECT 1', db: '/a/' }, /db: "\/a\/" is not a path of a file/],
  [{ ...DB, query: 'SELECT 1', busy_timeout: -1 }, /busy_timeout: from 0 to 86400/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(sqlite_query, raw)
    assert.is(problems.length, 1, JSON.stringify([raw, problems]))
    assert.match(problems[0]!, problem)
  }
})

test.run()
