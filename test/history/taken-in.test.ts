import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Database } from '../../src/history/database.ts'
import { KeptLines } from '../../src/history/kept-run.ts'
import { takeIn } from '../../src/history/taken-in.ts'
import { changed, Story } from '../report/events.ts'

const test = suite<{ db: Database }>('runs that are taken into the database')

test.before.each(async (context) => {
  context.db = await Database.open()
})
test.after.each(({ db }) => db.close())

function file(name: string, at: number, stdout = '') {
  const lines = new KeptLines({ folder: '/here' })
  const story = new Story((event) => lines.add(event, at), ['a']).play()
  story.task('motd', 'copy', { a: changed([], { stdout }) })
  story.end()
  return { name, content: gzipSync(lines.take()) }
}

function numbers(db: Database) {
  return db.rows('SELECT number FROM runs ORDER BY number').map(({ number }) => number)
}

test('a run of an earlier version keeps its number; one that has it already gets the next', async ({
  db,
}) => {
  const files = [file('3.jsonl.gz', 1), file('7.jsonl.gz', 2), file('1700000000000-00000000.jsonl.gz', 3)]
  const { names, isNew } = await takeIn(db, files)
  assert.equal(names, ['3.jsonl.gz', '7.jsonl.gz', '1700000000000-00000000.jsonl.gz'])
  assert.ok(isNew)
  assert.equal(numbers(db), [3, 7, 8])
  await takeIn(db, [file('3.jsonl.gz', 4)])
  assert.equal(numbers(db), [3, 7, 8, 9])
})

test('a run that the database has is not taken in twice', async ({ db }) => {
  await takeIn(db, [file('1.jsonl.gz', 1)])
  const again = await takeIn(db, [file('1.jsonl.gz', 1)])
  assert.equal(again, { names: ['1.jsonl.gz'], broken: [], isNew: false })
  assert.equal(numbers(db), [1])
})

test('what is no run leaves nothing behind', async ({ db }) => {
  const lines = gzipSync(
    ['{}', '{"at":1,"event":{"type":"run-finished","stats":{"a":{}},"seconds":1}}'].join('\n'),
  )
  const content = Buffer.from('no gzip')
  const { broken } = await takeIn(db, [
    { name: 'a', content },
    { name: 'b', content: lines },
    { name: 'c', content: new Uint8Array() },
  ])
  assert.equal(broken, ['a', 'b', 'c'])
  for (const table of ['runs', 'hosts', 'events']) assert.equal(db.rows(`SELECT * FROM ${table}`), [])
})

test('the oldest of 200 goes, with all that is of it', async ({ db }) => {
  await takeIn(
    db,
    Array.from({ length: 203 }, (_, index) => file(`${index + 1}.jsonl.gz`, index)),
  )
  assert.is(numbers(db).length, 200)
  assert.is(numbers(db)[0], 4)
  for (const table of ['hosts', 'plays', 'tasks', 'results', 'findings', 'events'])
    assert.is(db.rows<{ first: number }>(`SELECT min(run) AS first FROM ${table}`)[0]!.first, 4)
})

test('the oldest goes too when they are too long together, but the last one stays', async ({ db }) => {
  const long = 'x'.repeat(60_000)
  const files = [1, 2, 3, 4].map((number) => file(`${number}.jsonl.gz`, number, long))
  await takeIn(db, files, 220_000)
  assert.equal(numbers(db), [3, 4])
  assert.ok(db.bytes().length < 230_000)
  await takeIn(db, [file('5.jsonl.gz', 5, long)], 1)
  assert.equal(numbers(db), [5])
})

test.run()
