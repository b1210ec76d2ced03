import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('what Ansible does, where it is not what one expects')

test('what was skipped does not say that it has not failed, and a loop says it only if an item did', async () => {
  const ran = await runText(
    `- hosts: all
  vars: {never: false}
  tasks:
  - {command: "true", when: never, register: skipped}
  - {command: "{{item}}", loop: ["true", "false"], register: failed, ignore_errors: true}
  - {command: "{{item}}", loop: ["true"], register: fine}
  - {command: "{{item}}", loop: ["true"], when: never, register: all}
  - {command: "{{item}}", loop: [], register: none}
  - {set_fact: {s: "{{skipped}}", f: "{{keys failed}}", g: "{{keys fine}}", a: "{{all}}", n: "{{none}}", r: "{{failed.results.0.failed}}"}}`,
  )
  assert.is(ran.exitStatus, 0, ran.problems)
  const facts = ran.result('set_fact').values.ansible_facts as Record<string, unknown>
  const { false_condition: _, ...skipped } = facts.s as Record<string, unknown>
  assert.equal(skipped, { changed: false, skipped: true, skip_reason: 'Conditional result was False' })
  assert.equal(facts.f, ['results', 'skipped', 'changed', 'failed', 'msg'])
  assert.equal(facts.g, ['results', 'skipped', 'changed', 'msg'])
  assert.is(facts.r, false)
  const { results: __, ...all } = facts.a as Record<string, unknown>
  assert.equal(all, { skipped: true, changed: false, msg: 'All items skipped' })
  assert.equal(facts.n, {
    results: [],
    skipped: true,
    changed: false,
    skipped_reason: 'No items in the list',
  })
})

test('hosts that others were delegated to, or that did nothing, are not in the statistics', async () => {
  const ran = await runText(
    '- {hosts: one, tasks: [{command: "true", delegate_to: two}]}\n- {hosts: three}',
    {
      hosts: ['one', 'two', 'three'],
    },
  )
  assert.equal(Object.keys(ran.stats), ['one'])
})

test("a role entry's vars are seen by the whole play, below the role's own", async () => {
  const ran = await runText(
    `- hosts: all
  roles: [{role: r, vars: {a: entry, b: entry}}]
  tasks: [{debug: {msg: "{{a}} {{b}}"}, name: said}]`,
    {
      files: {
        'roles/r/vars/main.yml': 'b: role',
        'roles/r/tasks/main.yml': '- debug: {msg: "{{a}} {{b}}"}',
      },
    },
  )
  assert.is(ran.result('said').values.msg, 'entry role', ran.problems)
  assert.is(ran.result('r : debug').values.msg, 'entry role')
})

test('a handler that nobody has fails the task that notifies it', async () => {
  const ran = await runText(
    `- hosts: all
  vars: {h: none}
  tasks: [{command: "true", notify: "{{h}}"}, {command: "true", name: later}]`,
  )
  assert.is(ran.exitStatus, 2)
  assert.match(JSON.stringify(ran.events), /unknown handler \\"none\\"/)
  assert.not(ran.steps.some((step) => step.startsWith('later')))
})

test('a handler that was notified before its block was rescued is run', async () => {
  const ran = await runText(
    `- hosts: all
  tasks:
  - block: [{command: "true", notify: h}, {command: "false"}]
    rescue: [{debug: {msg: x}}]
  handlers: [{name: h, debug: {msg: x}}]`,
  )
  assert.ok(ran.steps.includes('h one ok'))
})

test('hosts and groups that are added are there for later plays', async () => {
  const ran = await runText(
    `- hosts: all
  tasks:
  - {add_host: {name: new, groups: [added], ansible_connection: local, x: 1}}
  - {add_host: name=other groups=added x=2}
  - {group_by: {key: "is {{inventory_hostname}}"}}
- hosts: added
  tasks: [{debug: {msg: "{{x}}"}, name: added}]
- hosts: is-two
  tasks: [{debug: {msg: "{{group_names}}"}, name: grouped}]`,
    { hosts: ['one', 'two'] },
  )
  assert.is(ran.problems, '')
  assert.is(ran.result('added', 'new').values.msg, 1)
  assert.equal(ran.result('grouped', 'two').values.msg, ['is-two'])
  assert.equal(ran.steps.filter((step) => step.startsWith('add_host')).length, 2)
})

test('the old include takes variables, and is a task or an import', async () => {
  const ran = await runText(
    `- hosts: all
  vars: {name: a}
  tasks:
  - include: a.yml n=1
  - include: "{{name}}.yml"
    vars: {n: 2}
  - {local_action: command true, name: local}
  - {action: debug msg=hi, name: said}
  - {action: {module: debug, msg: hi}, name: map}`,
    { files: { 'a.yml': '- {debug: {msg: "{{n}}"}, name: in}' }, hosts: ['one'] },
  )
  assert.is(ran.problems, '')
  assert.is(ran.exitStatus, 0)
  assert.is(ran.steps.filter((step) => step.startsWith('in ')).length, 2)
  assert.is(ran.result('said').values.msg, 'hi')
})

test.run()
