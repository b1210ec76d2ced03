import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { keepRun, spoolNames } from '../../src/history/spool.ts'
import { changed, item, ok, result, Story, textChange } from '../report/events.ts'
import { kept, mode, newFolder, spooled } from './kept.ts'

const test = suite<{ folder: string }>('runs as they end')

test.before.each((context) => {
  context.folder = newFolder()
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

test('a run comes back as it was, but for what no report shows', async ({ folder }) => {
  const loop = result('changed', { items: [item('x', mode)] })
  const failed = result('failed', { message: 'no', values: { rc: 1 } })
  const told = await kept(folder, { a: mode, b: loop, c: failed })
  const [run] = await spooled(folder)
  const events = told.events.filter(({ type }) => !/host-started|item-finished|play-finished/.test(type))
  assert.equal(
    run!.events.map(({ event }) => event),
    events,
  )
  assert.equal(run!.about, { folder: '/here' })
})

test('values of what is well are left away, and long texts but for their ends', async ({ folder }) => {
  const long = `${'x'.repeat(100_000)}end`
  await kept(folder, {
    a: ok({ ansible_facts: { a: 1 }, stdout: 'much' }),
    b: changed([textChange('content', long, 'y')], { stdout: long }),
  })
  const [run] = await spooled(folder)
  const results = run!.events.flatMap(({ event }) => (event.type === 'host-finished' ? [event.result] : []))
  assert.equal(results[0]!.values, { changed: false })
  assert.is(String(results[1]!.values.stdout).length, 64 * 1024)
  const [name] = readdirSync(folder)
  assert.match(name!, /\.jsonl\.gz$/)
  assert.ok(statSync(join(folder, name!)).size < 16 * 1024, 'it is packed')
  assert.match(String(results[1]!.values.stdout), /end$/)
  assert.is(results[1]!.changes[0]!.text, undefined)
})

test('a run that is packed as it goes comes back whole', async ({ folder }) => {
  const recording = keepRun(folder, { folder: '/here' })
  const hosts = Array.from({ length: 8000 }, (_, at) => `host${at}`)
  const story = new Story((event) => recording.listener(event), hosts).play()
  for (const name of ['first', 'second'])
    story.task(name, 'file', Object.fromEntries(hosts.map((host) => [host, ok()])))
  story.end()
  await recording.finish()
  const [run] = await spooled(folder)
  const told = run!.events.flatMap(({ event }) =>
    event.type === 'host-finished' ? [`${event.task.name} ${event.host}`] : [],
  )
  assert.equal(
    told,
    ['first', 'second'].flatMap((name) => hosts.map((host) => `${name} ${host}`)),
  )
})

test('only its user may read it', async ({ folder }) => {
  const deep = join(folder, 'deep', 'er')
  await kept(deep, { a: ok() })
  assert.is(statSync(join(folder, 'deep')).mode & 0o777, 0o700)
  assert.is(statSync(deep).mode & 0o777, 0o700)
  const [name] = readdirSync(deep)
  assert.is(statSync(join(deep, name!)).mode & 0o777, 0o600)
})

test('runs that end together are all kept', async ({ folder }) => {
  await Promise.all(Array.from({ length: 5 }, () => kept(folder, { a: ok() })))
  assert.is((await spooled(folder)).length, 5)
})

test('the oldest of 200 goes, and one of an earlier version is older', async ({ folder }) => {
  for (let number = 1; number <= 200; number += 1) writeFileSync(join(folder, `${number}.jsonl.gz`), '')
  await kept(folder, { a: ok() })
  const names = await spoolNames(folder)
  assert.is(names.length, 200)
  assert.is(names[0], '2.jsonl.gz')
  assert.match(names[199]!, /^\d{13}-[\da-f]{8}\.jsonl$/)
})

test('a run is not disturbed where nothing can be kept', async ({ folder }) => {
  writeFileSync(join(folder, 'file'), '')
  await kept(join(folder, 'file', 'folder'), { a: ok() })
  assert.equal(readdirSync(folder), ['file'])
})

test('a run that breaks off is not kept', async ({ folder }) => {
  mkdirSync(join(folder, 'runs'))
  const recording = keepRun(join(folder, 'runs'), { folder })
  new Story(recording.listener, ['a']).play()
  await recording.finish()
  assert.equal(readdirSync(join(folder, 'runs')), [])
})

test.run()
