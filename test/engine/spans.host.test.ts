import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { timing, untimed } from '../../src/engine/spans.ts'
import type { Event } from '../../src/protocol/event.ts'
import { runText } from '../support/playbook.ts'

const test = suite('spans')

function told() {
  const events: Event[] = []
  const phases = () => events.map((event) => (event.type === 'span' ? event.phase : event.type))
  return { phases, timed: timing((event) => events.push(event)) }
}

test('work is done at once, and told of when it has ended', async () => {
  const { phases, timed } = told()
  assert.is(
    timed('planning', () => 1),
    1,
  )
  assert.equal(phases(), ['planning'])
  let end = (_answer: number) => {}
  const work = new Promise<number>((resolve) => {
    end = resolve
  })
  const answer = timed('result', () => work)
  assert.equal(phases(), ['planning'])
  end(2)
  assert.is(await answer, 2)
  assert.equal(phases(), ['planning', 'result'])
})

test('failed work is told of too, and fails', async () => {
  const { phases, timed } = told()
  const fail = () => {
    throw new Error('no')
  }
  assert.throws(() => timed('planning', fail), 'no')
  const caught = await timed('result', async () => fail()).catch((error: Error) => error)
  assert.instance(caught, Error)
  assert.equal(phases(), ['planning', 'result'])
})

test('nobody is told unless asked for', async () => {
  assert.is(
    untimed('planning', () => 1),
    1,
  )
  const { events } = await runText('- {hosts: all, tasks: [{ping: }]}')
  assert.not.ok(events.some(({ type }) => type === 'span'))
})

const playbook = `
- hosts: all
  tasks:
    - {name: file, copy: {content: "x", dest: "{{playbook_dir}}/x"}, loop: [1, 2], loop_control: {pause: 0.01}}
    - {name: look, stat: {path: "{{playbook_dir}}/x"}}
    - {name: said, command: env echo}
    - {name: wait, wait_for: {path: "{{playbook_dir}}/x"}}
    - {name: again, command: env false, retries: 1, delay: 0, ignore_errors: true}
`

function phasesOf(events: readonly Event[], task: string): string[] {
  return events.flatMap((event) => (event.type === 'span' && event.task?.name === task ? [event.phase] : []))
}

test('a turn has the phases that its task needs', async () => {
  const { events } = await runText(playbook, { args: ['--profile'] })
  const looked = ['rendering', 'rendering', 'connecting', 'prefetching', 'result', 'planning']
  assert.equal(phasesOf(events, 'file'), [...looked, 'applying', 'pausing', ...looked])
  assert.equal(phasesOf(events, 'look'), looked)
  const ran = ['rendering', 'connecting', 'planning', 'applying']
  assert.equal(phasesOf(events, 'said'), ['rendering', ...ran])
  const waited = ['rendering', 'rendering', 'connecting', 'pausing', 'probing', 'planning']
  assert.equal(phasesOf(events, 'wait'), waited)
  assert.equal(phasesOf(events, 'again'), ['rendering', ...ran, 'pausing', ...ran])
})

test('without prefetch everything is probed alone', async () => {
  const { events } = await runText(playbook, { args: ['--profile', '--no-prefetch'] })
  const looked = ['rendering', 'rendering', 'connecting', 'probing', 'planning']
  assert.equal(phasesOf(events, 'look'), looked)
  assert.not.ok(events.some(({ type }) => type === 'probed'))
})

test('what was asked is counted, behind a change too', async () => {
  const text = `
- hosts: all
  tasks:
    - {name: one, stat: {path: /}}
    - {name: two, stat: {path: /tmp}}
    - {name: three, copy: {content: x, dest: "{{playbook_dir}}/x"}}
    - {name: four, stat: {path: /etc}}
`
  const { events } = await runText(text)
  const asked = events.flatMap((event) =>
    event.type === 'probed' ? [`${event.task.name} ${event.probes}`] : [],
  )
  assert.equal(asked, ['one 4', 'three 1'])
})

/** What was asked in a play of these tasks, by the task with which it went. */
async function askedIn(tasks: string, args: readonly string[] = []): Promise<string[]> {
  const text = `
- hosts: all
  tasks:
    - {name: one, stat: {path: /}}
${tasks}
    - {name: last, stat: {path: /etc}}
`
  const { events, exitStatus } = await runText(text, { args })
  assert.is(exitStatus, 0)
  return events.flatMap((event) => (event.type === 'probed' ? [`${event.task.name} ${event.probes}`] : []))
}

test('creates and removes are asked ahead', async () => {
  const idle = `
    - {name: made, command: {cmd: 'false', creates: /etc}}
    - {name: gone, shell: {cmd: 'false', removes: /nowhere}}
    - {name: there, script: {cmd: x.sh, chdir: /, creates: etc/pass*}}`
  assert.equal(await askedIn(idle.replace('x.sh', '/bin/true')), ['one 5'])
})

test('a command that only looks is run ahead, and again when something has been changed', async () => {
  const looks = `
    - {name: shown, command: cat /etc/passwd, changed_when: false}
    - {name: counted, shell: 'set -e; cat /etc/passwd | wc -l', loop: [1, 2]}`
  assert.equal(await askedIn(looks), ['one 4'])
  const changed = `
    - {name: look, shell: 'cat {{playbook_dir}}/new || true', register: before}
    - {name: new, copy: {content: "text", dest: "{{playbook_dir}}/new"}}
    - {name: look, command: 'cat {{playbook_dir}}/new', register: after, check_mode: false}
    - {name: seen, assert: {that: ["eq before.stdout ''", "eq after.stdout 'text'"]}}`
  assert.equal(await askedIn(changed), ['one 5', 'new 2'])
})

for (const [what, tasks] of [
  ['a command', '{name: ran, command: env true}'],
  ['one that says that it changes nothing', '{name: ran, command: env true, changed_when: false}'],
  ['raw', '{name: ran, raw: ":"}'],
  ['a loop of them', "{name: ran, command: '{{item}}', loop: ['env true', 'env true']}"],
  ['a job', "{name: ran, command: 'true', async: 9, poll: 1}"],
  ['what waits', '{name: ran, wait_for: {path: /etc}}'],
] as const)
  test(`nothing is asked ahead that ${what} would make stale`, async () => {
    const asked = await askedIn(`    - ${tasks}`)
    assert.equal(asked, ['one 1', 'last 1'])
  })

for (const [what, tasks, args] of [
  ['is not run', "{name: idle, command: 'true', when: false}", []],
  ['is not run under check', "{name: idle, command: 'true'}", ['--check']],
] as const)
  test(`what lies behind a command that ${what} is asked ahead`, async () => {
    assert.equal(await askedIn(`    - ${tasks}`, args), ['one 2'])
  })

test('a command that says that it changes nothing is believed for other hosts', async () => {
  const text = (said: string) => `
- hosts: all
  tasks:
    - {name: one, stat: {path: /}}
    - {name: ran, command: env true, when: "eq inventory_hostname 'a'"${said}}
    - {name: last, stat: {path: /etc}}
`
  const asked = async (said: string) => {
    const { events } = await runText(text(said), { hosts: ['a', 'b'] })
    return events
      .flatMap((event) =>
        event.type === 'probed' ? [`${event.host} ${event.task.name} ${event.probes}`] : [],
      )
      .sort()
  }
  assert.equal(await asked(', changed_when: false'), ['a last 1', 'a one 1', 'b one 2'])
  assert.equal(await asked(''), ['a last 1', 'a one 1', 'b last 1', 'b one 2'])
})

test.run()
