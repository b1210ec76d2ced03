import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KeptLines, type KeptRun, readKept } from '../../src/history/kept-run.ts'
import type { Event, TaskInfo, TaskResult } from '../../src/protocol/event.ts'
import { changed, item, ok, result } from '../report/events.ts'

const test = suite('lines of a run')

const location = { file: 'site.yml', line: 3, column: 5 }
const task: TaskInfo = { id: 1, play: 1, name: 'folder', action: 'file', location, handler: false }
const other: TaskInfo = { ...task, id: 2, name: 'line' }
const END: Event = { type: 'run-finished', stats: {}, interrupted: false, seconds: 1 }

const begun = [task, other].map((of): Event => ({ type: 'task-started', task: of, hosts: [] }))
const ends = (host: string, of: TaskResult, at = task): Event => ({
  type: 'host-finished',
  task: at,
  host,
  result: of,
})

function lines(events: readonly Event[]): string[] {
  const kept = new KeptLines({ folder: '/here' })
  for (const [at, event] of [...begun, ...events, END].entries()) kept.add(event, at)
  return kept.take().split('\n')
}

function results(run: KeptRun | undefined) {
  return run!.events.flatMap(({ event }) => (event.type === 'host-finished' ? [event] : []))
}

const timed = (of: TaskResult, seconds: number): TaskResult => ({ ...of, seconds })
const skipped = result('skipped', { message: 'conditional result was false' })
const failed = result('failed', { message: 'no' })
const loop = result('ok', { items: [item('x', ok())] })

test('hosts that came to the same one after the other are told as if each stood alone', () => {
  const events = [
    ...[ends('a', timed(ok(), 1)), ends('b', timed(ok(), 2)), ends('b', timed(ok(), 3), other)],
    ...[ends('c', changed([])), ends('d', timed(ok(), 4)), ends('e', timed(ok(), 5))],
    ...[ends('f', skipped), ends('g', timed(skipped, 2)), ends('h', ok())],
    ...[ends('i', result('ok', { delegatedTo: 'a' })), ends('j', ok()), ends('k', loop), ends('l', loop)],
    ...[ends('m', failed), ends('n', failed), ends('o', ok({ changed: true }))],
    ...[ends('p', ok({ changed: 'odd' })), ends('q', ok()), ends('r', ok(), other)],
  ]
  const alone = events.map((event) => results(readKept(lines([event]).join('\n')))[0])
  assert.equal(results(readKept(lines(events).join('\n'))), alone)
})

test('of a thousand hosts in sync each takes little more than its name', () => {
  const hosts = Array.from({ length: 1000 }, (_, at) => ends(`host${at}`, timed(ok(), 0.25)))
  const text = lines(hosts).join('\n')
  assert.ok(text.length < 1000 * 30, String(text.length))
})

test('a line whose result is nowhere is of no whole run', () => {
  const kept = lines([ends('a', ok()), ends('b', ok())])
  assert.is.not(readKept(kept.join('\n')), undefined)
  assert.is(readKept(kept.filter((_, at) => at !== 3).join('\n')), undefined)
})

test.run()
