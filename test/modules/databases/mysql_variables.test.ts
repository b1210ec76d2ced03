import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mysql_variables } from '../../../src/modules/databases/mysql_variables.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('variables of MySQL')

const V = { variable: 'v' }
const P = { ...V, mode: 'persist' }
const PLANS: [raw: Raw, printed: string, changes: unknown[], msg: string][] = [
  [V, 'ok\0v\t7\n', [], '7'],
  [{ ...V, value: '7' }, 'ok\0v\t7\nv\t8\n', [], 'Variable is already set to requested value.'],
  [{ ...V, value: '7.0' }, 'ok\0v\t7.000000\n', [], 'Variable is already set to requested value.'],
  [{ ...V, value: '1' }, 'ok\0v\tON\n', [], 'Variable is already set to requested value.'],
  [{ ...V, value: 'on' }, 'ok\0v\tON\n', [], 'Variable is already set to requested value.'],
  [{ ...V, value: '1' }, 'ok\0v\tOFF\n', [['v', 'OFF', '1']], 'Variable change succeeded prev_value=OFF'],
  [{ ...V, value: 'a' }, 'ok\0v\tA\n', [['v', 'A', 'a']], 'Variable change succeeded prev_value=A'],
  [
    { ...P, value: '7' },
    'ok\0v\t7\n\0kept\0',
    [['persist v', null, '7']],
    'Variable change succeeded prev_value=None',
  ],
  [
    { ...P, value: '7' },
    'ok\0v\t7\n\0kept\x007',
    [],
    'Variable is already set to requested value globally and stored into mysqld-auto.cnf file.',
  ],
  [
    { ...P, value: '7' },
    'ok\0v\t6\n\0kept\x007',
    [['persist v', '6', '7']],
    'Variable change succeeded prev_value=6',
  ],
  [
    { ...P, mode: 'persist_only', value: '7' },
    'ok\0v\t6\n\0kept\x007',
    [],
    'Variable is already stored into mysqld-auto.cnf with requested value.',
  ],
]

test('a variable is what it is to be', () => {
  for (const [raw, printed, changes, msg] of PLANS) {
    const plan = planOf(mysql_variables, raw, printed)
    assert.equal([rows(plan), plan.result?.msg], [changes, msg], JSON.stringify(raw))
  }
  const { result } = planOf(mysql_variables, { variable: 'a.b', value: '8' }, 'ok\0a.b\t7\n')
  assert.equal(result?.queries, ['SET GLOBAL `a`.`b` = 8'])
})

test('what cannot be is said', () => {
  assert.match(planOf(mysql_variables, V, 'ok\0').failed ?? '', /^Variable not available "v"$/)
  assert.match(
    planOf(mysql_variables, { ...P, value: '1' }, 'ok\0v\t1\n\0none\0').failed ?? '',
    /must be 8.0/,
  )
  assert.match(
    planOf(mysql_variables, V, 'failed\0found\0ERROR 2002').failed ?? '',
    /^unable to connect.*2002$/,
  )
  assert.match(planOf(mysql_variables, V, 'none\0').failed ?? '', /executable "mysql"/)
  assert.is(planOf(mysql_variables, { ...V, value: '1' }, 'none\0', CHECK).changes.length, 1)
  assert.match(problemsOf(mysql_variables, { variable: 'a b' })[0]!, /^invalid variable name "a b"$/)
})

test.run()
