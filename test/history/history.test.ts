import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { drifts } from '../../src/history/drift.ts'
import { readRun } from '../../src/history/read-run.ts'
import { listed } from '../../src/history/shown.ts'
import { spoolNames } from '../../src/history/spool.ts'
import { ok } from '../report/events.ts'
import { asked, kept, mode, newFolder, numbers, spooled } from './kept.ts'

const test = suite<{ folder: string }>('the history in a folder')

test.before.each((context) => {
  context.folder = newFolder()
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }))

const file = (folder: string) => join(folder, 'history.db')

/** What Debian's own program finds in it. */
function sqlite(folder: string, query: string): string {
  return execFileSync('sqlite3', [file(folder), query], { encoding: 'utf8' })
}

test('runs are taken into one database, which its user alone may read, and nothing else stays', async ({
  folder,
}) => {
  await kept(folder, { a: mode })
  await kept(folder, { a: ok(), b: mode })
  const runs = await spooled(folder)
  assert.equal(await numbers(folder), [1, 2])
  assert.equal(readdirSync(folder), ['history.db'])
  assert.is(statSync(file(folder)).mode & 0o777, 0o600)
  assert.equal((await asked(folder, (past) => [readRun(past, 1), readRun(past, 2)])).answer, runs)
  const { mtimeMs } = statSync(file(folder))
  await kept(folder, { c: ok() })
  assert.equal(await numbers(folder), [1, 2, 3])
  assert.equal(await numbers(folder), [1, 2, 3])
  assert.ok(statSync(file(folder)).mtimeMs > mtimeMs)
  assert.is(
    sqlite(folder, 'PRAGMA integrity_check; PRAGMA foreign_key_check; SELECT count(*) FROM runs'),
    'ok\n3\n',
  )
})

test('a person can ask it with sqlite3, and have indexes, views and a journal of their own', async ({
  folder,
}) => {
  await kept(folder, { a: mode })
  await asked(folder, listed)
  const query =
    'SELECT host, what, before, after FROM results JOIN changes USING (run) WHERE result = position'
  assert.is(sqlite(folder, query), 'a|mode|"0644"|"0600"\n')
  sqlite(folder, 'PRAGMA journal_mode = WAL')
  assert.equal(await numbers(folder), [1])
  sqlite(folder, 'CREATE INDEX own ON results (host); CREATE VIEW mine AS SELECT * FROM runs')
  await kept(folder, { a: ok() })
  assert.equal(await numbers(folder), [1, 2])
  assert.is(sqlite(folder, 'SELECT count(*) FROM mine'), '2\n')
})

test('a folder of an earlier version is taken in with its numbers', async ({ folder }) => {
  await kept(folder, { a: mode })
  const [name] = await spoolNames(folder)
  const content = readFileSync(join(folder, name!))
  rmSync(join(folder, name!))
  writeFileSync(join(folder, '41.jsonl.gz'), content)
  await kept(folder, { a: ok() })
  assert.equal(await numbers(folder), [41, 42])
  assert.equal(readdirSync(folder), ['history.db'])
})

test('an empty folder, and none', async ({ folder }) => {
  assert.equal(await asked(folder, drifts), { answer: [], warnings: [] })
  assert.equal(await asked(join(folder, 'none'), listed), { answer: [], warnings: [] })
  assert.equal(readdirSync(folder), [])
})

test('what is no folder is a problem', async ({ folder }) => {
  writeFileSync(join(folder, 'file'), '')
  await asked(join(folder, 'file'), listed).then(
    () => assert.unreachable(),
    ({ name, message }) => {
      assert.is(name, 'ProblemError')
      assert.match(message, /the history in .*file cannot be read: ENOTDIR/)
    },
  )
})

const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  'another file': (path) => writeFileSync(path, 'no database'),
  'an empty file': (path) => writeFileSync(path, ''),
  'half of it': (path) => writeFileSync(path, readFileSync(path).subarray(0, statSync(path).size / 2)),
  'overwritten pages': (path) => {
    const content = readFileSync(path)
    writeFileSync(path, content.fill(0xff, 4096, content.length - 4096))
  },
  'another database': (path) => {
    rmSync(path)
    execFileSync('sqlite3', [path, 'CREATE TABLE t (a)'])
  },
  'no more tables': (path) => execFileSync('sqlite3', [path, 'DROP TABLE hosts']),
}

for (const [name, damage] of Object.entries(DAMAGES)) {
  for (const meanwhile of [false, true]) {
    test(`a damaged database is put aside: ${name}${meanwhile ? ', and a run to take in' : ''}`, async ({
      folder,
    }) => {
      await kept(folder, { a: mode })
      await asked(folder, listed)
      damage(file(folder))
      const damaged = readFileSync(file(folder))
      if (meanwhile) await kept(folder, { b: ok() })
      const { answer, warnings } = await asked(folder, listed)
      assert.is(answer.length, meanwhile ? 1 : 0)
      assert.is(warnings.length, 1)
      assert.match(
        warnings[0]!,
        /history\.db is damaged \(.+\); it is .*history\.db\.damaged now, and a new one is begun$/,
      )
      assert.equal(readFileSync(`${file(folder)}.damaged`), damaged)
      await kept(folder, { c: ok() })
      assert.equal(await numbers(folder), meanwhile ? [1, 2] : [1])
      assert.equal((await asked(folder, listed)).warnings, [])
    })
  }
}

test('a value that was damaged in a way SQLite cannot see is a problem, and nothing is put aside', async ({
  folder,
}) => {
  await kept(folder, { a: mode })
  await asked(folder, listed)
  sqlite(folder, "UPDATE results SET returned = '{'")
  await asked(folder, (past) => readRun(past, 1)).then(
    () => assert.unreachable(),
    ({ name, message }) => {
      assert.is(name, 'ProblemError')
      assert.match(message, /history\.db is damaged: run 1 is no longer what was written/)
    },
  )
  assert.equal(readdirSync(folder), ['history.db'])
})

test('a database of a later version stays as it is, and runs stay in files of their own', async ({
  folder,
}) => {
  await kept(folder, { a: mode })
  await asked(folder, listed)
  sqlite(folder, 'PRAGMA user_version = 2')
  const later = readFileSync(file(folder))
  await kept(folder, { b: ok() })
  for (const _ of [1, 2]) {
    const { answer, warnings } = await asked(folder, listed)
    assert.is(answer.length, 1)
    assert.is(warnings.length, 1)
    assert.match(
      warnings[0]!,
      /history\.db is of a later version of this program \(2\); the runs in it are left out$/,
    )
  }
  assert.equal(readFileSync(file(folder)), later)
  assert.is((await spoolNames(folder)).length, 1)
})

test('a file that holds no whole run is put aside, and all others are taken in', async ({ folder }) => {
  await kept(folder, { a: ok() })
  const [name] = await spoolNames(folder)
  const text = readFileSync(join(folder, name!), 'utf8')
  writeFileSync(join(folder, '1.jsonl.gz'), 'broken')
  writeFileSync(join(folder, '2.jsonl.gz'), gzipSync(text.slice(0, text.lastIndexOf('\n'))))
  const { answer, warnings } = await asked(folder, listed)
  assert.is(answer.length, 1)
  assert.is(warnings.length, 2)
  assert.match(warnings[0]!, /1\.jsonl\.gz holds no whole run; it is .*1\.jsonl\.gz\.damaged now$/)
  const left = ['1.jsonl.gz.damaged', '2.jsonl.gz.damaged', 'history.db']
  assert.equal(readdirSync(folder).sort(), left)
  assert.equal((await asked(folder, listed)).warnings, [])
})

test('readers side by side, and runs that end meanwhile: none is lost or told twice', async ({ folder }) => {
  for (let round = 0; round < 4; round += 1) {
    const work = Array.from({ length: 4 }, async () => {
      await kept(folder, { a: mode })
      const before = await numbers(folder)
      assert.equal(before, [...new Set(before)])
    })
    await Promise.all(work)
  }
  assert.equal(
    await numbers(folder),
    Array.from({ length: 16 }, (_, index) => index + 1),
  )
  assert.equal(readdirSync(folder), ['history.db'])
})

test('while somebody else takes runs in, nothing is waited for, and nothing on the disk is touched', async ({
  folder,
}) => {
  await kept(folder, { a: ok() })
  await asked(folder, listed)
  await kept(folder, { a: mode })
  const owner = JSON.stringify({ host: hostname(), pid: process.ppid, token: 'other' })
  writeFileSync(join(folder, 'history.lock'), owner)
  const before = readdirSync(folder)
  assert.equal(await asked(folder, listed).then(({ warnings }) => warnings), [])
  assert.equal(await numbers(folder), [1, 2])
  assert.equal(readdirSync(folder), before)
  rmSync(join(folder, 'history.lock'))
  assert.equal(await numbers(folder), [1, 2])
  assert.equal(readdirSync(folder), ['history.db'])
})

test.run()
