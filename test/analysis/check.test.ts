import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Running, runText } from '../support/playbook.ts'

const test = suite('what is found wrong before connecting')

/** Playbooks with mistakes, and all that the user is shown of them. */
const table: [what: string, playbook: string, shown: string, running?: Running][] = [
  [
    'unknown host',
    '- {hosts: ona, tasks: [{ping: }]}',
    `play.yml:1:11: no host or group is called "ona"
 1 | - {hosts: ona, tasks: [{ping: }]}
   |           ^^^
  did you mean "one"?`,
  ],
  [
    'unknown keyword of a play',
    `- hosts: all
  gather_fact: no
`,
    `play.yml:2:3: "gather_fact" is not a keyword of a play
 2 |   gather_fact: no
   |   ^^^^^^^^^^^
  did you mean "gather_facts"?`,
  ],
  [
    'unknown keyword of a task',
    `- hosts: all
  tasks:
    - ping:
      wen: true
`,
    `play.yml:4:7: "wen" is not a keyword of a task
 4 |       wen: true
   |       ^^^
  did you mean "when"?`,
  ],
  [
    'unknown module by action',
    `- hosts: all
  tasks:
    - action: {module: debgu, msg: x}
    - action: debgu msg=x
`,
    `play.yml:3:24: unknown module "debgu"
 3 |     - action: {module: debgu, msg: x}
   |                        ^^^^^
  did you mean "debug"?

play.yml:4:15: unknown module "debgu"
 4 |     - action: debgu msg=x
   |               ^^^^^^^^^^^
  did you mean "debug"?

2 problems; nothing was run`,
  ],
  [
    'unknown module',
    `- hosts: all
  tasks:
    - debgu: {msg: x}
`,
    `play.yml:3:7: "debgu" is neither a module nor a keyword of a task
 3 |     - debgu: {msg: x}
   |       ^^^^^
  did you mean "debug"?`,
  ],
  [
    'two modules',
    `- hosts: all
  tasks:
    - debug: {msg: x}
      ping:
`,
    `play.yml:4:7: one task does one thing: "debug" and "ping" are two
 4 |       ping:
   |       ^^^^
  make two tasks of it`,
  ],
  [
    'no module',
    `- hosts: all
  tasks:
    - name: x
`,
    `play.yml:3:7: this task names nothing to do
 3 |     - name: x
   |       ^^^^^^^
  add a module, such as "ping:"`,
  ],
  [
    'unknown argument',
    `- hosts: all
  tasks:
    - debug: {masg: x}
`,
    `play.yml:3:15: debug has no argument "masg"
 3 |     - debug: {masg: x}
   |               ^^^^
  did you mean "msg"?`,
  ],
  [
    'wrong value',
    `- hosts: all
  tasks:
    - debug: {verbosity: many}
`,
    `play.yml:3:26: verbosity: "many" is not a number
 3 |     - debug: {verbosity: many}
   |                          ^^^^`,
  ],
  [
    'missing argument',
    `- hosts: all
  tasks:
    - assert: {msg: x}
`,
    `play.yml:3:7: missing required arguments: that
 3 |     - assert: {msg: x}
   |       ^^^^^^
  that: A condition, or a list of them.`,
  ],
  [
    'unknown variable',
    `- hosts: all
  vars: {greeting: x}
  tasks:
    - debug: {msg: "say {{greting}}"}
`,
    `play.yml:4:27: unknown variable "greting"
 4 |     - debug: {msg: "say {{greting}}"}
   |                           ^^^^^^^
  did you mean "greeting"?`,
  ],
  [
    'unknown variable in a condition',
    `- hosts: all
  vars: {greeting: x}
  tasks:
    - ping:
      when: eq greting "x"
`,
    `play.yml:5:16: unknown variable "greting"
 5 |       when: eq greting "x"
   |                ^^^^^^^
  did you mean "greeting"?`,
  ],
  [
    'unknown variable behind a variable that is used',
    `- hosts: all
  vars: {a: "{{b}}", unused: "{{nothing}}"}
  tasks:
    - debug: {msg: "{{a}}"}
`,
    `play.yml:2:16: unknown variable "b"
 2 |   vars: {a: "{{b}}", unused: "{{nothing}}"}
   |                ^`,
  ],
  [
    'unknown variable in a template file',
    `- hosts: all
  tasks:
    - template: {src: t, dest: /tmp/x}
`,
    `templates/t:2:7: unknown variable "thre"
 2 | two {{thre}}
   |       ^^^^`,
    { files: { 'templates/t': 'one\ntwo {{thre}}\n' } },
  ],
  [
    'unknown helper',
    `- hosts: all
  tasks:
    - debug: {msg: "{{uper 'a'}}"}
`,
    `play.yml:3:23: unknown helper "uper"
 3 |     - debug: {msg: "{{uper 'a'}}"}
   |                       ^^^^
  did you mean "upper"?`,
  ],
  [
    'arguments that a helper or filter does not take',
    `- hosts: all
  tasks:
    - debug: {msg: "{{dict 1 2}}"}
    - debug: {msg: "{{#if (eq 1)}}{{upper (replace 'a' 'b')}}{{/if}}"}
    - debug: {msg: "{{indent}} {{indent 'a' most=1}}"}
      vars: {indent: 1}
`,
    `play.yml:3:23: dict: takes name=value...; it was given 2
 3 |     - debug: {msg: "{{dict 1 2}}"}
   |                       ^^^^

play.yml:4:28: eq: takes a b; it was given 1
 4 |     - debug: {msg: "{{#if (eq 1)}}{{upper (replace 'a' 'b')}}{{/if}}"}
   |                            ^^

play.yml:4:44: replace: takes text from to; it was given 2
 4 |     - debug: {msg: "{{#if (eq 1)}}{{upper (replace 'a' 'b')}}{{/if}}"}
   |                                            ^^^^^^^

play.yml:5:34: indent: the filter "indent" has no argument "most"; it takes width=4, first=false, blank=false
 5 |     - debug: {msg: "{{indent}} {{indent 'a' most=1}}"}
   |                                  ^^^^^^

4 problems; nothing was run`,
  ],
  [
    'an unknown filter at each of its places',
    `- hosts: all
  tasks:
    - {debug: {msg: "{{ 'a' | own }}"}}
    - block:
        - debug: {msg: "{{ b }}"}
        - debug: {msg: "{{ b }} {{ 'c' | own }}"}
  vars: {b: "{{ 'b' | own }}"}
`,
    `play.yml:3:31: unknown filter "own"
 3 |     - {debug: {msg: "{{ 'a' | own }}"}}
   |                               ^^^
  a filter of a plugin in Python is not run; docs/plugins.md says how to write one in TypeScript

play.yml:6:42: unknown filter "own"
 6 |         - debug: {msg: "{{ b }} {{ 'c' | own }}"}
   |                                          ^^^
  a filter of a plugin in Python is not run; docs/plugins.md says how to write one in TypeScript

play.yml:7:23: unknown filter "own"
 7 |   vars: {b: "{{ 'b' | own }}"}
   |                       ^^^
  a filter of a plugin in Python is not run; docs/plugins.md says how to write one in TypeScript

3 problems; nothing was run`,
  ],
  [
    'unknown filters and tests of what is surely done',
    `- hosts: all
  tasks:
    - debug: {msg: "{{ a | lengt }} {{ [a] | map('uper') | list }}"}
    - debug: {msg: x}
      when: a is definde
  vars: {a: 1}
`,
    `play.yml:3:28: unknown filter "lengt"
 3 |     - debug: {msg: "{{ a | lengt }} {{ [a] | map('uper') | list }}"}
   |                            ^^^^^
  did you mean "length"?

play.yml:3:51: unknown filter "uper"
 3 |     - debug: {msg: "{{ a | lengt }} {{ [a] | map('uper') | list }}"}
   |                                                   ^^^^
  did you mean "upper"?

play.yml:5:18: unknown test "definde"
 5 |       when: a is definde
   |                  ^^^^^^^
  did you mean "defined"?

3 problems; nothing was run`,
  ],
  [
    'unknown handler',
    `- hosts: all
  tasks:
    - ping:
      notify: restart
  handlers: [{name: restarted, ping: }]
`,
    `play.yml:4:15: unknown handler "restart"
 4 |       notify: restart
   |               ^^^^^^^
  did you mean "restarted"?`,
  ],
  [
    'unknown tag',
    `- hosts: all
  tasks: [{ping: , tags: network}]
`,
    `no task has the tag "netwrk"
  did you mean "network"?`,
    { args: ['--tags', 'netwrk'] },
  ],
  [
    'unknown limit',
    `- hosts: all
  tasks: [{ping: }]
`,
    `no host or group is called "two"
  the inventory holds one`,
    { args: ['-l', 'two'] },
  ],
  [
    'unknown start',
    `- hosts: all
  tasks: [{name: begin, ping: }]
`,
    `unknown task "begn"
  did you mean "begin"?`,
    { args: ['--start-at-task', 'begn'] },
  ],
  [
    'imported by a name that only a host can tell',
    `- hosts: all
  tasks: [{import_tasks: "{{ansible_os_family}}.yml"}]
`,
    `play.yml:2:26: what is imported must be known before the run: unknown variable "ansible_os_family"
 2 |   tasks: [{import_tasks: "{{ansible_os_family}}.yml"}]
   |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  include what only a host can tell`,
  ],
  [
    'unknown role',
    `- hosts: all
  roles: [nod]
`,
    `play.yml:2:11: unknown role "nod"
 2 |   roles: [nod]
   |           ^^^
  did you mean "node"?`,
    { files: { 'roles/node/tasks/main.yml': '- ping:' } },
  ],
  [
    'missing tasks file',
    `- hosts: all
  tasks: [{include_tasks: a.yml}]
`,
    `play.yml:2:27: unknown tasks file "a.yml"
 2 |   tasks: [{include_tasks: a.yml}]
   |                           ^^^^^`,
  ],
  [
    'missing source',
    `- hosts: all
  tasks: [{copy: {src: a, dest: /tmp/a}}]
`,
    `play.yml:2:24: there is no file "a" on this machine
 2 |   tasks: [{copy: {src: a, dest: /tmp/a}}]
   |                        ^
  looked at files/a, a`,
  ],
  [
    'missing vars file',
    `- hosts: all
  vars_files: [a.yml]
  tasks: [{ping: }]
`,
    `play.yml:2:16: there is no variables file a.yml
 2 |   vars_files: [a.yml]
   |                ^^^^^`,
  ],
  ['empty', '', 'play.yml is empty: a playbook is a list of plays'],
  [
    'no list',
    'hosts: all',
    `play.yml:1:1: a playbook is a list of plays
 1 | hosts: all
   | ^^^^^^^^^^
  begin each play with "- hosts: ..."`,
  ],
  [
    'not yaml',
    `- hosts: all
	tasks: []
`,
    `play.yml:2:1: a tab indents this line
 2 | 	tasks: []
   | ^
  YAML is indented with spaces only`,
  ],
  [
    'unquoted braces',
    `- hosts: all
  tasks:
    - debug: {msg: {{x}}}
`,
    `play.yml:3:20: a value that starts with {{ must be quoted
 3 |     - debug: {msg: {{x}}}
   |                    ^^^^^
  write "{{x}}}"`,
  ],
  [
    'import cycle',
    `- import_playbook: b.yml
`,
    `b.yml:1:20: play.yml imports itself: play.yml -> b.yml -> play.yml
 1 | - import_playbook: play.yml
   |                    ^^^^^^^^`,
    { files: { 'b.yml': '- import_playbook: play.yml\n' } },
  ],
  [
    'tasks cycle',
    `- hosts: all
  tasks: [{import_tasks: a.yml}]
`,
    `a.yml:1:17: a.yml imports itself: a.yml -> a.yml
 1 | - import_tasks: a.yml
   |                 ^^^^^`,
    { files: { 'a.yml': '- import_tasks: a.yml\n' } },
  ],
  [
    'role cycle',
    `- hosts: all
  roles: [a]
`,
    `roles/b/meta/main.yml:1:16: the role a needs itself: roles/a -> roles/b -> roles/a
 1 | dependencies: [a]
   |                ^`,
    { files: { 'roles/a/meta/main.yml': 'dependencies: [b]', 'roles/b/meta/main.yml': 'dependencies: [a]' } },
  ],
  [
    'mode without zero',
    `- hosts: all
  tasks: [{file: {path: /tmp/a, mode: 644}}]
`,
    `play.yml:2:39: mode: 644 is a decimal number, which as permissions means 1204; write "0644"
 2 |   tasks: [{file: {path: /tmp/a, mode: 644}}]
   |                                       ^^^`,
  ],
  [
    'with_item',
    `- hosts: all
  tasks:
    - ping:
      with_item: [1]
`,
    `play.yml:4:18: unknown lookup "item"
 4 |       with_item: [1]
   |                  ^^^
  did you mean "items"?`,
  ],
  [
    'strategy',
    `- hosts: all
  strategy: fre
`,
    `play.yml:2:13: unknown strategy "fre"
 2 |   strategy: fre
   |             ^^^
  it is linear, free or host_pinned`,
  ],
  [
    'extra var',
    `- hosts: all
`,
    `-e:1:1: "a" sets no variable
 1 | a
   | ^
  write name=value, {"name": value}, or @file`,
    { args: ['-e', 'a'] },
  ],
  [
    'inventory missing',
    `- hosts: all
`,
    `the inventory none does not exist
  give a file or a folder; a list of hosts has a comma, -i none,`,
    { args: ['-i', 'HERE/none'] },
  ],
]

for (const [what, playbook, shown, running] of table) {
  test(what, async () => {
    const ran = await runText(playbook, running)
    assert.is(ran.problems, shown)
    assert.is(ran.exitStatus, 1)
    assert.equal(ran.events, [])
  })
}

test('everything is listed at once, in the order of the file', async () => {
  const playbook = `
- hosts: al
  gather_fact: no
  tasks:
    - debug: {mgs: "{{nothing}}"}
      whn: true
`
  const { problems } = await runText(playbook)
  const lines = problems.split('\n').filter((line) => line.startsWith('play.yml'))
  assert.equal(lines, [
    'play.yml:2:10: no host or group is called "al"',
    'play.yml:3:3: "gather_fact" is not a keyword of a play',
    'play.yml:5:15: debug has no argument "mgs"',
    'play.yml:5:23: unknown variable "nothing"',
    'play.yml:6:7: "whn" is not a keyword of a task',
  ])
  assert.match(problems, /5 problems; nothing was run$/)
})

test('what is guarded, a fact or set later is not missed', async () => {
  const playbook = `
- hosts: all
  tasks:
    - debug: {msg: "{{default missing 'x'}}"}
    - ping:
      when: defined missing
    - set_fact: {later: 1}
    - debug: {msg: "{{later}}"}
    - debug: {msg: "{{#each (list 1 2) as |n|}}{{n}}{{@index}}{{/each}}"}
    - debug: {msg: "{{ansible_hostname}}"}
      when: defined ansible_hostname
`
  assert.is((await runText(playbook)).problems, '')
})

test('the facts that a task returns are not missed, and others are', async () => {
  const play = (database: string, fact: string) => `
- hosts: all
  tasks:
    - getent: {database: ${database}, key: root}
    - debug: {msg: "{{${fact}.root}}"}
`
  assert.is((await runText(play('passwd', 'getent_passwd'))).problems, '')
  assert.match(
    (await runText(play('passwd', 'getent_passwt'))).problems,
    /unknown variable "getent_passwt"(.|\n)*did you mean "getent_passwd"/,
  )
  assert.is((await runText(play('"{{inventory_hostname}}"', 'getent_one'))).problems, '')
})

test('a role or file that is not there is not missed where a condition may keep it from being included', async () => {
  const playbook = `
- hosts: all
  tasks:
    - include_role: {name: other.linux_system_roles.firewall}
      when: false
    - block:
        - include_tasks: none.yml
      when: inventory_hostname == 'none'
`
  assert.is((await runText(playbook)).problems, '')
})

test('what is wrong in a file that a condition may include is found', async () => {
  const playbook = `
- hosts: all
  tasks:
    - include_tasks: some.yml
      when: false
`
  const { problems } = await runText(playbook, { files: { 'some.yml': '- pign:' } })
  assert.match(problems, /some.yml:1:3/)
  // As far from the file's beginning as the file's name in the playbook.
  const inset = '#'.repeat(playbook.indexOf('some.yml') - 3)
  const far = await runText(playbook, { files: { 'some.yml': `${inset}\n- pign:` } })
  assert.match(far.problems, /some.yml:2:3/)
})

test('what need not be wrong is warned of, and the run goes on', async () => {
  const ran = await runText(
    `- hosts: all
  tasks:
    - {ping: , tags: network}
    - {ping: , delegate_to: sever, when: false}
    - {replace: {path: /nowhere, regexp: "(*.x)"}, when: false, notify: handel}
    - {debug: {msg: "{{ 1 | own }}"}, when: false}
  handlers: [{name: handler, ping: , notify: nobody}]`,
    { hosts: ['server'], args: ['--tags', 'all,netwrk'] },
  )
  assert.is(ran.problems, '')
  assert.equal(ran.steps, [
    'ping server ok',
    'ping server skipped',
    'replace server skipped',
    'debug server skipped',
  ])
  const warnings = ran.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
  assert.equal(warnings, [
    'unknown host "sever" in the inventory; did you mean "server"?',
    'unknown handler "handel"; did you mean "handler"?',
    'regexp: "(*.x)" is not a regular expression: nothing to repeat',
    'unknown filter "own"; a filter of a plugin in Python is not run; docs/plugins.md says how to write one in TypeScript',
    'unknown handler "nobody"',
    'no task has the tag "netwrk"; did you mean "network"?',
  ])
})

test('what a file says that is imported twice is warned of once', async () => {
  const ran = await runText(
    '- {hosts: all, tasks: [{import_tasks: t.yml}, {import_tasks: t.yml}, {ping: , notify: nobody, when: false}]}',
    { files: { 't.yml': '- {ping: , notify: nobody, when: false}' } },
  )
  const places = ran.events.flatMap((event) => (event.type === 'warning' ? [event.location?.file] : []))
  assert.equal(
    places.map((file) => file?.replace(/.*\//, '')),
    ['t.yml', 'play.yml'],
  )
})

test('arguments of one line may have a hyphen in their names', async () => {
  const ran = await runText(
    '- {hosts: all, tasks: [{systemd: name=x daemon-reload=true, when: false}, {systemd: daemon-relod=true, when: false}]}',
  )
  assert.match(ran.problems, /^play.yml:1:\d+: systemd has no argument "daemon-relod"/)
  assert.not.match(ran.problems, /free text|argument "daemon-reload"/)
})

test('a file of tasks that a role is used with may be imported by its handlers', async () => {
  const ran = await runText('- {hosts: all, tasks: [{import_role: {name: a, tasks_from: reload}}]}', {
    files: {
      'roles/a/tasks/reload.yml': '- ping:\n',
      'roles/a/handlers/main.yml': '- import_tasks: reload.yml\n',
    },
  })
  assert.is(ran.problems, '')
  assert.is(ran.steps.length, 1)
})

test('what Windows is told may be a text, as for command and shell', async () => {
  const files = { 'library/win_shell.ps1': '', 'library/other.ps1': '' }
  const ran = await runText(
    '- {hosts: all, tasks: [{win_shell: "a | b", when: false}, {other: "a | b", when: false}]}',
    { files },
  )
  assert.match(ran.problems, /^play.yml:1:\d+: other takes no free text/)
  assert.not.match(ran.problems, /win_shell takes/)
})

test.run()
