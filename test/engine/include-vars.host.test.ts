import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('include_vars, and where roles are')

const files = {
  'vars/a.yml': 'a: 1\nb: "{{a}}!"\nmap: {x: 1, y: {z: 2}}',
  'vars/d/1.yml': 'one: 1\nmap: {x: 9}',
  'vars/d/2.yaml': 'two: 2',
  'vars/d/notes.txt': 'no variables',
  'vars/d/sub/3.json': '{"three": 3}',
  'vars/m.yml': 'map: {y: {w: 3}}',
}

/** A task, and what a text made of variables is after it. */
const table: [task: string, text: string, expected: unknown][] = [
  ['include_vars: a.yml', '{{b}}', '1!'],
  ['include_vars: {file: vars/m.yml, name: in}', '{{in.map.y.w}}', 3],
  ['include_vars: file=m.yml name=in', '{{in.map.y.w}}', 3],
  ['include_vars: {dir: vars/d, ignore_unknown_extensions: true}', '{{one}} {{two}} {{three}}', '1 2 3'],
  [
    'include_vars: {dir: vars/d, depth: 1, ignore_files: [notes.txt]}',
    '{{one}} {{default three "-"}}',
    '1 -',
  ],
  ['include_vars: {dir: vars/d, files_matching: "^[12]"}', '{{one}} {{default three "-"}}', '1 -'],
  ['include_vars: {dir: vars/d, extensions: [yml, txt, json, yaml], ignore_files: [txt]}', '{{three}}', 3],
  ['{include_vars: "{{item}}", with_first_found: [none.yml, a.yml]}', '{{a}}', 1],
  ['{include_vars: "{{item}}", with_fileglob: "vars/*.yml"}', '{{a}} {{map.y.w}}', '1 3'],
]

for (const [task, text, expected] of table) {
  test(`${task} gives what it gives under Ansible`, async () => {
    const ran = await runText(
      `- {hosts: all, tasks: [${task.startsWith('{') ? task : `{${task}}`}, {debug: {msg: '${text}'}, name: said, when: true}]}`,
      { files },
    )
    assert.is(ran.exitStatus, 0, ran.problems + JSON.stringify(ran.events))
    assert.equal(ran.result('said').values.msg, expected)
  })
}

test('maps are merged when that is asked for', async () => {
  const ran = await runText(
    '- {hosts: all, tasks: [{include_vars: a.yml}, {include_vars: {file: m.yml, hash_behaviour: merge}}, {debug: {msg: "{{map}}"}, name: said}]}',
    { files },
  )
  assert.equal(ran.result('said').values.msg, { x: 1, y: { z: 2, w: 3 } })
})

test('a file that is not there fails the task, and says where it was looked for', async () => {
  const ran = await runText('- {hosts: all, tasks: [{include_vars: none.yml}]}')
  assert.is(ran.exitStatus, 2)
  assert.match(
    ran.result('include_vars').message!,
    /Could not find file "none.yml" of variables; looked at .*vars\/none.yml/,
  )
})

test('what is included ranks above the variables of the task, below set_fact, and is for the whole run', async () => {
  const ran = await runText(
    `- hosts: all
  tasks:
  - {set_fact: {b: fact}}
  - {include_vars: a.yml}
- hosts: all
  tasks:
  - {debug: {msg: "{{a}} {{b}}"}, name: said, vars: {a: task, b: task}}`,
    { files },
  )
  assert.is(ran.result('said').values.msg, '1 fact')
})

test('include_vars, set_fact and register under run_once are for all hosts', async () => {
  const ran = await runText(
    `- hosts: all
  tasks:
  - {include_vars: a.yml, run_once: true}
  - {set_fact: {f: 1}, run_once: true}
  - {command: echo hi, register: r, run_once: true}
  - {debug: {msg: "{{a}} {{f}} {{r.stdout}}"}, name: said}`,
    { files, hosts: ['one', 'two'] },
  )
  assert.is(ran.result('said', 'two').values.msg, '1 1 hi', ran.problems)
})

const say = (text: string) => `- {debug: {msg: '${text}'}, name: said}`

test('defaults and vars of a role may be folders', async () => {
  const ran = await runText('- {hosts: all, roles: [r]}', {
    files: {
      'roles/r/defaults/main/1.yml': 'a: 1\nb: 1',
      'roles/r/defaults/main/2.yml': 'b: 2',
      'roles/r/defaults/main/x/3.yml': 'c: 3',
      'roles/r/vars/main/.hidden.yml': 'a: hidden',
      'roles/r/vars/main/v.yml': 'd: 4',
      'roles/r/tasks/main.yaml': say('{{a}}{{b}}{{c}}{{d}}'),
    },
  })
  assert.is(ran.result('r : said').values.msg, '1234', ran.problems)
})

test('roles and playbooks of collections are found beside the playbook', async () => {
  const c = 'collections/ansible_collections/my/coll'
  const ran = await runText(
    `- {hosts: all, roles: [my.coll.r]}
- {hosts: all, collections: [my.coll], tasks: [{import_role: {role: r}}, {include_role: name=r tasks_from=other.yml}]}
- import_playbook: my.coll.play`,
    {
      files: {
        [`${c}/roles/r/tasks/main.yml`]: say('{{ansible_role_name}} {{ansible_collection_name}}'),
        [`${c}/roles/r/tasks/other.yml`]: '- {debug: {msg: x}, name: other}',
        [`${c}/roles/r/meta/main.yml`]: 'dependencies: [base]',
        [`${c}/roles/base/tasks/main.yml`]: '- {debug: {msg: x}, name: base}',
        [`${c}/playbooks/play.yml`]: '- {hosts: all, tasks: [{debug: {msg: x}, name: played}]}',
      },
    },
  )
  assert.is(ran.problems, '')
  assert.is(ran.result('r : said').values.msg, 'my.coll.r my.coll')
})

test('a role of a collection that is nowhere says where collections are looked for', async () => {
  const ran = await runText('- {hosts: all, roles: [my.coll.r]}')
  assert.match(ran.problems, /unknown role "my.coll.r"[\s\S]*ansible_collections beside the playbook/)
})

test('a module that Ansible has fails when its task is reached, and not if it is skipped', async () => {
  const playbook = (when: string) =>
    `- {hosts: all, vars: {never: false, ever: true}, tasks: [{no.collection.container: {name: x}, when: ${when}}, {yum: name=x, when: never}]}`
  const skipped = await runText(playbook('never'))
  assert.is(skipped.exitStatus, 0, skipped.problems)
  const reached = await runText(playbook('ever'))
  assert.is(reached.exitStatus, 2, reached.problems)
  assert.match(JSON.stringify(reached.events), /container\\" is a module of Ansible that is not here/)
})

test('a mistyped module is found before connecting', async () => {
  for (const name of ['comand', 'community.general.ini_fil', 'comunity.general.ini_file']) {
    const ran = await runText(`- {hosts: all, tasks: [{${name}: }]}`)
    assert.match(ran.problems, new RegExp(`"${name}" is neither a module`), name)
  }
})

test('arguments that are templates are not missing', async () => {
  const ran = await runText(
    `- hosts: all
  vars: {x: a, s: started, no: false}
  tasks:
  - {systemd: {name: "{{x}}", state: started}, when: no}
  - {systemd: {name: x, state: "{{s}}"}, when: no}
  - {systemd: {name: x}, when: no}
  - {user: {name: x, append: true, groups: "{{x}}"}, when: no}
  - {group: {name: x, non_unique: true, gid: "{{x}}"}, when: no}
  - {file: {path: /x, setype: x_t, mode: "0o644"}, when: no}
  - {command: {cmd: ls, warn: false}, when: no}`,
  )
  assert.is(ran.problems, '')
})

test('ansible_facts, and what Ansible tells of itself and its roles', async () => {
  const ran = await runText(
    `- hosts: all
  roles: [r]
  tasks:
  - {setup: {gather_subset: min}}
  - {debug: {msg: "{{eq ansible_facts.hostname ansible_hostname}} {{ansible_managed}} {{ansible_version.major}} {{vars.mine}}"}, name: said, vars: {mine: 1}}
  - {debug: {msg: "{{ansible_role_names}} {{ansible_play_role_names}}"}, name: roles}`,
    {
      files: {
        'roles/r/meta/main.yml': 'dependencies: [q]',
        'roles/r/tasks/main.yml': '- include_role: {name: q}',
        'roles/q/tasks/main.yml': say('{{default ansible_parent_role_names "none"}}'),
      },
    },
  )
  assert.is(ran.exitStatus, 0, ran.problems)
  assert.is(ran.result('said').values.msg, 'true Ansible managed 2 1')
  const parents = ran.events.flatMap((event) =>
    event.type === 'host-finished' && event.task.name === 'q : said' ? [event.result.values.msg] : [],
  )
  assert.equal(parents, ['none', ['r']])
  assert.is(ran.result('roles').values.msg, '["r","q"] ["r"]')
})

test('a change in a block notifies what the block says', async () => {
  const ran = await runText(
    `- hosts: all
  tasks:
  - notify: h
    block:
    - {command: "true"}
    - {command: "true", notify: own}
  handlers:
  - {name: h, debug: {msg: x}}
  - {name: own, debug: {msg: x}}`,
  )
  assert.equal(
    ran.steps.filter((step) => /^(h|own) /.test(step)),
    ['h one ok', 'own one ok'],
    ran.problems,
  )
})

test.run()
