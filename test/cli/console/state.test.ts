import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ConsoleState, SETTINGS } from '../../../src/cli/console/state.ts'

const test = suite('settings of the console')

const state: ConsoleState = {
  pattern: 'all',
  user: undefined,
  become: false,
  becomeUser: 'root',
  becomeMethod: 'sudo',
  check: false,
  diff: false,
  forks: 5,
  verbosity: 0,
  timeout: 0,
}

for (const [name, value, result] of [
  ['become', 'yes', { become: true }],
  ['become', 'No', { become: false }],
  ['become', 'maybe', 'it takes yes or no'],
  ['become_user', 'deploy', { becomeUser: 'deploy' }],
  ['become_method', 'su', { becomeMethod: 'su' }],
  ['become_method', 'sduo', 'it takes sudo or su; did you mean "sudo"?'],
  ['remote_user', 'ann', { user: 'ann' }],
  ['forks', '20', { forks: 20 }],
  ['forks', '0', 'it takes a whole number from 1 on'],
  ['timeout', '0', { timeout: 0 }],
  ['verbosity', '-1', 'it takes a whole number from 0 on'],
] as const)
  test(`${name} ${value}`, () => {
    const next = SETTINGS[name]!.set(state, value)
    assert.equal(next, typeof result === 'string' ? result : { ...state, ...result })
    if (typeof next !== 'string') assert.is(SETTINGS[name]!.show(next), value.toLowerCase())
  })

test.run()
