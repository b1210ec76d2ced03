import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Running, runText, warningPing } from '../../support/playbook.ts'
import { EveryReport } from '../../support/reports.ts'

const test = suite('no_log')

const SECRET = 'S3CRET'

/** Tasks that tell SECRET in every way they can unless no_log hides it; statuses they must end with. */
const table: [what: string, tasks: string, steps: string[], running?: Running][] = [
  [
    'what a command is, prints and returns',
    '- {name: a, shell: "echo {{s}}; echo {{s}} >&2; sleep 0.3; echo {{s}}", no_log: true, register: r}',
    ['a one changed'],
  ],
  [
    'a command that fails',
    '- {name: a, shell: "echo {{s}}; exit 3", no_log: true, ignore_errors: true}',
    ['a one failed'],
  ],
  [
    'items: labels, commands, output, values',
    '- {name: a, shell: "echo {{item}}; sleep 0.3; echo {{item}}", loop: ["{{s}}", "b{{s}}"], no_log: true}',
    ['a one changed'],
  ],
  [
    'items that fail',
    '- {name: a, shell: "echo {{item}}; exit 3", loop: ["{{s}}", "b{{s}}"], no_log: true, ignore_errors: true}',
    ['a one failed'],
  ],
  [
    'items that are skipped',
    '- {name: a, command: "echo {{item}}", loop: ["{{s}}"], when: eq item "x", no_log: true}',
    ['a one skipped'],
  ],
  [
    'a label, an index and what an extended loop says',
    `- {name: a, command: "echo {{ansible_loop.allitems}}", loop: ["{{s}}"], no_log: true,
       loop_control: {label: "of {{item}}", index_var: i, extended: true}}`,
    ['a one changed'],
  ],
  [
    'items that are maps with names',
    '- {name: a, command: "echo {{item.name}}", loop: [{name: "{{s}}"}], no_log: true}',
    ['a one changed'],
  ],
  [
    'only the items that it is set for',
    '- {name: a, command: "echo {{item}}", loop: ["{{s}}", shown], no_log: "{{eq item s}}"}',
    ['a one changed'],
  ],
  [
    'names of changes, of files, and their contents',
    `- {name: a, copy: {content: "{{s}}", dest: "{{playbook_dir}}/{{s}}"}, no_log: true}
- {name: b, copy: {content: "{{item}}", dest: "{{playbook_dir}}/{{item}}"}, loop: ["1{{s}}", "2{{s}}"], no_log: true}
- {name: c, lineinfile: {path: "{{playbook_dir}}/{{s}}", line: "{{s}}2"}, no_log: true}`,
    ['a one changed', 'b one changed', 'c one changed'],
  ],
  [
    'its own name',
    '- {name: "a {{s}}", command: "true", no_log: true}\n- {name: "b {{s}}", command: "true", loop: [1], no_log: "{{item}}"}',
    ['a {{s}} one changed', 'b {{s}} one changed'],
  ],
  [
    'templates and keywords that fail with the value in their message',
    `- {name: a, command: "{{int s}}", no_log: true, ignore_errors: true}
- {name: b, file: {path: /tmp, mode: "{{s}}"}, no_log: true, ignore_errors: true}
- {name: c, command: "true", loop: "{{s}}", no_log: true, ignore_errors: true}
- {name: d, command: "true", delegate_to: "{{s.x.y}}", no_log: true, ignore_errors: true}
- {name: e, copy: {src: "{{s}}", dest: /tmp/x}, no_log: true, ignore_errors: true}
- {name: f, command: "true", vars: {ansible_port: "{{s}}"}, no_log: true, ignore_errors: true}
- {name: g, command: "true", throttle: "{{s}}", run_once: "{{s}}", no_log: true, ignore_errors: true}
- {name: h, command: "true", notify: "{{s.x.y}}", no_log: true, ignore_errors: true}
- {name: i, command: "true", become: true, become_method: "{{s}}", no_log: true, ignore_errors: true}
- {name: j, command: "true", until: eq 1 2, retries: "{{s}}", delay: "{{s}}", no_log: true, ignore_errors: true}
- {name: k, command: "true", timeout: "{{s}}", no_log: true, ignore_errors: true}
- {name: l, command: "true", ignore_errors: "{{s}}", no_log: true}`,
    [],
  ],
  [
    'tries that are made again',
    '- {name: a, shell: "echo {{s}}; false", until: false, retries: 1, delay: 0, no_log: true, ignore_errors: true}',
    ['a one failed'],
  ],
  [
    'conditions that fail or do not hold',
    `- {name: a, command: "true", when: eq s "${SECRET}x", no_log: true}
- {name: b, command: "true", failed_when: eq s "${SECRET}", no_log: true, ignore_errors: true}
- {name: c, assert: {that: eq s "${SECRET}x", fail_msg: "{{s}}"}, no_log: true, ignore_errors: true}
- {name: d, fail: {msg: "{{s}}"}, no_log: true, ignore_errors: true}`,
    ['a one skipped', 'b one failed', 'c one failed', 'd one failed'],
  ],
  [
    'what debug and set_fact are given',
    `- {name: a, debug: {msg: "{{s}}"}, no_log: true}
- {name: b, debug: {var: s}, no_log: true}
- {name: c, set_fact: {x: "{{s}}"}, no_log: true}
- {name: d, debug: {msg: "{{item}}"}, loop: ["{{s}}"], no_log: true}`,
    ['a one ok', 'b one ok', 'c one ok', 'd one ok'],
  ],
  [
    'blocks, with what rescues them and what they tell always',
    `- no_log: true
  block: [{name: a, shell: "echo {{s}}; exit 1"}]
  rescue: [{name: b, debug: {msg: "{{ansible_failed_result.stdout}}"}}]
  always: [{name: c, debug: {msg: "{{s}}"}, loop: ["{{s}}"]}]`,
    ['a one failed', 'b one ok', 'c one ok'],
  ],
  [
    'values that mean yes, and one that means nothing',
    `- {name: a, command: "echo {{s}}", no_log: "{{hide}}"}
- {name: b, command: "echo {{s}}", no_log: "{{#if hide}}True{{/if}}"}
- {name: c, command: "echo {{s}}", no_log: "yes"}
- {name: d, command: "echo {{s}}", no_log: 1}
- {name: e, command: "echo {{item}}", loop: ["{{s}}"], no_log: "{{#if hide}}yes{{/if}}"}
- {name: f, command: "echo {{s}}", no_log: "{{odd}}", ignore_errors: true}`,
    [...['a', 'b', 'c', 'd', 'e'].map((name) => `${name} one changed`), 'f one failed'],
  ],
  [
    'an expression that fails itself, which fails the task',
    `- {name: a, command: "echo {{s}}", no_log: "{{hide.x.y}}", ignore_errors: true}
- {name: b, command: "echo {{item}}", loop: ["{{s}}"], no_log: "{{int s}}", ignore_errors: true}`,
    ['a one failed', 'b one failed'],
  ],
  [
    'delegated tasks, on hosts and in what is told of them',
    '- {name: a, shell: "echo {{s}}; exit 1", delegate_to: two, loop: ["{{s}}"], no_log: true, ignore_errors: true}',
    ['a one failed', 'a two failed'],
    { hosts: ['one', 'two'] },
  ],
  ['handlers', '- {name: a, command: "true", notify: h}', ['a one changed', 'h one changed']],
  [
    'the name of an included file, and of one that is missing',
    `- {name: a, include_tasks: "{{s}}.yml", no_log: true, vars: {x: 1}}
- block: [{name: b, include_tasks: "{{s}}.yml", loop: [1, 2], no_log: true}]
  rescue: [{name: c, debug: {msg: "{{ansible_failed_task.name}}"}}]
- block: [{name: d, include_role: {name: "{{s}}"}, no_log: true}]
  rescue: [{name: e, ping: }]`,
    [],
  ],
  [
    'hosts that cannot be reached',
    `- {name: a, command: "echo {{s}}", no_log: true, ignore_unreachable: true,
       vars: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 9, ansible_user: "{{s}}"}}`,
    ['a one unreachable'],
  ],
]

const plays = (tasks: string) => `
- hosts: all
  vars: {s: ${SECRET}, hide: true, odd: neither}
  tasks:
${tasks.replace(/^/gm, '    ')}
  handlers: [{name: h, shell: "echo {{s}}", no_log: true}]
`

async function told(playbook: string, running: Running = {}) {
  const reports = new EveryReport()
  const { args = [], onEvent } = running
  const ran = await runText(playbook, {
    ...running,
    args: ['-vvv', '--diff', '--profile', ...args],
    onEvent: (event, interrupt) => {
      reports.listener(event)
      onEvent?.(event, interrupt)
    },
  })
  assert.is(ran.problems, '')
  return { ran, texts: await reports.texts() }
}

for (const [what, tasks, steps, running] of table) {
  for (const check of [[], ['--check']]) {
    test(`no_log hides what there is of ${what} ${check}`, async () => {
      const { ran, texts } = await told(plays(tasks), { ...running, args: check })
      if (check.length === 0 && steps.length > 0) assert.equal(ran.steps, steps)
      for (const [report, text] of texts) assert.not.match(text, SECRET, report)
      assert.not.match(JSON.stringify(ran.events), SECRET)
    })
  }
}

test('what is hidden can be used all the same', async () => {
  const playbook = plays(`
- {name: a, command: "echo {{s}}", no_log: true, register: r}
- {name: b, command: "echo {{item}}", loop: ["{{s}}"], no_log: true, register: l}
- block: [{name: c, fail: {msg: "{{s}}"}, no_log: true}]
  rescue: [{name: d, debug: {msg: "{{ansible_failed_result.msg}} {{r.stdout}} {{l.results.[0].stdout}}"}}]`)
  const { ran } = await told(playbook)
  assert.is(ran.result('d').values.msg, `${SECRET} ${SECRET} ${SECRET}`)
})

test('items that it does not hide are told', async () => {
  const { texts } = await told(
    plays('- {name: a, command: "echo {{item}}", loop: ["{{s}}", shown], no_log: "{{eq item s}}"}'),
  )
  assert.match(texts.get('plain 0 ')!, 'changed: [one] => (item=(hidden))')
  assert.match(texts.get('plain 0 ')!, 'changed: [one] => (item=shown)')
})

test('where no_log cannot be told its place is', async () => {
  const { ran } = await told(
    plays('- {name: a, command: "echo {{s}}", no_log: "{{hide.x.y}}", ignore_errors: true}'),
  )
  assert.match(
    ran.result('a').message!,
    /hidden: it cannot be told whether no_log is set \(.*play.yml:5:\d+\)/,
  )
})

test('an interrupt tells nothing of what it hides', async () => {
  const { texts } = await told(
    plays('- {name: "a {{s}}", shell: "echo {{s}}; sleep 1; echo {{s}}", loop: ["{{s}}"], no_log: true}'),
    {
      onEvent: (event, interrupt) =>
        void (event.type === 'connected' && setTimeout(() => interrupt.request(), 200)),
    },
  )
  for (const [report, text] of texts) assert.not.match(text, SECRET, report)
})

test('what a module warns of is hidden for items too', async () => {
  const { texts } = await told(
    plays('- {name: a, ping: {data: "{{item}}"}, loop: ["{{s}}"], no_log: true}'),
    { modules: { ping: warningPing } },
  )
  for (const [report, text] of texts) assert.not.match(text, SECRET, report)
})

test.run()
