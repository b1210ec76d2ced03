import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Prepared } from '../../src/engine/run.ts'
import type { Event, HostStats } from '../../src/protocol/event.ts'
import { type Slice, SliceLost, type SliceResult, type SliceRunner } from '../../src/split/contract.ts'
import { type SplitOptions, splitRun } from '../../src/split/run.ts'
import { Interrupt } from '../support/interrupt.ts'
import { prepared } from '../support/playbook.ts'
import { SlicesHere } from '../support/slices.ts'

interface Running {
  readonly hosts?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly answer?: string
  readonly options?: SplitOptions
  readonly onEvent?: (event: Event, interrupt: Interrupt) => void
  readonly around?: (runner: SlicesHere) => SliceRunner
  /** Where the coordinator keeps facts. */
  readonly facts?: string
}

interface Ran {
  readonly exitStatus: number
  /** "task host status", sorted; of a debug what it says. */
  readonly steps: readonly string[]
  readonly stats: Readonly<Record<string, HostStats>>
  readonly slices: readonly Slice[]
  readonly warnings: readonly string[]
  readonly events: readonly Event[]
}

/** Runs a playbook in slices by three workers: host a, b and c are each another's. HERE is the playbook's folder. */
async function ran(playbook: string, running: Running = {}): Promise<Ran> {
  const { hosts = ['a', 'b', 'c', 'd'], files = {}, args = [], answer, onEvent, options } = running
  const folder = mkdtempSync(join(tmpdir(), 'split-'))
  const interrupt = new Interrupt()
  try {
    for (const [path, text] of Object.entries({ 'play.yml': playbook, ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const flags = [
      '-c',
      'local',
      '-i',
      `${hosts},`,
      '-e',
      `here=${folder}`,
      ...args,
      join(folder, 'play.yml'),
    ]
    const workers = await Promise.all([1, 2, 3].map(() => prepared(flags)))
    const own = keepingFacts(await prepared(flags), running.facts)
    const here = new SlicesHere(workers)
    const events: Event[] = []
    const emit = (event: Event) => {
      events.push(event)
      onEvent?.(event, interrupt)
    }
    const asked = { emit, ask: async () => answer, ...interrupt.signals }
    const exitStatus = await splitRun(own, asked, running.around?.(here) ?? here, options)
    const finished = events.filter((event) => event.type === 'host-finished')
    const ended = events.find((event) => event.type === 'run-finished')!
    const warned = events.filter((event) => event.type === 'warning')
    return {
      ...{ exitStatus, stats: ended.stats, slices: here.slices, events },
      warnings: warned.map(({ message }) => message),
      steps: finished
        .map(({ task, host, result }) => {
          const said = task.action === 'debug' ? result.values.msg : undefined
          return `${task.name} ${host} ${said === undefined ? result.status : JSON.stringify(said)}`
        })
        .sort(),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const PLAY = '- hosts: all\n  gather_facts: false\n'
const test = suite('plays in slices')

test('what runs once runs in one slice, and all hosts have what it brings', async () => {
  const { steps, slices } = await ran(
    `${PLAY}  tasks:
    - {name: once, shell: echo x >> {{here}}/once && wc -l < {{here}}/once, run_once: true, register: r}
    - {name: say, debug: {msg: "{{ r.stdout }}"}}
    - {name: set, set_fact: {v: "{{ inventory_hostname }}"}, run_once: true}
    - {name: tell, debug: {msg: "{{ v }}"}}
`.replace(/shell: (.*?), run_once/, 'shell: "$1", run_once'),
  )
  assert.equal(steps, [
    'once a changed',
    ...['a', 'b', 'c', 'd'].map((host) => `say ${host} "1"`),
    'set a ok',
    ...['a', 'b', 'c', 'd'].map((host) => `tell ${host} "a"`),
  ])
  assert.is(slices.length, 3)
  assert.ok(slices.every(({ across }) => across))
})

test('a failure that is fatal for all ends the slices of the others', async () => {
  const { steps, exitStatus, stats } = await ran(`${PLAY}  any_errors_fatal: true
  tasks:
    - {name: fails, command: "false", when: inventory_hostname == 'b'}
    - {name: never, command: "true"}
- hosts: all
  tasks: [{name: nor this, command: "true"}]
`)
  assert.equal(
    steps.filter((step) => !step.includes('skipped')),
    ['fails b failed'],
  )
  assert.is(exitStatus, 2)
  assert.is(stats.b!.failures, 1)
})

test('max_fail_percentage counts the hosts of all slices', async () => {
  const play = (percentage: number) => `${PLAY}  max_fail_percentage: ${percentage}
  tasks:
    - {name: fails, command: "false", when: "inventory_hostname in ['a', 'b']"}
    - {name: after, command: "true"}
`
  const { steps } = await ran(play(40))
  assert.not(steps.some((step) => step.startsWith('after')))
  const { steps: others } = await ran(play(50))
  assert.equal(
    others.filter((step) => step.startsWith('after')),
    ['after c changed', 'after d changed'],
  )
})

test('variables of hosts of other slices are there, those of earlier plays and of this one', async () => {
  const { steps, slices } = await ran(`${PLAY}  tasks:
    - set_fact: {before: "{{ inventory_hostname }}0"}
- hosts: all
  gather_facts: false
  tasks:
    - {name: set, set_fact: {mine: "{{ inventory_hostname }}1"}}
    - {name: run, command: "echo {{ inventory_hostname }}2", register: r}
    - name: say
      debug: {msg: "{{ ['a','b','c'] | map('extract', hostvars) | map(attribute='before') | join(' ') }} {{ hostvars.a.mine }} {{ hostvars['b'].r.stdout }}"}
`)
  assert.equal(
    steps.filter((step) => step.startsWith('say')),
    ['a', 'b', 'c', 'd'].map((host) => `say ${host} "a0 b0 c0 a1 b2"`),
  )
  assert.equal(
    slices.map(({ across }) => across),
    [false, false, false, true, true, true],
  )
})

test('who is left in the play is known in each slice, in handlers and includes too', async () => {
  const { steps } = await ran(
    `${PLAY}  tasks:
    - {name: fails, command: "false", when: inventory_hostname == 'a', notify: h}
    - {name: changes, command: "true", notify: h, when: "inventory_hostname in ['b', 'd']"}
    - {name: include, include_tasks: "of-{{ inventory_hostname }}.yml"}
    - {name: ends, meta: end_host, when: inventory_hostname == 'c'}
    - {name: say, debug: {msg: "{{ ansible_play_hosts }} {{ ansible_play_hosts_all }} {{ ansible_play_batch }}"}}
  handlers: [{name: h, debug: {msg: "{{ ansible_play_hosts }}"}}]
`,
    {
      files: {
        'of-b.yml': '- {name: of b, command: "true"}',
        'of-c.yml': '- {name: of c, command: "true"}',
        'of-d.yml': '- {name: of d, command: "false", ignore_errors: true}',
      },
    },
  )
  assert.equal(
    steps.filter((step) => /^(say|h|of)/.test(step)),
    [
      ...['h b ["b","d"]', 'h d ["b","d"]', 'of b b changed', 'of c c changed', 'of d d failed'],
      ...['b', 'd'].map((host) => `say ${host} "['b', 'd'] ['a', 'b', 'c', 'd'] ['b', 'd']"`),
    ],
  )
})

test('a throttle holds over all slices', async () => {
  const { steps } = await ran(`${PLAY}  tasks:
    - name: alone
      shell: "mkdir {{ here }}/lock && sleep 0.05 && rmdir {{ here }}/lock"
      throttle: 1
`)
  assert.equal(
    steps,
    ['a', 'b', 'c', 'd'].map((host) => `alone ${host} changed`),
  )
})

test('meta tasks that concern all hosts do so in all slices', async () => {
  const { steps } = await ran(`${PLAY}  serial: 2
  tasks:
    - {name: first, command: "true"}
    - {meta: end_batch, when: inventory_hostname == 'a'}
    - {name: second, command: "true"}
    - {meta: end_play, when: inventory_hostname == 'c'}
    - {name: third, command: "true"}
`)
  assert.equal(steps, [
    ...['first a changed', 'first b changed', 'first c changed', 'first d changed'],
    ...['second c changed', 'second d changed'],
  ])
})

test('hosts and groups that were made in the run are known in slices', async () => {
  const { steps, warnings, slices } = await ran(`${PLAY}  tasks:
    - {add_host: {name: "new{{ item }}", groups: made, kind: "k{{ item }}"}, loop: [1, 2], run_once: true}
    - group_by: {key: "is_{{ inventory_hostname }}"}
- hosts: made:is_a
  gather_facts: false
  tasks: [{name: say, debug: {msg: "{{ kind | default('none') }} {{ groups.made }} {{ group_names }}"}}]
`)
  assert.equal(
    steps.filter((step) => step.startsWith('say')),
    [
      `say a "none ['new1', 'new2'] ['is_a']"`,
      ...[1, 2].map((one) => `say new${one} "k${one} ['new1', 'new2'] ['made']"`),
    ],
  )
  assert.match(
    warnings.join(),
    'is carried out by the coordinator alone: it changes the inventory (add_host)',
  )
  assert.ok(slices.length > 1)
})

test('answers to vars_prompt and values of all kinds reach the slices', async () => {
  const { steps } = await ran(
    `${PLAY}  vars_prompt: [{name: answer, prompt: What, private: false}]
  tasks:
    - set_fact: {whole: "{{ 2.0 }}", keys: "{{ {1: 'x', 'b': none, true: [1]} }}", braces: !unsafe "{{ x }}", big: "{{ 2 ** 70 }}", long: "{{ answer }}"}
- hosts: all
  gather_facts: false
  tasks: [{name: say, debug: {msg: "{{ whole }} {{ keys }} {{ braces }} {{ big }} {{ long }}"}}]
`,
    { answer: 'said', hosts: ['a'] },
  )
  assert.equal(
    steps.filter((step) => step.startsWith('say')),
    [`say a "2.0 {1: 'x', 'b': None, True: [1]} {{ x }} 1180591620717411303424 said"`],
  )
})

test('hosts whose slice is lost are out of reach, and the others go on', async () => {
  const { steps, exitStatus, stats } = await ran(
    `${PLAY}  tasks:
    - {name: does, command: "true"}
`,
    {
      around: (runner) => ({
        ...wrapped(runner),
        run: (slice, hooks) =>
          slice.hosts.includes('b')
            ? Promise.reject(new SliceLost('nobody reaches them', 'start a worker'))
            : runner.run(slice, hooks),
      }),
    },
  )
  assert.equal(steps, [
    'Carrying out the play b unreachable',
    ...['does a changed', 'does c changed', 'does d changed'],
  ])
  assert.is(exitStatus, 4)
  assert.is(stats.b!.unreachable, 1)
})

test('what the coordinator has done is not done again when the run is taken up', async () => {
  const kept = new Map<string, string>()
  const remembering = (runner: SlicesHere): SliceRunner => ({
    ...wrapped(runner),
    remember: async (key, text) => void kept.set(key, text),
    recall: async (key) => kept.get(key),
  })
  const playbook = `${PLAY}  vars_prompt: [{name: answer, prompt: What, private: false}]
  tasks:
    - {name: once, shell: "echo x >> /proc/self/fd/2; date", delegate_to: b, register: r}
    - add_host: {name: new}
    - meta: end_play
- hosts: all
  gather_facts: false
  tasks: [{name: say, debug: {msg: "{{ r.stdout }} {{ groups.all }}"}}]
`
  const first = await ran(playbook, { around: remembering, answer: 'yes' })
  const again = await ran(playbook, { around: remembering, answer: 'no' })
  const said = ({ steps }: Ran) => steps.filter((step) => step.startsWith('say'))
  assert.equal(said(again), said(first))
  assert.is(said(first).length, 5)
  assert.not(again.steps.some((step) => step.startsWith('once')))
  assert.equal(again.stats.a, first.stats.a)
  assert.is(kept.get('asked 1 What: '), 'yes')
})

test('an interrupt ends all slices', async () => {
  const { exitStatus, steps } = await ran(
    `${PLAY}  tasks:
    - {name: first, command: "true"}
    - {name: waits, wait_for: {timeout: 30}}
    - {name: never, command: "true"}
`,
    {
      onEvent: (event, interrupt) => {
        if (event.type === 'host-started' && event.task.name === 'waits') interrupt.request()
      },
    },
  )
  assert.is(exitStatus, 99)
  assert.not(steps.some((step) => step.startsWith('never')))
})

test('with linearAcross no host begins a task before all are through the one before', async () => {
  const { events, slices } = await ran(
    `${PLAY}  tasks:
    - {name: one, command: "sleep 0.{{ inventory_hostname == 'a' and 3 or 0 }}"}
    - {name: two, command: "true"}
`,
    { options: { linearAcross: true } },
  )
  const order = events.flatMap((event) =>
    event.type === 'host-finished'
      ? [event.task.name]
      : event.type === 'host-started'
        ? [`> ${event.task.name}`]
        : [],
  )
  assert.ok(order.lastIndexOf('one') < order.indexOf('> two'), order.join(', '))
  assert.ok(slices.every(({ across }) => across))
})

test('facts are kept for other runs by the coordinator', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facts-'))
  try {
    await ran(`${PLAY}  tasks: [{set_fact: {kept: 1, cacheable: true}}]\n`, {
      hosts: ['a', 'b'],
      facts: folder,
    })
    assert.equal(JSON.parse(readFileSync(join(folder, 'a'), 'utf8')), { kept: 1 })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function keepingFacts(prepared: Prepared, folder: string | undefined): Prepared {
  if (folder === undefined) return prepared
  const { request } = prepared
  const facts = { folder, prefix: '', seconds: 0 }
  return { ...prepared, request: { ...request, execution: { ...request.execution, facts } } }
}

function wrapped(runner: SlicesHere): SliceRunner {
  return {
    isHere: true,
    run: (slice, hooks): Promise<SliceResult> => runner.run(slice, hooks),
    claim: () => runner.claim(),
    partition: (hosts) => runner.partition(hosts),
    remember: (key, text) => runner.remember(key, text),
    recall: (key) => runner.recall(key),
  }
}

test.run()
