import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('precedence of variables')

interface Place {
  readonly files?: Readonly<Record<string, string>>
  readonly play?: string
  readonly task?: string
  readonly role?: string
  readonly before?: string
  readonly args?: readonly string[]
}

/** Where a variable can be set, lowest first: Ansible's order. */
const levels: [name: string, place: Place][] = [
  ['role defaults', { files: { 'roles/r/defaults/main.yml': 'x: role defaults' } }],
  [
    'inventory group vars',
    { files: { 'inv/hosts.yml': 'all: {vars: {x: inventory group vars}, hosts: {one: }}' } },
  ],
  [
    'group_vars/all of the inventory',
    { files: { 'inv/group_vars/all.yml': 'x: group_vars/all of the inventory' } },
  ],
  [
    'group_vars/all of the playbook',
    { files: { 'group_vars/all.yml': 'x: group_vars/all of the playbook' } },
  ],
  [
    'group_vars/g of the inventory',
    { files: { 'inv/group_vars/g.yml': 'x: group_vars/g of the inventory' } },
  ],
  ['group_vars/g of the playbook', { files: { 'group_vars/g.yml': 'x: group_vars/g of the playbook' } }],
  ['inventory host vars', { files: { 'inv/more.yml': 'g: {hosts: {one: {x: inventory host vars}}}' } }],
  ['host_vars of the inventory', { files: { 'inv/host_vars/one.yml': 'x: host_vars of the inventory' } }],
  ['host_vars of the playbook', { files: { 'host_vars/one.yml': 'x: host_vars of the playbook' } }],
  ['play vars', { play: 'vars: {x: play vars}' }],
  ['vars_files', { play: 'vars_files: [more.yml]', files: { 'more.yml': 'x: vars_files' } }],
  ['role vars', { files: { 'roles/r/vars/main.yml': 'x: role vars' } }],
  ['task vars', { task: 'vars: {x: task vars}' }],
  ['set_fact', { before: '{set_fact: {x: set_fact}}' }],
  ['role parameters', { role: 'x: role parameters' }],
  ['extra vars', { args: ['-e', 'x="extra vars"'] }],
]

for (const [count, [name]] of levels.entries()) {
  test(`${name} win over all below`, async () => {
    const used = levels.slice(0, count + 1).map(([, place]) => place)
    const lines = (part: 'play' | 'role' | 'task' | 'before') => used.flatMap((place) => place[part] ?? [])
    const files = Object.assign(
      {
        'inv/hosts.yml': 'all: {hosts: {one: }}',
        'inv/more.yml': 'g: {hosts: {one: }}',
        'roles/r/tasks/main.yml': '',
      },
      ...used.map((place) => place.files),
    )
    files['roles/r/tasks/main.yml'] =
      `- {name: told, debug: {msg: "{{x}}"}${lines('task').map((line) => `, ${line}`)}}`
    const playbook = [
      '- hosts: one',
      ...lines('play').map((line) => `  ${line}`),
      '  pre_tasks:',
      '    - ping:',
      ...lines('before').map((line) => `    - ${line}`),
      '  roles:',
      `    - {role: r${lines('role').map((line) => `, ${line}`)}}`,
    ].join('\n')
    const args = ['-i', 'HERE/inv', ...used.flatMap((place) => place.args ?? [])]
    const ran = await runText(playbook, { files, args })
    assert.is(ran.problems, '')
    assert.is(ran.result('r : told', 'one').values.msg, name)
  })
}

test.run()
