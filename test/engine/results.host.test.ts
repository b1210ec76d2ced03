import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('results')

const PLAYS = [
  'lineinfile: {path: HERE, line: new, validate: "echo why; false %s"}',
  'blockinfile: {path: HERE, block: new, validate: "echo why; false %s"}',
]
for (const task of PLAYS) {
  test(`a failure says why, and not what was to be done: ${task.slice(0, task.indexOf(':'))}`, async () => {
    const playbook = `- {hosts: all, tasks: [{name: a, ${task.replace('HERE', '"{{playbook_dir}}/old"')}}]}`
    const ran = await runText(playbook, { files: { old: 'old\n' } })
    const { status, message, values } = ran.result('a')
    assert.is(status, 'failed')
    assert.match(message ?? '', /the new one is not valid: why/)
    assert.is(values.msg, message)
  })
}

test.run()
