import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { selinux_permissive } from '../../../src/modules/system/selinux_permissive.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('selinux_permissive')

const on = { domain: 'a_t', permissive: true }
const off = { domain: 'a_t', permissive: false }

const PLANS: [raw: Raw, modules: string, command: string][] = [
  [on, 'base\npermissive_b_t\n', 'semanage permissive -a a_t'],
  [on, 'base\npermissive_a_t\n', ''],
  // As old ones list them, with a version.
  [on, 'permissive_a_t\t1.0\n', ''],
  [on, 'permissive_a_t2\na_t\n', 'semanage permissive -a a_t'],
  [off, 'base\n', ''],
  [off, 'base\npermissive_a_t\n', 'semanage permissive -d a_t'],
  [{ ...on, no_reload: true, store: 'mls' }, '', 'semanage permissive -a -N -S mls a_t'],
]

test('a domain is permissive or not, as it is to be', () => {
  for (const [raw, modules, command] of PLANS) {
    const { actions = [] } = planOf(selinux_permissive, raw, `tool\n${modules}`)
    assert.is(actions.map((action) => ('script' in action ? action.script : '')).join(), command)
  }
  assert.equal(rows(planOf(selinux_permissive, on, 'tool\n')), [['domain a_t', 'enforcing', 'permissive']])
  const { result } = planOf(selinux_permissive, on, 'tool\n')
  assert.equal(result, { domain: 'a_t', permissive: true, store: '' })
})

test('a host without semanage is told apart', () => {
  assert.match(planOf(selinux_permissive, on, '').failed ?? '', /executable "semanage"/)
  assert.is(planOf(selinux_permissive, on, '', CHECK).changes.length, 1)
})

test('names that are none are refused', () => {
  for (const name of ['-a', 'a b', '', 'a/b'])
    assert.match(
      problemsOf(selinux_permissive, { name, permissive: true })[0] ?? '',
      /is not a name of a dom/,
    )
  assert.match(problemsOf(selinux_permissive, { ...on, store: '-x' })[0] ?? '', /is not a name of a policy/)
})

test.run()
