import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../../support/playbook.ts'

const test = suite('what time brings')

/** Whether a file is found, by the last task, that comes to be a second after the first. */
async function found(tasks: string, hosts: readonly string[] = ['a']): Promise<unknown[]> {
  const text = `
- hosts: all
  tasks:
    - {name: later, shell: '(sleep 1; touch {{playbook_dir}}/file) >/dev/null 2>&1 &', run_once: true}
    - {name: look, stat: {path: /}}
${tasks}
    - {name: last, stat: {path: "{{playbook_dir}}/file"}}
    - {name: told, debug: {msg: "{{inventory_hostname}}"}, when: true}
`
  const { events, exitStatus } = await runText(text, { hosts })
  assert.is(exitStatus, 0)
  return events.flatMap((event) =>
    event.type === 'host-finished' && event.task.name === 'last'
      ? [(event.result.values.stat as { exists: boolean }).exists]
      : [],
  )
}

test('a pause is waited for before anything behind it is looked at', async () => {
  assert.equal(await found('    - {name: wait, pause: {seconds: 3}}'), [true])
  assert.equal(await found('    - {name: wait, pause: {seconds: 3}}', ['a', 'b']), [true, true])
})

test('so is one between the items of a loop', async () => {
  const loop = '{name: wait, stat: {path: "{{playbook_dir}}/file"}, loop: [1, 2], loop_control: {pause: 3}}'
  assert.equal(await found(`    - ${loop}`), [true])
  const seen = `    - ${loop.replace('{name', '{register: seen, name')}
    - {name: seen, assert: {that: 'seen.results.[1].stat.exists'}}`
  assert.equal(await found(seen), [true])
})

test('what a command that takes its time says of itself does not keep what is known of other hosts', async () => {
  const command = `{name: wait, command: sleep 3, changed_when: false, when: "eq inventory_hostname 'a'"}`
  assert.equal(await found(`    - ${command}`, ['a', 'b']), [true, true])
})

test.run()
