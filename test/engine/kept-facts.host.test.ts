import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('facts that are kept, meta tasks, and settings of the language')

const folder = mkdtempSync(join(tmpdir(), 'facts-'))
const names = [
  'ANSIBLE_CACHE_PLUGIN',
  'ANSIBLE_CACHE_PLUGIN_CONNECTION',
  'ANSIBLE_GATHERING',
  'ANSIBLE_HASH_BEHAVIOUR',
  'ANSIBLE_DUPLICATE_YAML_DICT_KEY',
]
test.after.each(() => {
  for (const name of names) delete process.env[name]
})
test.after(() => rmSync(folder, { recursive: true }))

test('facts and cacheable variables are there in the next run, until they are cleared', async () => {
  process.env.ANSIBLE_CACHE_PLUGIN = 'jsonfile'
  process.env.ANSIBLE_CACHE_PLUGIN_CONNECTION = folder
  const first = await runText(
    '- {hosts: all, tasks: [{set_fact: {a: 1, cacheable: true}}, {set_fact: {b: 2}}]}',
  )
  assert.is(first.exitStatus, 0, first.problems)
  assert.equal(JSON.parse(readFileSync(join(folder, 'one'), 'utf8')), { a: 1 })
  const later = await runText(
    `- hosts: all
  tasks:
  - {debug: {msg: "{{ ansible_facts.a }} {{ ansible_facts.b | default('-') }}"}, name: said}
  - {meta: clear_facts}
  - {debug: {msg: "{{ ansible_facts.a | default('-') }}"}, name: cleared}`,
  )
  assert.is(later.result('said').values.msg, '1 -', later.problems)
  assert.is(later.result('cleared').values.msg, '-')
})

test('where gathering is smart, facts are gathered once', async () => {
  process.env.ANSIBLE_GATHERING = 'smart'
  const play = '- {hosts: all, gather_facts: true, gather_subset: ["!all"], gather_timeout: 5}\n'
  const ran = await runText(play.repeat(2))
  assert.equal(ran.steps, ['Gathering Facts one ok'])
})

test('of a key that is given twice the last one holds', async () => {
  const text = '- hosts: all\n  vars: {m: 1, m: 2}\n  tasks: [{name: said, debug: {msg: "{{ m }}"}}]\n'
  const ran = await runText(text)
  assert.equal(String(ran.result('said').values.msg), '2')
})

test('maps of one name are merged when hash_behaviour says so', async () => {
  process.env.ANSIBLE_HASH_BEHAVIOUR = 'merge'
  const ran = await runText(
    '- {hosts: all, vars: {m: {a: 1, d: {x: 1}}}, tasks: [{debug: {msg: "{{ m }}"}, vars: {m: {b: 2, d: {y: 2}}}, name: said}]}',
  )
  assert.equal(ran.result('said').values.msg, { a: 1, d: { x: 1, y: 2 }, b: 2 }, ran.problems)
})

test('end_role leaves the role, and the play goes on', async () => {
  const ran = await runText('- {hosts: all, roles: [r], tasks: [{debug: {msg: x}, name: after}]}', {
    files: {
      'roles/r/tasks/main.yml':
        '- {debug: {msg: x}, name: before}\n- {meta: end_role, when: inventory_hostname == "one"}\n- {debug: {msg: x}, name: last}',
    },
    hosts: ['one', 'two'],
  })
  assert.is(ran.problems, '')
  assert.equal(ran.steps, [
    ...['r : before one ok', 'r : before two ok', 'r : last two ok', 'after one ok', 'after two ok'],
  ])
})

test('refresh_inventory reads the inventory again, for this play and later ones', async () => {
  const inventory = join(folder, 'hosts.ini')
  writeFileSync(inventory, 'one ansible_connection=local v=1\n')
  const ran = await runText(
    `- hosts: all
  tasks:
  - {shell: "printf 'one ansible_connection=local v=2\\\\ntwo ansible_connection=local\\\\n' >${inventory}", name: change}
  - {meta: refresh_inventory}
  - {debug: {msg: "{{ v }} {{ groups.all | join(',') }}"}, name: said}
- hosts: two
  tasks: [{debug: {msg: x}, name: new}]`,
    { args: ['-i', inventory], hosts: ['one', 'two'] },
  )
  assert.is(ran.result('said', 'one').values.msg, '2 one,two', ran.problems)
  assert.is(ran.result('new', 'two').status, 'ok')
})

test('facts tell of the Python that a host has', async () => {
  const ran = await runText('- {hosts: all, tasks: [{setup: {gather_subset: min}}]}')
  const facts = ran.result('setup').values.ansible_facts as Record<string, unknown>
  if (facts.ansible_python === undefined) return
  assert.match(facts.ansible_python_version as string, /^\d+\.\d+\.\d+$/)
  const { executable } = facts.ansible_python as { executable: string }
  assert.is(facts.discovered_interpreter_python, executable)
})

test('module_defaults may be a list, and become_exe names a program', async () => {
  const ran = await runText(
    '- {hosts: all, module_defaults: [{command: {chdir: /tmp}}, {group/aws: {region: x}}], tasks: [{command: pwd, become_exe: sudo}]}',
  )
  assert.is(ran.result('command').values.stdout, '/tmp', ran.problems)
})

test('ansible_managed tells of the template that it stands in', async () => {
  process.env.ANSIBLE_MANAGED = 'Made of {file} in %Y'
  try {
    const ran = await runText(
      `- {hosts: all, tasks: [{template: {src: t.j2, dest: "${folder}/t"}}, {debug: {msg: "{{ ansible_managed }}"}, name: said}]}`,
      { files: { 't.j2': '{{ ansible_managed }} {{ template_path }}\n' } },
    )
    assert.is(ran.problems, '')
    assert.match(readFileSync(join(folder, 't'), 'utf8'), /^Made of t\.j2 in 20\d\d t\.j2\n$/)
  } finally {
    delete process.env.ANSIBLE_MANAGED
  }
})

test.run()
