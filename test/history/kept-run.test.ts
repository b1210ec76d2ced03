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

test('those that come to it at the same time stand in one line, and are told in their order', () => {
  const kept = new KeptLines({ folder: '/here' })
  const at7 = [ends('a', ok()), ends('b', timed(ok(), 2)), ends('c', timed(ok(), 3)), ends('a', ok(), other)]
  const before = [...begun, ...at7, ends('b', ok(), other), ends('d', timed(ok(), 5)), ends('e', failed)]
  for (const event of before) kept.add(event, 7)
  const first = kept.take()
  for (const event of [ends('f', timed(failed, 6)), ends('g', ok()), ends('h', ok())]) kept.add(event, 8)
  for (const event of [ends('i', ok()), END]) kept.add(event, 9)
  const text = first + kept.take()
  assert.ok(text.includes('\n[7,1,"b",2,"c",3]\n'), text)

  const told = readKept(text)!.events.flatMap(({ at, event }) =>
    event.type === 'host-finished' ? [`${at} ${event.task.id} ${event.host} ${event.result.seconds}`] : [],
  )
  const one = ok().seconds
  const expected = [`7 1 a ${one}`, '7 1 b 2', '7 1 c 3', `7 2 a ${one}`, `7 2 b ${one}`, '7 1 d 5']
  expected.push(`7 1 e ${one}`, '8 1 f 6', `8 1 g ${one}`, `8 1 h ${one}`, `9 1 i ${one}`)
  assert.equal(told, expected)
})

test('a line whose result is nowhere is of no whole run', () => {
  const kept = lines([ends('a', ok()), ends('b', ok())])
  assert.is.not(readKept(kept.join('\n')), undefined)
  assert.is(readKept(kept.filter((_, at) => at !== 3).join('\n')), undefined)
})

test.run()
