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

/** Asks with a program of the test's own. */
const fping = (name: string) =>
  `{name: ${name}, command: fping -r 1 192.0.2.1, environment: {PATH: "{{playbook_dir}}:/usr/bin:/bin"}}`
const makeFping = (script: string) =>
  `{name: make, copy: {dest: "{{playbook_dir}}/fping", mode: "0755", content: '#!/bin/sh\n\n${script}\n\n'}}`

test('what asks other machines is asked at its turn, each time anew, and nothing again behind it', async () => {
  const text = `
- hosts: all
  tasks:
    - ${makeFping('echo x >>"$(dirname "$0")/log"; wc -l <"$(dirname "$0")/log"')}
    - {name: before, stat: {path: /}}
    - ${fping('first')}
    - ${fping('second')}
    - {name: last, stat: {path: /etc}}
`
  const { events, exitStatus } = await runText(text, { hosts: ['a'] })
  assert.is(exitStatus, 0)
  const said = events.flatMap((event) => {
    if (event.type === 'probed') return [[event.task.name, event.probes]]
    const isFping = event.type === 'host-finished' && /first|second/.test(event.task.name)
    return isFping ? [[event.task.name, event.result.values.stdout]] : []
  })
  assert.equal(said.slice(-4), [
    ['first', 1],
    ['first', '1'],
    ['second', 1],
    ['second', '2'],
  ])
})

test('when it takes its time, what is known is asked again', async () => {
  assert.equal(await found(`    - ${makeFping('sleep 3')}\n    - ${fping('wait')}`), [true])
})

test.run()
