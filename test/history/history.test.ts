import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { drifts } from '../../src/history/drift.ts'
import { failedHosts, keepRun, keptRun, keptRuns } from '../../src/history/history.ts'
import type { KeptRun } from '../../src/history/kept-run.ts'
import { compared, listed } from '../../src/history/shown.ts'
import type { TaskResult } from '../../src/protocol/event.ts'
import { change, changed, item, ok, result, Story, textChange } from '../report/events.ts'

const test = suite<{ folder: string }>('history')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'history-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

async function kept(folder: string, results: Readonly<Record<string, TaskResult>>, from = '/here') {
  const recording = keepRun(folder, { folder: from })
  const story = new Story(recording.listener, Object.keys(results)).play()
  story.task('motd', 'copy', results)
  story.end()
  await recording.finish()
  return story
}

const mode = changed([change('mode', '0644', '0600')], { dest: '/etc/motd' })

test('a run comes back as it was, but for what no report shows', async ({ folder }) => {
  const loop = result('changed', { items: [item('x', mode)] })
  const told = await kept(folder, {
    a: mode,
    b: loop,
    c: result('failed', { message: 'no', values: { rc: 1 } }),
  })
  const run = await keptRun(folder, 1)
  const events = told.events.filter(({ type }) => !/host-started|item-finished|play-finished/.test(type))
  assert.equal(
    run?.events.map(({ event }) => event),
    events,
  )
  assert.equal(run?.about, { folder: '/here' })
})

test('values of what is well are left away, and long texts but for their ends', async ({ folder }) => {
  const long = `${'x'.repeat(100_000)}end`
  await kept(folder, {
    a: ok({ ansible_facts: { a: 1 }, stdout: 'much' }),
    b: changed([textChange('content', long, 'y')], { stdout: long }),
  })
  const results = (await keptRun(folder, 1))!.events.flatMap(({ event }) =>
    event.type === 'host-finished' ? [event.result] : [],
  )
  assert.equal(results[0]!.values, { changed: false })
  assert.is(String(results[1]!.values.stdout).length, 64 * 1024)
  assert.match(String(results[1]!.values.stdout), /end$/)
  assert.is(results[1]!.changes[0]!.text, undefined)
})

test('only its user may read it', async ({ folder }) => {
  await kept(join(folder, 'deep', 'er'), { a: ok() })
  assert.is(statSync(join(folder, 'deep', 'er')).mode & 0o777, 0o700)
  assert.is(statSync(join(folder, 'deep', 'er', '1.jsonl.gz')).mode & 0o777, 0o600)
})

test('runs that end together have numbers of their own', async ({ folder }) => {
  await Promise.all(Array.from({ length: 5 }, () => kept(folder, { a: ok() })))
  assert.equal(
    (await keptRuns(folder)).map(({ number }) => number),
    [1, 2, 3, 4, 5],
  )
})

test('the oldest of 200 goes', async ({ folder }) => {
  for (let number = 1; number <= 200; number += 1) writeFileSync(join(folder, `${number}.jsonl.gz`), '')
  await kept(folder, { a: ok() })
  assert.is(readdirSync(folder).length, 200)
  assert.not(readdirSync(folder).includes('1.jsonl.gz'))
})

test('broken files and folders disturb nothing', async ({ folder }) => {
  writeFileSync(join(folder, '7.jsonl.gz'), 'broken')
  writeFileSync(join(folder, 'file'), '')
  await kept(folder, { a: ok() })
  await kept(join(folder, 'file', 'folder'), { a: ok() })
  assert.equal(
    (await keptRuns(folder)).map(({ number }) => number),
    [8],
  )
})

test('a run that breaks off is not kept', async ({ folder }) => {
  const recording = keepRun(folder, { folder })
  new Story(recording.listener, ['a']).play()
  await recording.finish()
  assert.equal(readdirSync(folder), [])
})

test('hosts that failed are those of the last run from the same folder', async ({ folder }) => {
  await kept(folder, { a: result('failed'), b: result('unreachable'), c: ok() })
  await kept(folder, { c: result('failed') }, '/elsewhere')
  assert.equal(await failedHosts(folder, '/here'), ['a', 'b'])
  assert.is(await failedHosts(folder, '/nowhere'), undefined)
  await kept(folder, { a: ok() })
  assert.equal(await failedHosts(folder, '/here'), [])
})

test('a list says what came of each, and a comparison what differs', async ({ folder }) => {
  await kept(folder, { a: mode, b: ok() })
  await kept(folder, { a: ok(), b: result('failed', { message: 'no' }) })
  const runs = await keptRuns(folder)
  assert.equal(
    listed(runs).map((line) => line.replace(/\d{4}-\S+ \S+/, 'DATE')),
    [
      '1  DATE        1.8 s  site.yml  2 hosts: 1 changed',
      '2  DATE        1.8 s  site.yml  2 hosts: 1 failed',
    ],
  )
  assert.equal(compared(runs[0]!, runs[1]!), [
    '--- run 1: 1 finding',
    '+++ run 2: 1 finding',
    '- a: file /etc/motd',
    '+ b: failed: motd',
    '0 in both',
  ])
})

test('drift: how often, since when without a break, and when last', () => {
  const runs = [mode, mode, ok(), mode, mode].map((told, index): KeptRun => {
    const events: KeptRun['events'][number][] = []
    const at = Date.UTC(2026, 0, index + 1)
    const story = new Story((event) => events.push({ at, event }), ['a', 'ab']).play()
    story.task('motd', 'copy', { a: told, ab: index === 1 ? mode : ok() })
    story.end()
    return { number: index + 1, about: { folder: '/' }, events }
  })
  assert.equal(drifts(runs), [
    'times  since             last              what',
    '    4  2026-01-04 00:00  2026-01-05 00:00  a: file /etc/motd (/site.yml)',
    '    1  2026-01-02 00:00  2026-01-02 00:00  ab: file /etc/motd (/site.yml)',
  ])
  assert.equal(drifts([]), [])
})

test.run()
