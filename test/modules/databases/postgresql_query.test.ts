import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { filled } from '../../../src/modules/databases/postgresql_query/arguments.ts'
import { postgresql_query } from '../../../src/modules/databases/postgresql_query/index.ts'
import {
  calledIn,
  isPrepared,
  isReading,
  statementsOf,
} from '../../../src/modules/databases/postgresql_query/statements.ts'
import { CHECK, planOf, problemsOf, type Raw } from '../../support/plan.ts'

const test = suite('queries of PostgreSQL')

const STATEMENTS: [sql: string, texts: string[]][] = [
  ['', []],
  [' ; -- a;\n /* ; /* ; */ ; */ ;', []],
  ['SELECT 1;', ['SELECT 1']],
  [`SELECT ';', "a;""b" ; SELECT 2`, [`SELECT ';', "a;""b" `, ' SELECT 2']],
  [String.raw`SELECT E'it\'s;', '\'; SELECT 2`, [String.raw`SELECT E'it\'s;', '\'`, ' SELECT 2']],
  ['DO $a$ BEGIN; $b$; END $a$; SELECT $$;$$', ['DO $a$ BEGIN; $b$; END $a$', ' SELECT $$;$$']],
  ['SELECT a$b;c$b', ['SELECT a$b', 'c$b']],
]

test('a text is cut where its statements end', () => {
  for (const [sql, texts] of STATEMENTS)
    assert.equal(
      statementsOf(sql).map(({ text }) => text),
      texts,
      sql,
    )
})

const KINDS: [sql: string, prepared: boolean, reading: boolean][] = [
  ['select 1', true, true],
  ['(SELECT 1)', true, true],
  ['/* x */ VALUES (1)', true, true],
  ['SELECT 1 INTO t', false, true],
  ["SELECT ' into '", true, true],
  ['INSERT INTO t VALUES (1)', true, false],
  ['EXPLAIN SELECT 1', false, true],
  ['EXPLAIN (ANALYZE) DELETE FROM t', false, false],
  ['SHOW port', false, true],
  ['CREATE TABLE t ()', false, false],
]

test('what a statement does is known as far as it is needed', () => {
  for (const [sql, prepared, reading] of KINDS) {
    const [statement] = statementsOf(sql)
    assert.equal([isPrepared(statement!), isReading(statement!)], [prepared, reading], sql)
  }
  const [calling] = statementsOf(`SELECT F (1), "G"(2), 'h(3)' -- i()`)
  assert.equal(calledIn(calling!), ['f', 'G'])
})

test('arguments are texts of SQL, whatever they hold', () => {
  const positional = (...positional_args: (string | number | boolean | null | string[])[]) =>
    filled('%s', { positional_args })
  assert.is(filled('a % b', {}), 'a % b')
  assert.is(positional("it's"), "'it''s'")
  assert.is(positional('a\\'), "E'a\\\\'")
  assert.is(`-${positional(-1)}`, '- -1')
  assert.is(positional(true), 'true')
  assert.is(positional(null), 'NULL')
  assert.is(positional(['a', '"']), `E'{"a","\\\\""}'`)
})

const PROBLEMS: [Raw, RegExp][] = [
  [{}, /one of the following is required: query, path_to_script/],
  [{ query: 'a', path_to_script: '/b' }, /path_to_script is mutually exclusive with query/],
  [
    { query: 'a', positional_args: [1], named_args: { a: 1 } },
    /mutually exclusive: positional_args\|named_args/,
  ],
  [{ query: 5 }, /query argument must be of type string or list/],
  [{ query: '%s', positional_args: [1, 2] }, /positional_args has more values/],
  [{ query: '%s %s', positional_args: [1] }, /positional_args has fewer values/],
  [{ query: '%(a)s', named_args: { b: 1 } }, /named_args has no a/],
  [{ query: '%(a)s', positional_args: [1] }, /%\(a\)s is no place for these arguments/],
  [{ query: 'LIKE %', positional_args: [1] }, /a % of a query with arguments/],
  [{ query: '%s', positional_args: [{ a: 1 }] }, /can't adapt type 'dict'/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(postgresql_query, raw)
    assert.is(problems.length, 1, `${JSON.stringify(raw)}: ${problems.join('; ')}`)
    assert.match(problems[0]!, problem)
  }
})

test('autocommit cannot be checked', () => {
  const raw = { query: 'VACUUM', autocommit: true }
  assert.match(planOf(postgresql_query, raw, '', CHECK).failed ?? '', /mutually exclusive with check_mode/)
  assert.is(planOf(postgresql_query, raw).changes.length, 1)
})

test.run()
