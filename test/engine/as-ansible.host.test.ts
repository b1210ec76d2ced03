import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('what tasks of Ansible rely on')

/** Tasks whose assertions hold under Ansible, by what they show. */
const TASKS: Record<string, string> = {
  'names of variables that templates make': `
  - set_fact: {"v_{{n}}": 1}
    vars: {n: one}
  - set_fact: "{{item}}_line={{item}}"
    with_items: [a, b]
  - assert: {that: [v_one == 1, a_line == 'a', b_line == 'b']}`,
  'arguments that a template makes': `
  - debug: "{{given}}"
    vars: {given: {msg: hello}}
    register: whole
  - debug:
    args: "{{given}}"
    vars: {given: {msg: other}}
    register: below
  - assert: {that: [whole.msg == 'hello', below.msg == 'other']}`,
  'escapes in arguments of one line': `
  - debug: msg="a\\tb\\\\n"
    register: r
  - assert: {that: ["r.msg | length == 5"]}`,
  'what a turn of a loop knows of itself': `
  - debug: {msg: "{{ansible_loop_var}} {{ansible_index_var}} {{i}} {{x}} {{'allitems' in ansible_loop}}"}
    loop: [p, q]
    loop_control: {loop_var: "{{called}}", index_var: i, extended: true, extended_allitems: false}
    vars: {called: x}
    register: r
  - assert:
      that:
      - r.results[1].msg == 'x i 1 q False'
      - r.results[1].x == 'q' and r.results[1].i == 1
      - r.results[1].ansible_index_var == 'i' and r.results[1].ansible_loop.last`,
  'lists and maps in the wrong kind of loop': `
  - {debug: , with_dict: "{{[1]}}", register: one, ignore_errors: true}
  - {debug: , with_list: "{{ {'a': 1} }}", register: two, ignore_errors: true}
  - {debug: , with_together: [], register: three, ignore_errors: true}
  - assert: {that: ["'with_dict expects a dict' in one.msg", "two.msg == 'with_list expects a list'", "three.msg == 'with_together requires at least one element in each list'"]}`,
  'mistakes that are meant to fail': `
  - {slurp: , register: nothing, ignore_errors: true}
  - {command: , register: empty, ignore_errors: true}
  - {add_host: nonsense here, register: host, ignore_errors: true}
  - block: [{copy: {src: nowhere, dest: /none/x}}]
    rescue: [{set_fact: {rescued: "{{ansible_failed_task.name}}"}}]
  - assert: {that: [nothing is failed, empty.msg == 'no command given', empty.rc == 256, host is failed, rescued is defined]}`,
  'commands that are not there, and folders that are not': `
  - {command: no-such-program-here x, register: one, ignore_errors: true}
  - {command: "true", args: {chdir: /no/such}, register: two, ignore_errors: true}
  - {command: "true", args: {executable: /bin/x}, register: three}
  - assert:
      that:
      - one.rc == 2 and one.stderr == '' and 'No such file or directory' in one.msg
      - "'Unable to change directory' in two.msg"
      - three.warnings | length == 1`,
  'hosts that are added again with other variables': `
  - {add_host: {name: other, v: 1}, register: one}
  - {add_host: {name: other, v: 1}, register: two}
  - {add_host: {name: other, v: 2}, register: three}
  - {add_host: {name: "third:22"}, register: four}
  - assert: {that: [one is changed, two is not changed, three is changed, four.add_host.host_vars.ansible_ssh_port == 22]}`,
  'files of variables that cannot be read': `
  - {include_vars: {file: none.yml}, register: r, ignore_errors: true}
  - assert: {that: ["'Could not find file' in r.message"]}`,
  'a pause, and where files are looked for': `
  - {pause: {seconds: 1}, register: r}
  - assert: {that: [r.delta == 1, "r.stdout is match('Paused for 1')", r is not changed, 'playbook_dir == ansible_search_path | last']}`,
  'ping that is to crash': `
  - {ping: {data: crash}, register: r, ignore_errors: true}
  - assert: {that: ["'boom' in r.module_stderr"]}`,
}

test('a pause without a time asks somebody, and goes on where there is nobody', async () => {
  const playbook =
    '- {hosts: all, tasks: [{pause: {prompt: really, echo: false}, register: r}, {debug: {var: r.user_input}}]}'
  const asked = await runText(playbook, { answer: 'yes' })
  assert.is(asked.result('debug').values['r.user_input'], 'yes')
  const alone = await runText(playbook)
  assert.is(alone.exitStatus, 0)
  assert.match(JSON.stringify(alone.events), /nobody is there to be asked/)
})

for (const [title, tasks] of Object.entries(TASKS)) {
  test(title, async () => {
    const ran = await runText(`- hosts: all\n  tasks:${tasks}\n`)
    const failed = ran.events.flatMap((event) =>
      event.type === 'host-finished' && event.result.status === 'failed' && !event.result.ignored
        ? [`${event.task.name}: ${event.result.message}`]
        : [],
    )
    assert.is(ran.exitStatus, 0, `${ran.problems}${failed.join('\n')}`)
  })
}

test('a template file knows what it is, and where it goes', async () => {
  const ran = await runText(
    `- hosts: all
  tasks:
  - set_fact: {text: "{{lookup('template', 't.j2')}}"}
  - assert:
      that:
      - text.split()[0] == 't.j2'
      - text.split()[1] is match('/.*/t.j2$')
      - text.split()[2] is match('[0-9]{4}-')`,
    {
      files: { 'templates/t.j2': '{{template_path | basename}} {{template_fullpath}} {{template_run_date}}' },
    },
  )
  assert.is(ran.exitStatus, 0, ran.problems)
})

test('a role may import other tasks of its own', async () => {
  const ran = await runText('- {hosts: all, roles: [r]}', {
    files: {
      'roles/r/tasks/main.yml': '- {import_role: {name: r, tasks_from: more}}',
      'roles/r/tasks/more.yml': '- {name: more, debug: {msg: "{{ansible_parent_role_names}}"}}',
    },
  })
  assert.is(ran.exitStatus, 0, ran.problems)
})

test.run()
