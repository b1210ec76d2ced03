import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { seboolean } from '../../../src/modules/system/seboolean.ts'
import { CHECK, planOf, problemsOf, type Raw } from '../../support/plan.ts'

const test = suite('seboolean')

const on = { name: 'a_b', state: true }
const kept = { ...on, persistent: true }
const now = (value: 0 | 1, more = '') => `enabled\nlive ${value}\ntool\n${more}`

const PLANS: [raw: Raw, printed: string, command: string, before?: string | null][] = [
  [on, now(1), ''],
  [on, now(0), 'setsebool a_b on', 'off'],
  [{ ...on, state: false }, now(1), 'setsebool a_b off', 'on'],
  [kept, now(1, 'kept 1\n'), ''],
  [kept, now(1, 'kept 0\n'), 'setsebool -P a_b on', 'on until boot'],
  [kept, now(0, 'kept 1\n'), 'setsebool -P a_b on', 'off'],
  // What the policy says nobody tells there.
  [kept, now(1), 'setsebool -P a_b on', 'on until boot'],
  [{ ...kept, ignore_selinux_state: true }, 'tool\n', 'setsebool -P -N a_b on', 'unknown until boot'],
]

test('a boolean is as it is to be', () => {
  for (const [raw, printed, command, before] of PLANS) {
    const { changes, actions = [] } = planOf(seboolean, raw, printed)
    assert.is(actions.map((action) => ('script' in action ? action.script : '')).join(), command)
    assert.is(changes[0]?.before, before, JSON.stringify([raw, printed]))
  }
})

test('a host without SELinux is told apart from one without the boolean', () => {
  assert.is(planOf(seboolean, on, '').failed, 'SELinux is disabled on this host.')
  assert.is(planOf(seboolean, on, '', CHECK).failed, 'SELinux is disabled on this host.')
  assert.is(planOf(seboolean, on, 'enabled\ntool\n').failed, 'SELinux boolean a_b does not exist.')
  assert.is(planOf(seboolean, on, 'enabled\ntool\n', CHECK).failed, undefined)
  assert.match(planOf(seboolean, on, 'enabled\nlive 0\n').failed ?? '', /"setsebool"/)
  assert.equal(planOf(seboolean, on, '').result, { name: 'a_b', persistent: false, state: true })
})

test('names that are none are refused', () => {
  for (const name of ['-a', 'a b', '', 'a/b'])
    assert.match(problemsOf(seboolean, { name, state: true })[0] ?? '', /is not a name of a boolean/)
})

test.run()
