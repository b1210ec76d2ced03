import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('files of this machine that tasks send')

const SEND = '    - {copy: {src: none, dest: /x}}'

/** What comes before a task that sends a file which is not there, and whether that file is then reported. */
const table: [what: string, play: string, missing: boolean, inventory?: string][] = [
  ['nothing', 'hosts: all\n  tasks:', true],
  [
    'a task on the hosts',
    'hosts: all\n  tasks:\n    - {file: {path: /y, state: touch}}',
    true,
    'one ansible_connection=ssh',
  ],
  ['what asks no host', 'hosts: all\n  tasks:\n    - {debug: {msg: x}, delegate_to: localhost}', true],
  [
    'a task for another host',
    'hosts: all\n  tasks:\n    - {command: "true", delegate_to: two}',
    true,
    'one ansible_connection=ssh\ntwo ansible_connection=ssh',
  ],
  ['fetch', 'hosts: all\n  tasks:\n    - {fetch: {src: /y, dest: z}}', false],
  ['local_action', 'hosts: all\n  tasks:\n    - {local_action: {module: command, cmd: "true"}}', false],
  [
    'a delegation that a template names',
    'hosts: all\n  vars: {w: one}\n  tasks:\n    - {command: "true", delegate_to: "{{w}}"}',
    false,
  ],
  ['a connection of its own', 'hosts: all\n  tasks:\n    - {command: "true", connection: local}', false],
  [
    'a play on this machine',
    'hosts: localhost\n  tasks:\n    - {command: "true"}\n- hosts: all\n  tasks:',
    false,
  ],
  [
    'a host that is this machine',
    'hosts: all\n  tasks:\n    - {command: "true"}',
    false,
    'one ansible_connection=local',
  ],
  [
    'an include that a template names',
    'hosts: all\n  vars: {w: some}\n  tasks:\n    - {include_tasks: "{{w}}.yml"}',
    false,
  ],
]

for (const [what, play, missing, inventory] of table) {
  test(`${what}: a file is ${missing ? 'missed' : 'not missed, for it may come'}`, async () => {
    const { problems } = await runText(
      `- ${play}\n${SEND}\n`,
      inventory === undefined ? {} : { files: { hosts: inventory }, args: ['-i', 'HERE/hosts'] },
    )
    assert.is(/there is no file "none" on this machine/.test(problems), missing, problems)
  })
}

test('where nothing is run, it is a warning', async () => {
  const ran = await runText(`- hosts: all\n  tasks:\n${SEND}\n`, { args: ['--syntax-check'] })
  assert.is(ran.problems, '')
})

test.run()
