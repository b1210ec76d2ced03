import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Database } from '../../src/history/database.ts'
import { drifts } from '../../src/history/drift.ts'
import type { KeptEvent } from '../../src/history/kept-run.ts'
import { writeRun } from '../../src/history/written-run.ts'
import type { TaskResult } from '../../src/protocol/event.ts'
import { ok, Story } from '../report/events.ts'
import { mode } from './kept.ts'

const test = suite('drift')

/** What runs on one day after the other drift, each with its results by host, and asked for in a folder. */
async function driftOf(runs: readonly (readonly [string, Readonly<Record<string, TaskResult>>])[]) {
  const db = await Database.open()
  for (const [index, [folder, results]] of runs.entries()) {
    const events: KeptEvent[] = []
    const at = Date.UTC(2026, 0, index + 1)
    const story = new Story((event) => events.push({ at, event }), Object.keys(results)).play()
    story.task('motd', 'copy', results)
    story.end()
    const all = events.filter(({ event }) => !/host-started|play-finished/.test(event.type))
    writeRun(db, index + 1, `${index}`, { about: { folder }, events: all })
  }
  const lines = drifts(db)
  db.close()
  return lines
}

test('how often, since when without a break, and when last', async () => {
  const a = [mode, mode, ok(), mode, mode]
  const runs = a.map((told, index) => ['/', { a: told, ab: index === 1 ? mode : ok() }] as const)
  assert.equal(await driftOf(runs), [
    'times  since             last              what',
    '    4  2026-01-04 00:00  2026-01-05 00:00  a: file /etc/motd (/site.yml)',
    '    1  2026-01-02 00:00  2026-01-02 00:00  ab: file /etc/motd (/site.yml)',
  ])
})

test('a run that was not about a host, or of other playbooks, breaks nothing', async () => {
  const runs = [
    ['/', { a: mode }],
    ['/', { b: ok() }],
    ['/other', { a: ok() }],
    ['/', { a: mode }],
    ['/', { a: ok() }],
  ] as const
  assert.equal((await driftOf(runs)).slice(1), [
    '    2  2026-01-01 00:00  2026-01-04 00:00  a: file /etc/motd (/site.yml)',
  ])
})

test('nothing is nothing', async () => {
  assert.equal(await driftOf([]), [])
  assert.equal(await driftOf([['/', { a: ok() }]]), [])
})

test.run()
