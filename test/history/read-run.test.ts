import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Database } from '../../src/history/database.ts'
import { KeptLines, type KeptRun, readKept } from '../../src/history/kept-run.ts'
import { keptNumber, readRun } from '../../src/history/read-run.ts'
import { writeRun } from '../../src/history/written-run.ts'
import type { Event, TaskResult } from '../../src/protocol/event.ts'
import { REPORT_KINDS } from '../../src/report/documents/kinds.ts'
import { createReporter, withReports } from '../../src/report/index.ts'
import { change, changed, item, ok, result, Story, textChange } from '../report/events.ts'
import { mode } from './kept.ts'

const test = suite('a run in tables')

/** A run as its file gives it. */
function fileOf(tell: (listener: (event: Event) => void) => void, limit?: string): KeptRun {
  const lines = new KeptLines({ folder: '/here', ...(limit && { limit }) })
  let at = Date.UTC(2026, 0, 1)
  tell((event) => {
    at += 17
    lines.add(event, at)
  })
  return readKept(lines.take())!
}

async function throughTables(run: KeptRun): Promise<KeptRun> {
  const db = await Database.open()
  writeRun(db, 7, 'file', run)
  const again = await Database.open(db.bytes())
  try {
    assert.is(keptNumber(again), 7)
    assert.is(keptNumber(again, 8), undefined)
    return readRun(again, 7)
  } finally {
    db.close()
    again.close()
  }
}

const ODD = 'nul \0 half \ud800 whole \u{1f600} line\nquote " \x1b[31m'

const RESULTS: Readonly<Record<string, TaskResult>> = {
  changed: mode,
  text: changed([textChange('content', 'a\nb\n', ''), change('list', null, { z: [1, null], a: ODD })], {
    ...{ z: 1, a: { b: [true, null, 1.5, -3, 2 ** 53] }, stdout: ODD, dest: '/etc/motd' },
  }),
  odd: result('failed', { message: ODD, advice: 'try', ran: ODD, values: { rc: 1, stderr: 'no' } }),
  unreachable: result('unreachable', { message: 'no route', advice: 'plug it in' }),
  ignored: result('failed', { message: 'no', ignored: true, delegatedTo: 'other', values: {} }),
  skipped: result('skipped', { message: 'conditional result was false' }),
  foreign: result('changed', { isForeign: true, invocation: { a: 1 } }),
  loop: result('changed', {
    items: [item('x', mode), item(ODD, ok()), item('y', result('failed', { items: [] }))],
  }),
  nested: result('failed', { items: [item('x', result('changed', { items: [item('deep', mode)] }))] }),
  empty: result('changed', { items: [] }),
  [`host ${ODD}`]: mode,
  12: mode,
}

function tellAll(listener: (event: Event) => void): void {
  const story = new Story(listener, Object.keys(RESULTS), { check: true, diff: true })
  const location = { file: 'site.yml', line: 1, column: 1 }
  story.tell({ type: 'play-without-hosts', play: { id: 9, name: ODD, location }, reason: 'no hosts matched' })
  story.play()
  const task = story.task('motd', 'copy', RESULTS)
  story.task(ODD, 'debug', { changed: ok({ msg: 'told' }), text: mode }, true)
  story.tell({ type: 'rescued', task, host: 'changed' })
  story.tell({ type: 'interrupted', running: ['text'], again: false })
  story.end({ interrupted: true, seconds: 12.345678901234567 })
}

test('all events come back as they were', async () => {
  const run = fileOf(tellAll, 'web:&x')
  const types = new Set(run.events.map(({ event }) => event.type))
  assert.is(types.size, 9)
  assert.equal(await throughTables(run), run)
})

test('any texts, numbers and values come back', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 8 })
  const value = fc.jsonValue({ maxDepth: 2 })
  const told = fc.record({ message: text, seconds: fc.double({ noNaN: true, noDefaultInfinity: true }) })
  const property = fc.asyncProperty(text, value, told, async (name, before, more) => {
    const one = changed([{ what: name, before: before as never, after: name }], { [name]: before as never })
    const run = fileOf((listener) => {
      const story = new Story(listener, [name, 'b']).play()
      story.task(name, 'copy', { [name]: { ...one, ...more }, b: result('failed', more) })
      story.end()
    })
    assert.equal(await throughTables(run), run)
  })
  await fc.assert(property, { numRuns: 40 })
})

/** All that can be written of a run, by format and kind of report. */
async function written({ events }: KeptRun): Promise<(readonly [string, string])[]> {
  const folder = mkdtempSync(join(tmpdir(), 'written-'))
  const files = REPORT_KINDS.map((kind) => join(folder, `report.${kind}`))
  const texts: [string, string][] = []
  for (const format of ['default', 'dense', 'minimal', 'oneline', 'json', 'jsonl'] as const) {
    let said = ''
    const stdout = new Writable({
      write: (chunk, _, done) => {
        said += chunk
        done()
      },
    }) as WriteStream
    const shown = createReporter({ format, stdout, env: {}, verbosity: 3, check: true, diff: true })
    let at = 0
    const reporter = await withReports(shown, files, () => new Date(at))
    for (const one of events) {
      at = one.at
      reporter.listener(one.event)
    }
    await reporter.finish()
    // json and jsonl say when they are printed.
    texts.push([format, said.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'NOW')])
  }
  for (const file of files) texts.push([file.slice(folder.length), readFileSync(file, 'utf8')])
  rmSync(folder, { recursive: true })
  return texts
}

test('every format and report is the same, byte for byte', async () => {
  const run = fileOf(tellAll)
  const [before, after] = [await written(run), new Map(await written(await throughTables(run)))]
  assert.is(before.length, 6 + REPORT_KINDS.length)
  for (const [name, text] of before) {
    assert.ok(text.length > 100, name)
    assert.is(after.get(name), text, name)
  }
})

test('what is no longer what was written is said', async () => {
  const db = await Database.open()
  writeRun(db, 1, 'file', fileOf(tellAll))
  db.run("UPDATE results SET returned = '{' WHERE returned IS NOT NULL")
  assert.throws(() => readRun(db, 1), /run 1 is no longer what was written/)
  db.close()
})

test.run()
