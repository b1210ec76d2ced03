import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('what settings and flags do in a run')

const TWO = '- hosts: all\n  tasks:\n    - {name: first, debug: }\n    - {name: second, debug: }\n'

const STEPS: [answer: string | undefined, steps: string[]][] = [
  ['y', ['first one ok', 'second one ok']],
  ['n', []],
  ['', []],
  ['Continue', ['first one ok', 'second one ok']],
  [undefined, []],
]
for (const [answer, steps] of STEPS)
  test(`--step, answered with ${answer}, runs ${steps.length} of two tasks`, async () => {
    const ran = await runText(TWO, { args: ['--step'], answer })
    assert.equal([ran.steps, ran.exitStatus], [steps, 0])
  })

test('--force-handlers runs the handlers of a host that has failed', async () => {
  const playbook = `
- hosts: all
  tasks:
    - {name: change, command: "true", notify: h}
    - {name: break, fail: }
  handlers:
    - {name: h, debug: }
`
  assert.equal((await runText(playbook)).steps, ['change one changed', 'break one failed'])
  const forced = await runText(playbook, { args: ['--force-handlers'] })
  assert.equal(forced.steps, ['change one changed', 'break one failed', 'h one ok'])
})

test.run()
