import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('numbers that a run waits by')

/** A keyword with something that is no number: it would be waited for without end. */
const wrong: [keyword: string, task: string][] = [
  ['retries', '{debug: {msg: x}, until: false, delay: 0, retries: VALUE}'],
  ['delay', '{debug: {msg: x}, until: false, retries: 1, delay: VALUE}'],
  ['timeout', '{ping: , timeout: VALUE}'],
  ['pause', '{debug: {msg: x}, loop: [1, 2], loop_control: {pause: VALUE}}'],
]

for (const [keyword, task] of wrong) {
  for (const value of ['many', '.inf', '.nan', '[1]']) {
    test(`${keyword}: ${value} is told before connecting`, async () => {
      const playbook = `- {hosts: all, tasks: [${task.replace('VALUE', value)}]}`
      const { exitStatus, problems } = await runText(playbook)
      assert.is(exitStatus, 1)
      assert.match(problems, new RegExp(`play\\.yml:1:\\d+: "${keyword}" takes a number`))
    })
  }

  test(`${keyword}: what turns out to be no number fails the host, with its place`, async () => {
    const playbook = `- {hosts: all, vars: {n: many}, tasks: [${task.replace('VALUE', '"{{n}}"')}]}`
    const ran = await runText(playbook)
    assert.is(ran.exitStatus, 2)
    const { message = '' } = ran.result(keyword === 'timeout' ? 'ping' : 'debug')
    assert.match(
      message,
      new RegExp(`"${keyword}" takes a number, this is "many" \\(\\S*play\\.yml:1:\\d+\\)`),
    )
  })
}

test('a timeout longer than a timer can count is not over at once', async () => {
  const ran = await runText('- {hosts: all, tasks: [{command: "sleep 0.3", timeout: 99999999999}]}')
  assert.is(ran.exitStatus, 0)
})

test.run()
