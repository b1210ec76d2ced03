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
    - {name: said, command: echo}
    - {name: wait, wait_for: {path: "{{playbook_dir}}/x"}}
    - {name: again, command: "false", retries: 1, delay: 0, ignore_errors: true}
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

test.run()
