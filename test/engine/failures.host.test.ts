import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Running, runText } from '../support/playbook.ts'

const test = suite('failures')

/** Tasks that fail in every part that can be wrong; each is passed over with ignore_errors, and fails without. */
const wrong: [what: string, task: string][] = [
  ['a command', 'command: "false"'],
  ['some items', 'command: "{{item}}", loop: ["false", "true"]'],
  ['every item', 'command: "{{item}}", loop: ["false", "false"]'],
  ['when', 'command: "true", when: eq s.x.y 1'],
  ['when, for each item', 'command: "true", when: eq s.x.y item, loop: [1, 2]'],
  ['loop', 'command: "true", loop: "{{s.x.y}}"'],
  ['a loop over what is not a list', 'command: "true", loop: "{{s}}"'],
  ['a label', 'command: "true", loop: [1], loop_control: {label: "{{s.x.y}}"}'],
  ['a pause', 'command: "true", loop: [1], loop_control: {pause: "{{s}}"}'],
  ['an argument', 'command: "{{s.x.y}}"'],
  ['an argument, for each item', 'command: "{{item.x.y}}", loop: [1, 2]'],
  ['vars', 'command: "{{v}}", vars: {v: "{{s.x.y}}"}'],
  ['until', 'command: "true", until: eq s.x.y 1, retries: 1, delay: 0'],
  ['retries', 'command: "true", until: eq 1 2, retries: "{{s}}", delay: 0'],
  ['delay', 'command: "true", until: eq 1 2, retries: 1, delay: "{{s}}"'],
  ['changed_when', 'command: "true", changed_when: eq s.x.y 1'],
  ['failed_when', 'command: "true", failed_when: eq s.x.y 1'],
  ['notify', 'command: "true", notify: "{{s.x.y}}"'],
  ['notify, of a loop', 'command: "true", loop: [1], notify: "{{s.x.y}}"'],
  ['environment', 'command: "true", environment: {A: "{{s.x.y}}"}'],
  ['delegate_to', 'command: "true", delegate_to: "{{s.x.y}}"'],
  ['delegate_to', 'command: "true", delegate_to: "{{s.x.y}}"'],
  ['become_user', 'command: "true", become: true, become_user: "{{s.x.y}}"'],
  ['become_method', 'command: "true", become: true, become_method: "{{s}}"'],
  ['how the host is reached', 'command: "true", vars: {ansible_port: "{{s}}"}'],
  ['check_mode', 'command: "true", check_mode: "{{s}}"'],
  ['timeout', 'command: "true", timeout: "{{s}}"'],
  ['throttle', 'command: "true", throttle: "{{s}}"'],
  ['run_once', 'command: "true", run_once: "{{s}}"'],
  ['any_errors_fatal', 'command: "true", any_errors_fatal: "{{s}}"'],
  ['the name of an include', 'include_tasks: "{{s.x.y}}.yml"'],
  ['the name of a role', 'include_role: {name: "{{s.x.y}}"}'],
  ['the condition of an include', 'include_tasks: "{{s}}.yml", when: eq s.x.y 1'],
]

const play = (task: string, keywords = '') => `
- hosts: all
  vars: {s: text, yes: true}
  ${keywords}
  tasks:
    - {name: a, ${task}, register: r}
    - {name: b, ping: }
    - {name: c, assert: {that: r.failed}}
`
const none = { ok: 0, changed: 0, failures: 0, unreachable: 0, skipped: 0, rescued: 0, ignored: 0 }

for (const [what, task] of wrong) {
  test(`${what}: ignore_errors passes over it`, async () => {
    const { steps, stats, exitStatus, problems } = await runText(play(`${task}, ignore_errors: true`))
    assert.is(problems, '')
    assert.equal(steps, ['a one failed', 'b one ok', 'c one ok'])
    assert.is(exitStatus, 0)
    assert.equal({ ...stats.one, changed: 0 }, { ...none, ok: 3, ignored: 1 })
  })

  test(`${what}: without ignore_errors it fails its host, and is told`, async () => {
    const { steps, stats, exitStatus, result } = await runText(play(task))
    assert.equal(steps, ['a one failed'])
    assert.ok(result('a').message)
    assert.is(exitStatus, 2)
    assert.equal({ ...stats.one, changed: 0 }, { ...none, failures: 1 })
  })
}

const ignoring: [what: string, playbook: string, steps: string[], exitStatus: number, running?: Running][] = [
  [
    'ignore_errors of a play holds for its tasks and their items',
    play('command: "{{item}}", loop: ["false"]', 'ignore_errors: true'),
    ['a one failed', 'b one ok', 'c one ok'],
    0,
  ],
  [
    'ignore_errors of a block, from a template that gives a text',
    `
- hosts: all
  vars: {go: true}
  tasks:
    - ignore_errors: "{{#if go}}True{{/if}}"
      block: [{name: a, command: "false"}, {name: b, ping: }]
      rescue: [{name: never, ping: }]
    - {name: c, ping: }
`,
    ['a one failed', 'b one ok', 'c one ok'],
    0,
  ],
  [
    'a loop is passed over if every item that fails is',
    play('command: "{{item}}", loop: ["false", "true"], ignore_errors: "{{eq item \'false\'}}"'),
    ['a one failed', 'b one ok', 'c one ok'],
    0,
  ],
  [
    'and not if one that fails is not',
    play(
      'command: "{{item.run}}", loop: [{run: "false", go: true}, {run: "false", go: false}], ignore_errors: "{{item.go}}"',
    ),
    ['a one failed'],
    2,
  ],
  [
    'ignore_errors: false of a task wins over its play',
    play('command: "{{item}}", loop: ["false"], ignore_errors: "no"', 'ignore_errors: true'),
    ['a one failed'],
    2,
  ],
  [
    'ignore_errors passes over no host that cannot be reached',
    play(
      'command: "true", loop: [1, 2], vars: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 9}, ignore_errors: true',
    ),
    ['a one unreachable'],
    4,
  ],
  [
    'any_errors_fatal and max_fail_percentage do not count what is passed over',
    `
- hosts: all
  any_errors_fatal: true
  max_fail_percentage: 0
  tasks:
    - {name: a, command: "{{item}}", loop: ["{{#if (eq inventory_hostname 'one')}}false{{else}}true{{/if}}"], ignore_errors: true}
    - {name: b, ping: }
`,
    ['a one failed', 'a two changed', 'b one ok', 'b two ok'],
    0,
    { hosts: ['one', 'two'] },
  ],
  [
    'nor what is rescued',
    `
- hosts: all
  any_errors_fatal: true
  max_fail_percentage: 0
  tasks:
    - block: [{name: a, fail: , when: eq inventory_hostname "one"}]
      rescue: [{name: b, ping: }]
    - {name: c, ping: }
`,
    ['a one failed', 'a two skipped', 'b one ok', 'c one ok', 'c two ok'],
    0,
    { hosts: ['one', 'two'] },
  ],
  [
    'any_errors_fatal ends it behind what is done always',
    `
- hosts: all
  any_errors_fatal: true
  tasks:
    - block: [{name: a, fail: , when: eq inventory_hostname "one"}]
      always: [{name: b, ping: }]
    - {name: never, ping: }
- hosts: all
  tasks: [{name: never, ping: }]
`,
    ['a one failed', 'a two skipped', 'b one ok', 'b two ok'],
    2,
    { hosts: ['one', 'two'] },
  ],
  [
    'max_fail_percentage ends it behind the task with which too many have failed, and the run with it',
    `
- hosts: all
  max_fail_percentage: 49
  tasks:
    - {name: a, fail: , when: eq inventory_hostname "one"}
    - {name: never, ping: }
- hosts: all
  tasks: [{name: never, ping: }]
`,
    ['a one failed', 'a two skipped'],
    2,
    { hosts: ['one', 'two'] },
  ],
  [
    'max_fail_percentage is not reached by as many as it names',
    `
- hosts: all
  max_fail_percentage: 50
  tasks:
    - {name: a, fail: , when: eq inventory_hostname "one"}
    - {name: b, ping: }
`,
    ['a one failed', 'a two skipped', 'b two ok'],
    2,
    { hosts: ['one', 'two'] },
  ],
]
for (const [what, playbook, steps, exitStatus, running] of ignoring) {
  test(what, async () => {
    const ran = await runText(playbook, running)
    assert.is(ran.problems, '')
    assert.equal(ran.steps, steps)
    assert.is(ran.exitStatus, exitStatus)
  })
}

test('ignore_unreachable goes on with the other items, and with the host', async () => {
  const { result, steps, stats } = await runText(
    play(
      'command: "true", loop: [1, 2], ignore_unreachable: true, vars: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 9}',
    ).replace('r.failed', 'not (default r.failed false)'),
  )
  assert.equal(steps, ['a one unreachable', 'b one ok', 'c one ok'])
  assert.is(result('a').items!.length, 2)
  assert.equal(stats, { one: { ...none, ok: 3, ignored: 1 } })
})

test('only hosts that failed themselves are counted as failed', async () => {
  for (const keyword of ['any_errors_fatal: true', 'run_once: true', 'max_fail_percentage: 0']) {
    const ofTask = keyword.startsWith('run_once')
    const { stats, exitStatus } = await runText(
      `
- hosts: all
  ${ofTask ? 'order: inventory' : keyword}
  tasks: [{name: a, fail: , when: eq inventory_hostname "one"${ofTask ? `, ${keyword}` : ''}}, {name: never, ping: }]
`,
      { hosts: ['one', 'two'] },
    )
    assert.is(stats.one!.failures, 1, keyword)
    assert.is(stats.two?.failures ?? 0, 0, keyword)
    assert.is(exitStatus, 2)
  }
})

test('what changed is counted though it failed, if that is passed over', async () => {
  const { stats } = await runText(play('command: "{{item}}", loop: ["false", "true"], ignore_errors: true'))
  assert.equal(stats, { one: { ...none, ok: 3, changed: 1, ignored: 1 } })
})

test('a meta task that is wrong is told with its place, and fails its host alone', async () => {
  const playbook = `
- hosts: all
  vars: {s: text}
  tasks:
    - {name: a, ping: }
    - {meta: noop, when: eq (default s.x.y inventory_hostname) "one"}
    - {meta: noop, when: and (eq inventory_hostname "one") s.x.y.z}
    - {name: b, ping: }
`
  const { steps, events, exitStatus } = await runText(playbook, { hosts: ['one', 'two'] })
  assert.equal(steps, ['a one ok', 'a two ok', 'b two ok'])
  assert.is(exitStatus, 2)
  const [warning] = events.flatMap((event) => (event.type === 'warning' ? [event] : []))
  assert.match(warning!.message, /^one: .*play.yml:7:/)
})

const attempts: [what: string, task: string, expected: (number | undefined)[]][] = [
  ['the first try does', 'until: succeeded r, retries: 3', [1]],
  ['only retries are given', 'retries: 3', [1]],
  ['only until is given', 'until: true', [1]],
  ['it may be tried once only', 'until: false, retries: 0', [1]],
  ['until looks at it', 'until: eq r.attempts 2, retries: 3', [2]],
  ['changed_when looks at it', 'until: r.changed, changed_when: eq r.attempts 2, retries: 3', [2]],
  ['failed_when looks at it', 'failed_when: eq r.attempts 1, until: not r.failed, retries: 3', [2]],
  ['each item has its own', 'until: eq r.attempts item, retries: 3, loop: [2, 1]', [2, 1]],
  ['there are no tries', 'changed_when: true', [undefined]],
]
for (const [what, task, expected] of attempts) {
  test(`attempts are there when ${what}`, async () => {
    const { result, problems } = await runText(`
- hosts: all
  tasks:
    - {name: a, command: "true", register: r, delay: 0, ${task}}
    - {name: b, debug: {var: r}}
`)
    assert.is(problems, '')
    const { items = [result('a')] } = result('a')
    assert.equal(
      items.map(({ values }) => values.attempts),
      expected,
    )
  })
}

test('an error in changed_when and one in until are both told', async () => {
  const { result } = await runText(`
- hosts: all
  vars: {s: text}
  tasks: [{name: a, command: "true", changed_when: eq s.x 1, until: eq s.y 1, retries: 2, delay: 0}]
`)
  const { message, values, ran } = result('a')
  assert.match(message!, /"x" \(.*play.yml:4:\d+\)\n.*"y" \(.*play.yml:4:\d+\)/)
  assert.match(String(values.changed_when_result), /"x"/)
  assert.is(values.rc, 0)
  assert.is(ran, 'exec true')
})

test('a wrong failed_when keeps what the task returned, and what changed_when said', async () => {
  const { result } = await runText(`
- hosts: all
  vars: {s: text}
  tasks: [{name: a, command: echo out, changed_when: false, failed_when: eq s.x 1}]
`)
  const { values } = result('a')
  assert.is(values.stdout, 'out')
  assert.is(values.changed, false)
  assert.match(String(values.failed_when_result), /"x"/)
})

const missing: [what: string, include: string, message: RegExp][] = [
  ['a tasks file', 'include_tasks: "{{s}}.yml"', /^unknown tasks file "text.yml" \(.*play.yml:5:\d+\)/],
  ['a role', 'include_role: {name: "{{s}}"}', /^unknown role "text" \(.*play.yml:5:\d+\)/],
  [
    'a file of a role',
    'include_role: {name: "{{r}}", tasks_from: part}',
    /^there is no part in .*play.yml:5:/,
  ],
  [
    'a file of a loop',
    'include_tasks: "{{item}}.yml", loop: [there, "{{s}}"]',
    /^unknown tasks file "text.yml"/,
  ],
  ['a file that is not YAML', 'include_tasks: "{{n}}.yml"', /broken.yml:\d+:/],
  [
    'a file that is not a list of tasks',
    'include_tasks: "{{m}}.yml"',
    /a list of tasks is expected \(.*map.yml:1:1\)/,
  ],
]
const files = {
  'there.yml': '- {name: in there, ping: }',
  'broken.yml': '- {name: [}',
  'map.yml': 'a: b',
  'roles/r/tasks/main.yml': '- {ping: }',
}
for (const [what, include, message] of missing) {
  for (const args of [[], ['--no-prefetch']]) {
    test(`${what} that cannot be included fails every host that wants it, with the place ${args}`, async () => {
      const playbook = `
- hosts: all
  vars: {s: text, r: r, n: broken, m: map}
  tasks:
    - {name: a, ${include}, when: ne inventory_hostname "three"}
    - {name: b, ping: }
`
      const hosts = ['one', 'two', 'three']
      const ran = await runText(playbook, { files, hosts, args })
      assert.is(ran.problems, '')
      assert.equal(ran.steps, ['a one failed', 'a two failed', 'a three skipped', 'b three ok'])
      assert.match(ran.result('a', 'one').message!, message)
      assert.match(ran.result('a', 'two').message!, message)
      assert.is(ran.exitStatus, 2)
      assert.not(ran.events.some(({ type }) => type === 'warning'))
      assert.is(ran.stats.one!.failures, 1)
      assert.is(ran.stats.one!.ok, 0)
    })
  }

  test(`${what} that cannot be included can be rescued, and not passed over`, async () => {
    const { steps, result } = await runText(
      `
- hosts: all
  vars: {s: text, r: r, n: broken, m: map}
  tasks:
    - block: [{name: a, ${include}, ignore_errors: true}, {name: never, ping: }]
      rescue: [{name: b, debug: {msg: "{{ansible_failed_result.msg}}"}}]
`,
      { files },
    )
    assert.equal(steps, ['a one failed', 'b one ok'])
    // What playbooks compare says no place; what is shown does.
    const said = String(result('b').values.msg)
    assert.ok(said !== '' && result('a').message!.startsWith(said), said)
  })
}

test('what fails when it is carried out has changed nothing, but a command has', async () => {
  const file = 'copy: {content: a, dest: "{{playbook_dir}}/f", validate: "false %s"}'
  for (const [task, changed] of [
    [file, 0],
    ['command: "false"', 1],
  ] as const) {
    const ran = await runText(`- {hosts: all, tasks: [{${task}, ignore_errors: true, name: t, register: r}]}`)
    assert.equal(
      [ran.result('t').values.changed, Object.values(ran.stats)[0]?.changed],
      [changed === 1, changed],
    )
  }
})

test('what was waited for in vain says for how long', async () => {
  const ran = await runText(
    '- {hosts: all, tasks: [{wait_for: {path: /none/such, timeout: 1, sleep: 1}, name: t, register: r, ignore_errors: true}]}',
  )
  assert.match(String(ran.result('t').values.msg), /Timeout when waiting for/)
  assert.is(Number(ran.result('t').values.elapsed) >= 1, true)
})

test.run()
