import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ran, type Running, runText } from '../support/playbook.ts'

const test = suite('includes that never end')

const told = ({ events, problems }: Ran) => JSON.stringify(events) + problems

/** Playbooks that include themselves one way or another, and what the user is told. */
const table: [what: string, playbook: string, files: Record<string, string>, expected: RegExp[]][] = [
  [
    'a tasks file',
    '- {hosts: all, tasks: [{include_tasks: a.yml}]}',
    { 'a.yml': '- include_tasks: a.yml' },
    [
      /nested more than 200 deep: play\.yml:1:24 -> a\.yml:1:3 -> a\.yml:1:3 -> \.\.\. \(\d+ more\) -> a\.yml:1:3/,
    ],
  ],
  [
    'two files in turn, named by a template',
    '- {hosts: all, vars: {n: b}, tasks: [{include_tasks: a.yml}]}',
    { 'a.yml': '- include_tasks: "{{n}}.yml"', 'b.yml': '- debug: {msg: x}\n- include_tasks: a.yml' },
    [/nested more than 200 deep: play\.yml:1:\d+ -> a\.yml:1:3 -> b\.yml:2:3 -> /],
  ],
  [
    'a role',
    '- {hosts: all, tasks: [{include_role: {name: r}}]}',
    { 'roles/r/tasks/main.yml': '- include_role: {name: r}' },
    [/nested more than 200 deep: play\.yml:1:24 -> roles\/r\/tasks\/main\.yml:1:3 -> /],
  ],
  [
    'a role from roles:, by an import below it',
    '- {hosts: all, roles: [r]}',
    {
      'roles/r/tasks/main.yml': '- import_tasks: more.yml',
      'roles/r/tasks/more.yml': '- include_role: {name: r}',
    },
    [/nested more than 200 deep: roles\/r\/tasks\/more\.yml:1:3 -> /],
  ],
  [
    'a file that includes itself twice, with something to look at ahead',
    '- {hosts: all, tasks: [{include_tasks: a.yml}]}',
    { 'a.yml': '- stat: {path: /}\n- include_tasks: a.yml\n- include_tasks: a.yml' },
    [/nested more than 200 deep/],
  ],
  [
    'a file that includes itself twice, with nothing to look at',
    '- {hosts: all, tasks: [{stat: {path: /}}, {include_tasks: a.yml}]}',
    { 'a.yml': '- include_tasks: a.yml\n- include_tasks: a.yml' },
    [/nested more than 200 deep/],
  ],
  [
    'a handler',
    '- {hosts: all, tasks: [{command: "true", notify: h}], handlers: [{name: h, include_tasks: a.yml}]}',
    { 'a.yml': '- include_tasks: a.yml' },
    [/nested more than 200 deep: play\.yml:1:\d+ -> a\.yml:1:3/],
  ],
]

for (const [what, playbook, files, expected] of table) {
  test(`${what} that includes itself fails, and the chain is told`, async () => {
    const ran = await runText(playbook, { files })
    assert.is(ran.exitStatus, 2)
    // Paths are shown as they are below the current folder, or whole.
    const said = told(ran).replace(/\/tmp\/playbook-\w+\//g, '')
    for (const pattern of expected) assert.match(said, pattern)
  })
}

test('an include that a condition ends is none of these, nor is one that goes deep', async () => {
  const running: Running = {
    files: {
      'a.yml': `- set_fact: {n: "{{add n 1}}"}\n- {include_tasks: a.yml, when: lt n 150}`,
    },
  }
  const ran = await runText('- {hosts: all, tasks: [{set_fact: {n: 0}}, {include_tasks: a.yml}]}', running)
  assert.is(ran.exitStatus, 0, told(ran))
  assert.is(ran.steps.filter((step) => step.startsWith('set_fact')).length, 151)
})

test('imports in a row too long are told before anything is run', async () => {
  const files: Record<string, string> = {}
  for (let at = 0; at < 2000; at += 1) files[`f${at}.yml`] = `- import_tasks: f${at + 1}.yml`
  const { exitStatus, problems } = await runText('- {hosts: all, tasks: [{import_tasks: f0.yml}]}', { files })
  assert.is(exitStatus, 1)
  assert.match(
    problems,
    /f199\.yml:1:17: nested more than 200 deep: .*f0\.yml -> .*\.\.\. \(195 more\) -> .*f200\.yml/,
  )
})

test('so are roles that need each other in a row too long', async () => {
  const files: Record<string, string> = {}
  for (let at = 0; at < 500; at += 1) files[`roles/r${at}/meta/main.yml`] = `dependencies: [r${at + 1}]`
  const { exitStatus, problems } = await runText('- {hosts: all, roles: [r0]}', { files })
  assert.is(exitStatus, 1)
  assert.match(problems, /nested more than 200 deep/)
})

test('handlers that notify each other in a circle run once at each flush', async () => {
  const ran = await runText(`
- hosts: all
  tasks: [{command: "true", notify: b}]
  handlers:
    - {name: a, command: "true", notify: b}
    - {name: b, command: "true", notify: [c, b]}
    - {name: c, command: "true", notify: [a, c]}
`)
  assert.is(ran.exitStatus, 0)
  // There is one behind tasks, and one behind post_tasks.
  const flushed = [
    ['b one changed', 'c one changed'],
    ['a one changed', 'b one changed', 'c one changed'],
  ]
  assert.equal(ran.steps, ['command one changed', ...flushed.flat()])
})

test('what a handler notified for an earlier one is there at the next flush', async () => {
  const ran = await runText(`
- hosts: all
  pre_tasks: [{command: "true", notify: b}]
  tasks: [{name: later, ping: }]
  handlers:
    - {name: a, ping: }
    - {name: b, command: "true", notify: a}
`)
  assert.equal(ran.steps, ['command one changed', 'b one changed', 'later one ok', 'a one ok'])
})

test('flush_handlers is not a handler, and not in one', async () => {
  const { exitStatus, problems } = await runText(
    '- {hosts: all, tasks: [{command: "true", notify: h}], handlers: [{name: h, meta: flush_handlers}]}',
  )
  assert.is(exitStatus, 1)
  assert.match(problems, /play\.yml:1:\d+: flush_handlers cannot be a handler/)
  const ran = await runText(
    '- {hosts: all, tasks: [{command: "true", notify: h}], handlers: [{name: h, include_tasks: a.yml}]}',
    { files: { 'a.yml': '- {command: "true", notify: h}\n- meta: flush_handlers' } },
  )
  assert.is(ran.exitStatus, 2)
  const [warning] = ran.events.filter((event) => event.type === 'warning')
  assert.is(warning?.message, 'one: flush_handlers cannot be used in a handler')
  assert.match(`${warning?.location?.file}:${warning?.location?.line}`, /a\.yml:2$/)
})

test.run()
