import { suite } from 'uvu'
import * as is from 'uvu/assert'
import { assert } from '../../src/modules/control/assert.ts'
import { debug } from '../../src/modules/control/debug.ts'
import { fail } from '../../src/modules/control/fail.ts'
import { ping } from '../../src/modules/control/ping.ts'
import { set_fact } from '../../src/modules/control/set_fact.ts'
import { planOf, problemsOf } from '../support/plan.ts'

const test = suite('ping, debug, assert, fail, set_fact')

test('ping changes nothing', () => {
  is.equal(planOf(ping, {}), { changes: [], result: { ping: 'pong' } })
  is.equal(planOf(ping, { data: '' }).result, { ping: '' })
})

test('debug tells what it is given', () => {
  is.equal(planOf(debug, {}).result, { msg: 'Hello world!' })
  is.equal(planOf(debug, { msg: '' }).result, { msg: '' })
  is.equal(planOf(debug, { msg: ['a', 0] }).result, { msg: ['a', 0] })
  is.equal(planOf(debug, { var: { text: 'x.y', value: 0 } }).result, { 'x.y': 0 })
  is.equal(planOf(debug, { var: { text: 'x', value: null } }).result, { x: null })
  is.equal(planOf(debug, { var: { text: 'x', value: undefined } }).result, { x: 'VARIABLE IS NOT DEFINED!' })
  is.match(problemsOf(debug, { msg: 'a', var: { text: 'x', value: 1 } })[0]!, /exclude each other/)
})

test('debug with verbosity speaks only with as many -v', () => {
  const view = { check: false, diff: false }
  is.is(planOf(debug, { msg: 'a', verbosity: 2 }, '', view).skipped, 'said only with -vv')
  is.is(
    planOf(debug, { msg: 'a', verbosity: 2 }, '', { ...view, verbosity: 1 }).skipped,
    'said only with -vv',
  )
  is.equal(planOf(debug, { msg: 'a', verbosity: 2 }, '', { ...view, verbosity: 2 }).result, { msg: 'a' })
})

test('assert fails where something does not hold', () => {
  const yes = { text: 'eq 1 1', holds: true }
  const no = { text: 'eq 1 2', holds: false }
  is.equal(planOf(assert, { that: [yes] }), {
    changes: [],
    result: { msg: 'All assertions passed', assertions: ['eq 1 1'] },
  })
  is.equal(planOf(assert, { that: [yes], success_msg: 'fine', quiet: true }).result, { msg: 'fine' })
  is.is(planOf(assert, { that: [yes, no] }).failed, 'this does not hold: eq 1 2')
  const failed = planOf(assert, { that: [no], msg: 'not so' })
  is.is(failed.failed, 'not so')
  is.equal(failed.result, { assertion: 'eq 1 2', evaluated_to: false, msg: 'not so' })
  is.match(problemsOf(assert, { that: [] })[0]!, /holds no condition/)
  is.match(problemsOf(assert, {})[0]!, /missing required arguments: that/)
})

test('fail fails with its message', () => {
  is.is(planOf(fail, {}).failed, 'Failed as requested from task')
  is.is(planOf(fail, { msg: "it's\nso" }).failed, "it's\nso")
})

test('set_fact keeps its variables', () => {
  const facts = { a: 0, b: '', c: null, d: [1, { e: false }] }
  is.equal(planOf(set_fact, { ...facts, cacheable: 'yes' }), {
    changes: [],
    result: { ansible_facts: facts },
  })
  is.match(planOf(set_fact, {}).failed!, /sets no variable/)
  for (const name of ['a-b', '1a', '', 'a b', 'ä'])
    is.match(problemsOf(set_fact, { [name]: 1 })[0]!, /not a variable name/)
})

test.run()
