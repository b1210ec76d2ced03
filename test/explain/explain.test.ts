import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { explain } from '../../src/explain/explain.ts'
import { select } from '../../src/inventory/pattern.ts'
import type { ExplainedPlace, Explanation } from '../../src/protocol/explanation.ts'
import { ProblemError } from '../../src/values/problem.ts'
import { prepared } from '../support/playbook.ts'

const test = suite('explain')

/** What explains a variable of host h in a playbook, with the files beside it. */
async function explained(
  files: Readonly<Record<string, string>>,
  variable: string,
  args: readonly string[] = [],
): Promise<Explanation[]> {
  const folder = mkdtempSync(join(tmpdir(), 'explain-'))
  try {
    const all = { 'inv/hosts': 'h', 'play.yml': '- hosts: all\n', ...files }
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const found = await prepared([
      '-i',
      join(folder, 'inv'),
      ...args,
      '--list-tasks',
      join(folder, 'play.yml'),
    ])
    const told = explain(found, select(found.inventory, 'h').hosts, variable, false)
    return JSON.parse(JSON.stringify(told).replaceAll(`${folder}/`, ''))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function line({ level, levelName, at, written, wins, tasks, setBy }: ExplainedPlace): string {
  const place = typeof at === 'string' ? at : `${at.file}:${at.line}:${at.column}`
  const when = tasks === undefined ? (setBy ?? '') : tasks.join(', ')
  return `${wins ? '> ' : ''}${level} ${levelName}, ${place} = ${JSON.stringify(written)} ${when}`.trim()
}

const lines = ([told]: readonly Explanation[]) => told!.places.map(line)

const EVERYWHERE = {
  'inv/hosts': '[web]\nh v=8\n[all:vars]\nv=3',
  'inv/group_vars/all.yml': 'v: 4',
  'group_vars/all.yml': 'v: 5',
  'inv/group_vars/web.yml': 'v: 6',
  'group_vars/web.yml': 'v: 7',
  'inv/host_vars/h.yml': 'v: 9',
  'host_vars/h.yml': 'v: 10',
  'roles/r/defaults/main.yml': 'v: 2',
  'roles/r/vars/main.yml': 'v: 15',
  'roles/r/tasks/main.yml': '- ping:\n',
  'file.yml': 'v: 14',
  'more.yml': 'v: 18',
  'play.yml': `
- hosts: web
  vars: {v: 12}
  vars_files: [file.yml]
  vars_prompt: [{name: v, prompt: Which}]
  roles: [{role: r, v: 20}]
  tasks:
    - block:
        - name: inner
          ping:
          vars: {v: 17}
      vars: {v: 16}
    - include_vars: more.yml
    - set_fact: {v: 19}
    - command: echo
      register: v
`,
}

test("all of Ansible's levels are told, the highest first", async () => {
  assert.equal(lines(await explained(EVERYWHERE, 'v', ['-e', 'v=22'])), [
    '> 22 extra vars, -e:1:1 = "22"',
    '20 role and include parameters, play.yml:6:24 = 20 roles/r/tasks/main.yml:1:3 ping',
    '19 set_fact and register, play.yml:14:21 = 19 set_fact at play.yml:14:7',
    '19 set_fact and register, play.yml:15:7 = undefined register at play.yml:15:7',
    '18 include_vars, more.yml:1:4 = 18 include_vars at play.yml:13:7',
    '17 task vars, play.yml:11:21 = 17 play.yml:9:11 inner',
    '16 block vars, play.yml:12:17 = 16 play.yml:9:11 inner',
    '15 role vars, roles/r/vars/main.yml:1:4 = 15',
    '14 play vars_files, file.yml:1:4 = 14',
    '13 play vars_prompt, play.yml:2:3 = undefined what is answered to "Which"',
    '12 play vars, play.yml:3:13 = 12',
    '10 playbook host_vars/*, host_vars/h.yml:1:4 = 10',
    '9 inventory host_vars/*, inv/host_vars/h.yml:1:4 = 9',
    '8 inventory host vars, inv/hosts:2:3 = 8',
    '7 playbook group_vars/*, group_vars/web.yml:1:4 = 7',
    '6 inventory group_vars/*, inv/group_vars/web.yml:1:4 = 6',
    '5 playbook group_vars/all, group_vars/all.yml:1:4 = 5',
    '4 inventory group_vars/all, inv/group_vars/all.yml:1:4 = 4',
    '3 inventory group vars, inv/hosts:4:3 = 3',
    '2 role defaults, roles/r/defaults/main.yml:1:4 = 2',
  ])
})

const REASONS: [why: RegExp, files: Readonly<Record<string, string>>, args?: string[]][] = [
  [/^nothing else gives it$/, { 'inv/hosts': 'h v=1' }],
  [
    /^level 9 \(inventory host_vars\/\*\) is above level 8 /,
    { 'inv/hosts': 'h v=1', 'inv/host_vars/h': 'v: 2' },
  ],
  [/the last -e wins$/, {}, ['-e', 'v=1', '-e', 'v=2']],
  [
    /group b lies deeper than z$/,
    { 'inv/hosts': '[a:children]\nb\n[b]\nh\n[z]\nh\n[b:vars]\nv=1\n[z:vars]\nv=2' },
  ],
  [/alphabet wins, b over a$/, { 'inv/hosts': '[a]\nh\n[b]\nh\n[a:vars]\nv=1\n[b:vars]\nv=2' }],
  [
    /a has the higher ansible_group_priority \(5, b 1\)$/,
    { 'inv/hosts': '[a]\nh\n[b]\nh\n[a:vars]\nv=1\nansible_group_priority=5\n[b:vars]\nv=2' },
  ],
  [/a later inventory over an earlier one$/, { 'inv/1': 'h v=1', 'inv/hosts': 'h v=2' }],
  [
    /^both are of level 6 .*: what comes later wins$/,
    { 'inv/group_vars/ungrouped/a': 'v: 1', 'inv/group_vars/ungrouped/b': 'v: 2' },
  ],
  [
    /the role that comes later wins$/,
    {
      'roles/a/defaults/main.yml': 'v: 1',
      'roles/b/defaults/main.yml': 'v: 2',
      'play.yml': '- hosts: all\n  roles: [a, b]\n',
    },
  ],
]

for (const [why, files, args] of REASONS)
  test(`why a place wins: ${why.source}`, async () => {
    const [told] = await explained(files, 'v', args)
    assert.match(told!.why, why)
  })

test('a template is told as written and as rendered, with what it is made of', async () => {
  const [told] = await explained(
    { 'inv/hosts': 'h a=1', 'inv/host_vars/h': 'v: "{{ a }}-{{ inventory_hostname }}"' },
    'v',
  )
  assert.is(told!.value, '1-h')
  assert.equal(
    [told!.places[0]!.written, told!.places[0]!.value],
    ['{{ a }}-{{ inventory_hostname }}', '1-h'],
  )
  assert.equal(
    told!.madeOf.map(({ name, value }) => [name, value]),
    [
      ['a', 1],
      ['inventory_hostname', 'h'],
    ],
  )
})

test('what cannot be rendered says why, and a name that is close to another asks for that', async () => {
  const [told] = await explained({ 'inv/host_vars/h': 'v: "{{ nothing }}"' }, 'v')
  assert.is(told!.value, undefined)
  assert.match(told!.failure!, /nothing/)
  try {
    await explained({ 'inv/hosts': 'h color=1' }, 'colour')
    assert.unreachable()
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    assert.equal(error.problems, [
      { message: 'nothing gives the variable "colour" on h', hint: 'did you mean "color"?' },
    ])
  }
})

test('each play that is for the host has its own answer', async () => {
  const play =
    '- hosts: h\n  vars: {v: 1}\n- hosts: localhost\n  vars: {v: 2}\n- hosts: all\n  vars: {v: 3}\n'
  const told = await explained({ 'play.yml': play }, 'v')
  assert.equal(
    told.map(({ play: at, value }) => [at?.location.line, value]),
    [
      [1, 1],
      [5, 3],
    ],
  )
})

test('an item of a loop is told of its task', async () => {
  const play = '- hosts: h\n  tasks:\n    - ping:\n      loop: [1]\n      loop_control: {loop_var: v}\n'
  assert.equal(lines(await explained({ 'play.yml': play }, 'v')), [
    'undefined the item of a loop, play.yml:4:13 = undefined play.yml:3:7 ping',
  ])
})

test.run()
