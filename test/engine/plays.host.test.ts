import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Running, runText, warningPing } from '../support/playbook.ts'

const test = suite('plays')

/** Playbooks with the statuses of their tasks, in the order in which they end, and the exit status. */
const table: [what: string, playbook: string, steps: string[], exitStatus: number, running?: Running][] = [
  [
    'tasks run in their order, every one on all hosts',
    '- {hosts: all, tasks: [{name: a, ping: }, {name: b, ping: }]}',
    ['a one ok', 'a two ok', 'b one ok', 'b two ok'],
    0,
    { hosts: ['one', 'two'] },
  ],
  [
    'sections: pre_tasks, roles, tasks, post_tasks, handlers behind each',
    `
- hosts: all
  pre_tasks: [{name: pre, command: "true", notify: told}]
  roles: [r]
  tasks: [{name: task, command: "true", notify: told}]
  post_tasks: [{name: post, ping: }]
  handlers: [{name: told, ping: }]
`,
    [
      'pre one changed',
      'told one ok',
      'r : in role one ok',
      'task one changed',
      'told one ok',
      'post one ok',
    ],
    0,
    { files: { 'roles/r/tasks/main.yml': '- {name: in role, ping: }' } },
  ],
  [
    'a failed host leaves the play, the others go on',
    `
- hosts: all
  tasks:
    - {name: a, fail: {msg: no}, when: eq inventory_hostname "one"}
    - {name: b, ping: }
- hosts: all
  tasks: [{name: c, ping: }]
`,
    ['a one failed', 'a two skipped', 'b two ok', 'c two ok'],
    2,
    { hosts: ['one', 'two'] },
  ],
  [
    'a run ends when all hosts of a play have failed',
    '- {hosts: all, tasks: [{name: a, fail: }]}\n- {hosts: localhost, tasks: [{name: b, ping: }]}',
    ['a one failed'],
    2,
  ],
  [
    'ignore_errors goes on',
    '- {hosts: all, tasks: [{name: a, fail: , ignore_errors: true}, {name: b, ping: }]}',
    ['a one failed', 'b one ok'],
    0,
  ],
  [
    'rescue takes over, always follows',
    `
- hosts: all
  tasks:
    - block: [{name: a, fail: }, {name: never, ping: }]
      rescue: [{name: saved, debug: {msg: "{{ansible_failed_task.name}}: {{ansible_failed_result.msg}}"}}]
      always: [{name: last, ping: }]
    - {name: after, ping: }
`,
    ['a one failed', 'saved one ok', 'last one ok', 'after one ok'],
    0,
  ],
  [
    'a rescue that fails, fails the host after always',
    `
- hosts: all
  tasks:
    - block: [{name: a, fail: }]
      rescue: [{name: b, fail: }]
      always: [{name: c, ping: }]
    - {name: never, ping: }
`,
    ['a one failed', 'b one failed', 'c one ok'],
    2,
  ],
  [
    'serial takes hosts in batches, the last size repeated',
    '- {hosts: all, serial: [1, "50%"], tasks: [{name: a, ping: }, {name: b, ping: }]}',
    ['a h1 ok', 'b h1 ok', 'a h2 ok', 'a h3 ok', 'b h2 ok', 'b h3 ok', 'a h4 ok', 'b h4 ok'],
    0,
    { hosts: ['h1', 'h2', 'h3', 'h4'] },
  ],
  [
    'run_once runs on the first and registers for all',
    `
- hosts: all
  tasks:
    - {name: a, command: echo x, run_once: true, register: r}
    - {name: b, debug: {msg: "{{r.stdout}}"}}
`,
    ['a one changed', 'b one ok', 'b two ok'],
    0,
    { hosts: ['one', 'two'] },
  ],
  [
    'any_errors_fatal ends it for all',
    `
- hosts: all
  any_errors_fatal: true
  tasks:
    - {name: a, fail: , when: eq inventory_hostname "one"}
    - {name: b, ping: }
`,
    ['a one failed', 'a two skipped'],
    2,
    { hosts: ['one', 'two'] },
  ],
  [
    'handlers run once, in their order, and only when something changed',
    `
- hosts: all
  tasks:
    - {name: a, command: "true", notify: [second, first, topic]}
    - {name: b, command: "true", notify: first}
    - {name: c, ping: , notify: never}
  handlers:
    - {name: first, ping: }
    - {name: second, ping: }
    - {name: listening, ping: , listen: topic}
    - {name: never, ping: }
`,
    ['a one changed', 'b one changed', 'c one ok', 'first one ok', 'second one ok', 'listening one ok'],
    0,
  ],
  [
    'flush_handlers runs them here',
    `
- hosts: all
  tasks:
    - {name: a, command: "true", notify: h}
    - meta: flush_handlers
    - {name: b, ping: }
  handlers: [{name: h, ping: }]
`,
    ['a one changed', 'h one ok', 'b one ok'],
    0,
  ],
  [
    'end_host takes one host out, without failing it',
    `
- hosts: all
  tasks:
    - {meta: end_host, when: eq inventory_hostname "one"}
    - {name: a, ping: }
`,
    ['a two ok'],
    0,
    { hosts: ['one', 'two'] },
  ],
  [
    'include_tasks is read for every item, with its variables',
    `
- hosts: all
  tasks:
    - name: inc
      include_tasks: "{{item}}.yml"
      loop: [x, y]
      when: ne item "y"
`,
    ['inc one ok', 'in x one ok'],
    0,
    { files: { 'x.yml': '- {name: "in {{item}}", ping: }', 'y.yml': '- {name: not, ping: }' } },
  ],
  [
    'include_role and import_role bring their defaults, parameters over them',
    `
- hosts: all
  tasks:
    - {name: inc, include_role: {name: r}, vars: {who: "{{inventory_hostname}}"}}
    - {import_role: {name: r, tasks_from: other}}
`,
    ['inc one ok', 'r : hello one one ok', 'r : other nobody one ok'],
    0,
    {
      files: {
        'roles/r/defaults/main.yml': 'who: nobody',
        'roles/r/tasks/main.yml': '- {name: "hello {{who}}", ping: }',
        'roles/r/tasks/other.yml': '- {name: "other {{who}}", ping: }',
      },
    },
  ],
  [
    'a role is run once for the same words, its dependencies before it',
    '- {hosts: all, roles: [b, b, {role: b, p: 1}]}',
    ['a : ta one ok', 'b : tb one ok', 'b : tb one ok'],
    0,
    {
      files: {
        'roles/a/tasks/main.yml': '- {name: ta, ping: }',
        'roles/b/tasks/main.yml': '- {name: tb, ping: }',
        'roles/b/meta/main.yml': 'dependencies: [a]',
      },
    },
  ],
  [
    'tags choose tasks; always and never keep their meaning',
    `
- hosts: all
  tasks:
    - {name: a, ping: , tags: x}
    - {name: b, ping: , tags: [y, never]}
    - {name: c, ping: , tags: always}
    - {name: d, ping: }
`,
    ['a one ok', 'c one ok'],
    0,
    { args: ['--tags', 'x'] },
  ],
  [
    'skip-tags leaves tasks out',
    '- {hosts: all, tasks: [{name: a, ping: , tags: x}, {name: b, ping: }]}',
    ['b one ok'],
    0,
    { args: ['--skip-tags', 'x'] },
  ],
  [
    'start-at-task begins there',
    '- {hosts: all, tasks: [{name: a, ping: }, {name: b, ping: }, {name: c, ping: }]}',
    ['b one ok', 'c one ok'],
    0,
    { args: ['--start-at-task', 'b'] },
  ],
  [
    'limit leaves only some hosts',
    '- {hosts: all, tasks: [{name: a, ping: }]}',
    ['a two ok'],
    0,
    { hosts: ['one', 'two'], args: ['-l', 'two'] },
  ],
  [
    'check skips commands, and tells drift by 3',
    '- {hosts: all, tasks: [{name: a, command: "true"}, {name: b, lineinfile: {path: HERE, line: x}, when: false}]}',
    ['a one skipped', 'b one skipped'],
    0,
    { args: ['-C'] },
  ],
  [
    'wait_for_connection waits for nothing under check',
    '- {hosts: all, tasks: [{name: a, wait_for_connection: , vars: {ansible_connection: ssh, ansible_port: 9}}]}',
    ['a one skipped'],
    0,
    { args: ['-C'] },
  ],
  [
    'check_mode: false runs under check, and counts',
    '- {hosts: all, tasks: [{name: a, command: "true", check_mode: false}]}',
    ['a one changed'],
    3,
    { args: ['-C'] },
  ],
  [
    'until tries again',
    `
- hosts: all
  vars: {file: "{{playbook_dir}}/count"}
  tasks:
    - {name: a, shell: 'echo x >> {{file}}; wc -l < {{file}}', register: r, until: ge r.stdout 3, retries: 5, delay: 0}
    - {name: b, assert: {that: [eq r.attempts 3]}}
`,
    ['a one changed', 'b one ok'],
    0,
  ],
  [
    'until that never holds, fails',
    '- {hosts: all, tasks: [{name: a, command: "true", register: r, until: eq r.rc 1, retries: 1, delay: 0}]}',
    ['a one failed'],
    2,
  ],
  [
    'changed_when and failed_when have the last word',
    `
- hosts: all
  tasks:
    - {name: a, command: "true", changed_when: false}
    - {name: b, command: "false", register: r, failed_when: gt r.rc 1}
    - {name: c, command: echo error, register: r, failed_when: contains r.stdout "error"}
`,
    ['a one ok', 'b one changed', 'c one failed'],
    2,
  ],
  [
    'a skipped task may loop over what is not there',
    '- {hosts: all, tasks: [{name: a, ping: , loop: "{{ansible_nothing}}", when: false}]}',
    ['a one skipped'],
    0,
  ],
  [
    'delegate_to runs elsewhere with the variables of the host',
    '- {hosts: one, tasks: [{name: a, command: "echo {{inventory_hostname}}", delegate_to: two, register: r}, {name: b, assert: {that: eq r.stdout "one"}}]}',
    ['a one changed', 'b one ok'],
    0,
    { hosts: ['one', 'two'] },
  ],
  [
    'environment reaches commands, the inner over the outer',
    `
- hosts: all
  environment: {A: outer, B: outer}
  tasks:
    - {name: a, command: sh -c 'echo $A $B', environment: {B: inner}, register: r}
    - {name: b, assert: {that: eq r.stdout "outer inner"}}
`,
    ['a one changed', 'b one ok'],
    0,
  ],
]

for (const [what, playbook, steps, exitStatus, running] of table) {
  test(what, async () => {
    const ran = await runText(playbook, running)
    assert.is(ran.problems, '')
    assert.equal(ran.steps, steps)
    assert.is(ran.exitStatus, exitStatus)
  })
}

for (const [how, first] of [
  ['import_role', []],
  ['include_role', ['inc one ok']],
] as const) {
  test(`${how} brings what a dependency depends on, and its handlers`, async () => {
    const playbook = `- {hosts: all, tasks: [{name: inc, ${how}: {name: d}}]}`
    const files = {
      'roles/a/tasks/main.yml': '- {name: ta, command: "true", notify: ha}',
      'roles/a/handlers/main.yml': '- {name: ha, ping: }',
      'roles/b/tasks/main.yml': '- {name: tb, ping: }',
      'roles/b/meta/main.yml': 'dependencies: [a]',
      'roles/c/tasks/main.yml': '- {name: tc, ping: }',
      'roles/c/meta/main.yml': 'dependencies: [b]',
      'roles/d/tasks/main.yml': '- import_role: {name: c}',
    }
    const { steps, problems } = await runText(playbook, { files })
    assert.is(problems, '')
    assert.equal(steps, [...first, 'a : ta one changed', 'b : tb one ok', 'c : tc one ok', 'a : ha one ok'])
  })
}

test('free lets hosts go on alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'free-'))
  const gone = join(folder, 'fast is through')
  const wait = `for look in $(seq 600); do [ ! -e '${gone}' ] || exit 0; sleep 0.1; done; exit 1`
  const playbook = `
- hosts: all
  strategy: free
  tasks:
    - {name: a, shell: "${wait}", when: eq inventory_hostname "slow"}
    - {name: b, ping: }
`
  try {
    const { order: steps } = await runText(playbook, {
      hosts: ['slow', 'fast'],
      onEvent(event) {
        const isThrough = event.type === 'host-finished' && event.task.name === 'b' && event.host === 'fast'
        if (isThrough) writeFileSync(gone, '')
      },
    })
    assert.ok(steps.indexOf('b fast ok') < steps.indexOf('a slow changed'), steps.join(', '))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a loop has an end', async () => {
  const play = '- {hosts: all, tasks: [{name: t, debug: {msg: x}, loop: "{{range 0 100001}}"}]}'
  const message = (await runText(play)).result('t').message!
  assert.match(message, 'this loop has 100001 items, and a loop may have 100000')
})

test('every item of a loop shares the list of all', async () => {
  const play = `- hosts: all
  tasks:
    - {name: t, debug: {msg: "{{ansible_loop.length}}"}, loop: "{{range 0 3000}}", loop_control: {extended: true}}`
  assert.is((await runText(play)).stats.one?.ok, 1)
})

test('linear begins no task before the one before it has ended everywhere', async () => {
  const playbook = `
- hosts: all
  tasks:
    - {name: a, command: sleep 0.2, when: eq inventory_hostname "slow"}
    - {name: b, ping: }
`
  const { order } = await runText(playbook, { hosts: ['slow', 'fast'] })
  assert.equal(order.slice(0, 2), ['a fast skipped', 'a slow changed'])
})

test('a block is rescued in the order of the hosts, not in that of their failing', async () => {
  const playbook = `
- hosts: all
  tasks:
    - block: [{name: a, shell: "if [ {{inventory_hostname}} = slow ]; then sleep 0.3; fi; false"}]
      rescue: [{name: b, run_once: true, ping: }]
`
  const { order } = await runText(playbook, { hosts: ['slow', 'fast'] })
  assert.equal(order, ['a fast failed', 'a slow failed', 'b slow ok'])
})

test('statistics count as Ansible does', async () => {
  const playbook = `
- hosts: all
  tasks:
    - {name: a, fail: , ignore_errors: true}
    - block: [{name: b, fail: }]
      rescue: [{name: c, command: "true"}]
    - {name: d, ping: , when: false}
    - {name: e, fail: }
`
  const { stats } = await runText(playbook)
  const expected = { ok: 2, changed: 1, failures: 1, unreachable: 0, skipped: 1, rescued: 1, ignored: 1 }
  assert.equal(stats, { one: expected })
})

test('any_errors_fatal ends hosts that have not included what failed', async () => {
  const playbook = `
- hosts: all
  any_errors_fatal: true
  tasks: [{name: a, include_tasks: part.yml, when: eq inventory_hostname "one"}]
- hosts: all
  tasks: [{name: c, ping: }]
`
  const files = { 'part.yml': '- {name: b, fail: }' }
  const { steps, exitStatus } = await runText(playbook, { hosts: ['one', 'two'], files })
  assert.equal(steps, ['a one ok', 'a two skipped', 'b one failed'])
  assert.is(exitStatus, 2)
})

for (const strategy of ['linear', 'free']) {
  test(`${strategy}: hosts that say nothing give their places to those behind them`, async () => {
    const sockets = new Set<Socket>()
    const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1')
    try {
      await new Promise((resolve) => silent.once('listening', resolve))
      const { port } = silent.address() as AddressInfo
      const inventory = `
all:
  hosts:
    one: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: ${port}}
    two: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: ${port}}
    three: {ansible_connection: local}
`
      const { order } = await runText(
        `- {hosts: all, strategy: ${strategy}, tasks: [{name: a, command: "true"}, {name: b, ping: }]}`,
        { files: { 'hosts.yml': inventory }, args: ['-i', 'HERE/hosts.yml', '-f', '2', '-T', '3'] },
      )
      const ended = order.filter((step) => !step.startsWith('b three'))
      assert.equal(ended.slice(0, 1), ['a three changed'])
      assert.equal(ended.slice(1).sort(), ['a one unreachable', 'a two unreachable'])
      assert.is(order[1] === 'b three ok', strategy === 'free')
    } finally {
      for (const socket of sockets) socket.destroy()
      silent.close()
    }
  })
}

test('an unreachable host that may be is counted as ignored, and goes on', async () => {
  const playbook = `
- hosts: all
  ignore_unreachable: true
  tasks:
    - {name: a, command: "true", vars: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 9}}
    - {name: b, ping: }
`
  const { steps, stats, exitStatus } = await runText(playbook)
  assert.equal(steps, ['a one unreachable', 'b one ok'])
  assert.is(exitStatus, 0)
  const expected = { ok: 2, changed: 0, failures: 0, unreachable: 0, skipped: 0, rescued: 0, ignored: 1 }
  assert.equal(stats, { one: expected })
})

test('what a module warns of is told, unless no_log hides it', async () => {
  const ran = await runText(
    `
- hosts: all
  tasks:
    - {name: one, ping: {data: gap}}
    - {name: some, ping: {data: "{{item}}"}, loop: [dog, cat]}
    - {name: none, ping: {data: secret}, no_log: true}
`,
    { modules: { ping: warningPing } },
  )
  const told = ran.events.flatMap((event) => (event.type === 'warning' ? [event] : []))
  assert.equal(
    told.map(({ message, location }) => [message, location!.line]),
    [
      ['one: mind the gap', 4],
      ['one: mind the dog', 5],
      ['one: mind the cat', 5],
    ],
  )
  assert.equal(ran.result('one').values.warnings, ['mind the gap'])
})

test('no_log shows nothing of the result', async () => {
  const playbook = '- {hosts: all, tasks: [{name: a, command: echo secret, no_log: true}]}'
  const { events } = await runText(playbook)
  const shown = JSON.stringify(events.filter((event) => event.type === 'host-finished'))
  assert.not.match(shown, /secret/)
})

test('an interrupt starts nothing more, lets what runs end, and exits 99', async () => {
  const playbook = '- {hosts: all, tasks: [{name: a, command: sleep 0.2}, {name: b, ping: }]}'
  const ran = await runText(playbook, {
    onEvent: (event, interrupt) => {
      if (event.type === 'connected') setTimeout(() => interrupt.request(), 100)
    },
  })
  assert.equal(ran.steps, ['a one changed'])
  assert.is(ran.exitStatus, 99)
})

test('a second interrupt cuts what runs', async () => {
  const playbook = '- {hosts: all, tasks: [{name: a, command: sleep 30}]}'
  const started = performance.now()
  const ran = await runText(playbook, {
    onEvent: (event, interrupt) => {
      if (event.type !== 'connected') return
      setTimeout(() => interrupt.request(), 100)
      setTimeout(() => interrupt.request(), 200)
    },
  })
  assert.is(ran.exitStatus, 99)
  assert.ok(performance.now() - started < 20_000)
})

test('a prompt is asked for, unless the variable is given', async () => {
  const playbook = `
- hosts: all
  vars_prompt: [{name: sure, prompt: Sure?, private: false}]
  tasks: [{name: a, debug: {msg: "{{sure}}"}}]
`
  assert.is((await runText(playbook, { answer: 'yes' })).result('a').values.msg, 'yes')
  assert.is(
    (await runText(playbook, { answer: 'yes', args: ['-e', 'sure=no'] })).result('a').values.msg,
    'no',
  )
})

test.run()
