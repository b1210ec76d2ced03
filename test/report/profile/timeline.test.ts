import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Timeline } from '../../../src/report/profile/timeline.ts'
import { ok } from '../events.ts'
import { TimedStory } from '../timed.ts'
import { twoHosts } from '../two-hosts.ts'

const test = suite('timeline')

function path(timeline: Timeline): string[] {
  return timeline.path.map(({ host, task }) => `${task.name} ${host}`)
}

/** How long each host waited for others behind each turn, in ms. */
function waits({ turns }: Timeline): string[] {
  return turns.map(({ task, host, ended, waitedUntil }) => {
    return `${task.name} ${host} ${Math.round(waitedUntil * 1000 - ended * 1000)}`
  })
}

test('linear: of every task the host that finished last', () => {
  assert.equal(path(twoHosts()), ['Packages a', 'Settings b'])
})

test('forks: whose end a host had to wait for comes before it', () => {
  const story = new TimedStory(['a', 'b', 'c'])
  const task = story.info('t')
  story.start(task, 0, ['a', 'b']).finish(task, 'b', ok(), 10)
  story.start(task, 11, ['c']).finish(task, 'a', ok(), 20).finish(task, 'c', ok(), 30)
  assert.equal(path(story.taskEnd(task, 30).close(30)), ['t b', 't c'])
})

test('free: the tasks of the host that finished last', () => {
  const story = new TimedStory(['a', 'b'])
  const [one, two] = [story.info('one'), story.info('two')]
  story.start(one, 0, ['a', 'b']).finish(one, 'a', ok(), 10).finish(one, 'b', ok(), 10)
  story.start(two, 10, ['a', 'b']).finish(two, 'b', ok(), 20).finish(two, 'a', ok(), 30)
  const timeline = story.taskEnd(one, 30).taskEnd(two, 30).close(30)
  assert.equal(path(timeline), ['one a', 'two a'])
})

test('a host waits for others until the task ends, under free until its own next one begins', () => {
  assert.equal(waits(twoHosts()), ['Packages a 0', 'Packages b 70', 'Settings a 155', 'Settings b 0'])

  const story = new TimedStory(['a', 'b'])
  const [one, two] = [story.info('one'), story.info('two')]
  story.start(one, 0, ['a', 'b']).finish(one, 'a', ok(), 10)
  story.start(two, 10, ['a']).finish(two, 'a', ok(), 15)
  story.finish(one, 'b', ok(), 40).taskEnd(one, 40).taskEnd(two, 40)
  assert.equal(waits(story.close(40)), ['one a 0', 'one b 0', 'two a 25'])
})

test('what a timeout cut off belongs to its turn, as far as that went', () => {
  const story = new TimedStory(['a'])
  const [one, two] = [story.info('one'), story.info('two')]
  story.start(one, 0, ['a']).finish(one, 'a', ok(), 100).taskEnd(one, 100)
  story.start(two, 100, ['a']).span(one, 'a', 'applying', 20, 110)
  const { turns } = story.finish(two, 'a', ok(), 120).taskEnd(two, 120).close(120)
  assert.equal(turns[0]!.spans, [{ phase: 'applying', what: undefined, began: 0.02, ended: 0.1 }])
  assert.equal(turns[1]!.spans, [])
})

test('phases of a turn never overlap', () => {
  const story = new TimedStory(['a'])
  const task = story.info('t')
  story.start(task, 0, ['a']).span(task, 'a', 'result', 10, 30).span(task, 'a', 'applying', 20, 50)
  story.span(task, 'a', 'planning', 25, 40)
  const { turns } = story.finish(task, 'a', ok(), 60).taskEnd(task, 60).close(60)
  const spans = turns[0]!.spans.map(({ phase, began, ended }) => [phase, began, ended])
  assert.equal(spans, [
    ['result', 0.01, 0.03],
    ['applying', 0.03, 0.05],
  ])
})

test('a turn that an interrupt kept from ending ends with its task', () => {
  const story = new TimedStory(['a', 'b'])
  const task = story.info('t')
  story.start(task, 0, ['a', 'b']).finish(task, 'a', ok(), 10)
  const timeline = story.taskEnd(task, 50).close(60)
  const ends = timeline.turns.map(({ ended, status }) => `${ended} ${status}`)
  assert.equal(ends, ['0.01 ok', '0.05 undefined'])
  assert.equal(path(timeline), ['t b'])
})

test.run()
