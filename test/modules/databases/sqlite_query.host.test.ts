import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runModule } from '../../../src/engine/task/run-module.ts'
import { sqlite_query } from '../../../src/modules/databases/sqlite_query/index.ts'
import { LocalTransport } from '../../../src/remote/local.ts'
import { Session } from '../../../src/remote/session.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN } from '../../support/plan.ts'
import { TestUser } from '../../support/user.ts'

const test = suite('queries of SQLite on hosts')

let all: Host[] = []
let top = ''
let db = ''
test.before(async () => {
  // Root works only where nobody else can swap a folder.
  top = mkdtempSync(join(tmpdir(), 'sqlite '))
  all = await hosts()
})
test.before.each(() => {
  db = join(mkdtempSync(join(top, 'a')), `-odd '"%?#\n.db`)
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(top, { recursive: true })
})

function ask(sql: string): string {
  return execFileSync('sqlite3', ['-init', '/dev/null', `${db}`, sql], { encoding: 'utf8' })
}

async function asked({ session }: Host, raw: Raw, view = RUN) {
  const { plan, result } = await applyModule(session, sqlite_query, { db, ...raw }, view)
  assert.is(plan.failed ?? result.failed, undefined, JSON.stringify(raw))
  const { query_result, rowcount } = { ...plan.result, ...result.result }
  const changed = result.changed ?? plan.changes.length > 0
  return { plan, told: JSON.parse(JSON.stringify([query_result ?? null, rowcount ?? null, changed])) }
}

const failed = ({ session }: Host, raw: Raw, view = RUN) =>
  said(applyModule(session, sqlite_query, { db, ...raw }, view))

/** What queries give: rows, their numbers, and whether something has changed; `null` where check mode cannot tell. */
const QUERIES: [Raw, rows: unknown, rowcount: number[], changed: boolean, checked?: null][] = [
  [{ query: 'CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b)' }, [[]], [0], true],
  [{ query: 'CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b)' }, [[]], [0], false],
  [
    {
      query: 'INSERT INTO t (b) VALUES (%s), (%s), (%s), (%s), (%s), (%s)',
      positional_args: [`it's\n.shell id\n"ü"\u0001\\u000a`, null, 9.5, -3, true, 'a\r\nb'],
    },
    [[]],
    [6],
    true,
  ],
  [
    { query: ['SELECT b FROM t ORDER BY a', "SELECT b AS 'x ''y', 'NULL' AS n FROM t WHERE a = 2"] },
    [
      [
        { b: `it's\n.shell id\n"ü"\u0001\\u000a` },
        { b: null },
        { b: 9.5 },
        { b: -3 },
        { b: 1 },
        { b: 'a\r\nb' },
      ],
      [{ "x 'y": null, n: 'NULL' }],
    ],
    [6, 1],
    false,
  ],
  [
    { query: "SELECT 9007199254740993 AS big, 9e999 AS inf, 2.0 AS f, x'00ff' AS blob, '' AS e, 0.1 AS d" },
    [[{ big: '9007199254740993', inf: 'Inf', f: 2, blob: 'AP8=', e: '', d: 0.1 }]],
    [1],
    false,
  ],
  [{ query: 'SELECT a FROM t WHERE 0' }, [[]], [0], false],
  [{ query: 'UPDATE t SET b = 1 WHERE a > 70' }, [[]], [0], false],
  [{ query: 'UPDATE t SET b = 2 WHERE a = 2 RETURNING a, b' }, [[{ a: 2, b: 2 }]], [1], true],
  [
    { query: 'WITH x AS (SELECT a FROM t) DELETE FROM t WHERE a IN (SELECT a FROM x) AND a > 5' },
    [[]],
    [1],
    true,
  ],
  [
    { query: 'SELECT count(*) AS n FROM t WHERE a IN %s', positional_args: [[1, 2, 'x']] },
    [[{ n: 2 }]],
    [1],
    false,
  ],
  [
    { query: 'SELECT %(a)s AS a, 7 %% 4 AS m', named_args: { a: '%(a)s' } },
    [[{ a: '%(a)s', m: 3 }]],
    [1],
    false,
  ],
  [
    {
      query: `-- a script; with a comment
        CREATE TABLE log (a); /* ; */ CREATE TRIGGER g AFTER INSERT ON t BEGIN
          INSERT INTO log VALUES (CASE WHEN NEW.a > 1 THEN 'x;' ELSE 'y' END); SELECT 1;
        END;
        INSERT INTO t VALUES (70, 'a'); SELECT a FROM log;`,
      single_transaction: true,
    },
    [[{ a: 'x;' }]],
    [1],
    true,
  ],
  [{ query: 'PRAGMA user_version' }, [[{ user_version: 0 }]], [1], false],
  [{ query: 'PRAGMA user_version = 3' }, [[]], [0], true],
  [{ query: 'PRAGMA user_version = 3' }, [[]], [0], false],
  [{ query: 'VACUUM' }, [[]], [0], true],
  [{ query: 'PRAGMA journal_mode = WAL' }, [[{ journal_mode: 'wal' }]], [1], true, null],
  [{ query: 'PRAGMA journal_mode = WAL' }, [[{ journal_mode: 'wal' }]], [1], false, null],
  [{ query: ['PRAGMA foreign_keys = ON', 'SELECT max(a) AS m FROM t'] }, [[], [{ m: 70 }]], [0, 1], false],
  [{ query: 'DELETE FROM t' }, [[]], [6], true],
  [{ query: 'DROP TABLE t' }, [[]], [0], true],
]

test('queries give what they give, and check mode says so before', async () => {
  for (const host of all) {
    rmSync(db, { force: true })
    for (const [raw, result, rowcount, changed, unknown] of QUERIES) {
      const beside = existsSync(db) ? ask('SELECT * FROM sqlite_master; PRAGMA user_version') : ''
      const looked = await asked(host, raw, CHECK)
      const expected = [result, rowcount, changed]
      assert.equal(looked.told, unknown === null ? [null, null, true] : expected, JSON.stringify(raw))
      assert.is(existsSync(db) ? ask('SELECT * FROM sqlite_master; PRAGMA user_version') : '', beside)
      assert.equal((await asked(host, raw)).told, expected, JSON.stringify(raw))
      assert.is(readdirSync(join(db, '..')).length, 1, 'nothing is left beside it')
    }
  }
})

test('check mode changes nothing, whatever is asked, and says what a run would fail at', async () => {
  for (const host of all) {
    rmSync(db, { force: true })
    assert.is(await failed(host, { query: 'SELECT 1' }, CHECK), `there is no database ${db}`)
    assert.is(await failed(host, { query: 'SELECT 1' }), `there is no database ${db}`)
    assert.not(existsSync(db))
    ask('CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1)')
    const outside = join(db, '../outside')
    for (const query of [
      `SELECT writefile('${outside}', 'x')`,
      `SELECT "writefile" /* x */ ('${outside}', 'x')`,
      `ATTACH '${outside}' AS o; CREATE TABLE o.t (a)`,
      `VACUUM INTO '${outside}'`,
      `CREATE VIRTUAL TABLE z USING zipfile('${outside}'); INSERT INTO z (name, data) VALUES ('a', 'b')`,
      'PRAGMA journal_mode = wal',
    ]) {
      assert.ok((await asked(host, { query }, CHECK)).plan.changes.length > 0, query)
      assert.not(existsSync(outside), query)
      await asked(host, { query })
      assert.ok(query.startsWith('PRAGMA') || existsSync(outside), query)
      rmSync(outside, { force: true })
    }
    rmSync(db)
    ask('CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1)')
    const sentences: [string | string[], string][] = [
      ['SELECT a FROM later', "Cannot execute SQL 'SELECT a FROM later': no such table: later"],
      [
        ['SELECT 1', 'INSERT INTO t VALUES (1)'],
        "Cannot execute SQL 'INSERT INTO t VALUES (1)': UNIQUE constraint failed: t.a",
      ],
      [['BEGIN', 'VACUUM'], "Cannot execute SQL 'VACUUM': cannot VACUUM from within a transaction"],
      ['SELEC 1', `Cannot execute SQL 'SELEC 1': near "SELEC": syntax error`],
    ]
    for (const [query, sentence] of sentences)
      for (const view of [CHECK, RUN]) assert.is(await failed(host, { query }, view), sentence)
    const later = await asked(host, { query: 'SELECT a FROM later' }, { ...CHECK, rehearsal: true })
    assert.match(later.plan.skipped ?? '', /no such table: later/)
    const wrong = { query: 'SELEC 1' }
    assert.match(await failed(host, wrong, { ...CHECK, rehearsal: true }), /syntax error$/)
    const written = { query: 'INSERT INTO later VALUES (1)' }
    assert.is((await asked(host, written, { ...CHECK, rehearsal: true })).plan.changes.length, 1)
    assert.is(ask('SELECT count(*) FROM t'), '1\n')
  }
})

test('a transaction is carried out whole or not at all', async () => {
  for (const host of all) {
    rmSync(db, { force: true })
    ask('CREATE TABLE t (a)')
    const query = ['INSERT INTO t VALUES (1)', 'SELECT missing']
    const sentence = "Cannot execute SQL 'SELECT missing': no such column: missing"
    assert.is(await failed(host, { query, single_transaction: true }), sentence)
    assert.is(ask('SELECT count(*) FROM t'), '0\n')
    assert.is(await failed(host, { query }), sentence)
    assert.is(ask('SELECT count(*) FROM t'), '1\n')
  }
})

test('who writes is waited for, and no longer than said', async () => {
  for (const host of all) {
    rmSync(db, { force: true })
    ask('CREATE TABLE t (a)')
    const writer = spawn('sqlite3', [db], { stdio: ['pipe', 'pipe', 'inherit'] })
    writer.stdin.write("BEGIN EXCLUSIVE; SELECT 'in';\n")
    await new Promise((resolve) => writer.stdout.once('data', resolve))
    const query = 'INSERT INTO t VALUES (1)'
    assert.is(await failed(host, { query, busy_timeout: 0 }), 'database is locked')
    assert.ok((await asked(host, { query }, CHECK)).plan.changes.length > 0)
    const waiting = asked(host, { query, busy_timeout: 20 })
    setTimeout(() => writer.stdin.end('COMMIT;\n'), 500)
    assert.equal((await waiting).told, [[[]], [1], true])
  }
})

test('a database that others work on is looked at with what they have written', async () => {
  for (const host of all) {
    rmSync(db, { force: true })
    ask('PRAGMA journal_mode = WAL; CREATE TABLE t (a)')
    const writer = spawn('sqlite3', [db], { stdio: ['pipe', 'pipe', 'inherit'] })
    writer.stdin.write("INSERT INTO t VALUES (7); SELECT 'in';\n")
    await new Promise((resolve) => writer.stdout.once('data', resolve))
    const beside = readdirSync(join(db, '..'))
    assert.is(beside.length, 3)
    assert.equal((await asked(host, { query: 'SELECT a FROM t' }, CHECK)).told, [[[{ a: 7 }]], [1], false])
    assert.equal((await asked(host, { query: 'DELETE FROM t' }, CHECK)).told, [[[]], [1], true])
    assert.equal(readdirSync(join(db, '..')), beside)
    // A crash leaves its log alone: to read it is to write beside it.
    const left = readdirSync(join(db, '..')).filter((name) => !name.endsWith('-shm'))
    execFileSync('cp', ['-a', '--', join(db, '..'), join(top, 'crashed')])
    writer.stdin.end()
    await new Promise((resolve) => writer.once('exit', resolve))
    const crashed = join(top, 'crashed', db.slice(db.lastIndexOf('/') + 1))
    rmSync(`${crashed}-shm`)
    const looked = await asked(host, { db: crashed, query: 'SELECT a FROM t' }, CHECK)
    assert.is(looked.plan.changes.length, 1)
    assert.equal(readdirSync(join(top, 'crashed')), left)
    assert.equal((await asked(host, { db: crashed, query: 'SELECT a FROM t' })).told, [
      [[{ a: 7 }]],
      [1],
      false,
    ])
    rmSync(join(top, 'crashed'), { recursive: true })
  }
})

test('a host without the client says so', async () => {
  const bin = join(top, 'bin')
  mkdirSync(bin)
  for (const { name, session } of all) {
    const { args } = readArguments(sqlite_query, { db, query: 'SELECT 1' })
    const run = (view = RUN) => runModule(sqlite_query, args, session, { view, environment: { PATH: bin } })
    assert.match(await said(run()), /^Failed to find required executable "sqlite3"/, name)
    assert.match((await run(CHECK)).plan.skipped ?? '', /^skipped, since it cannot be asked yet/)
  }
})

test('root does nothing by names that others can lead elsewhere, and their owner does', async () => {
  const user = new TestUser()
  try {
    for (const host of all) {
      rmSync(db, { force: true })
      const folder = join(top, `theirs-${host.name}`)
      mkdirSync(folder)
      chmodSync(top, 0o755)
      const uid = Number(execFileSync('id', ['-u', user.name], { encoding: 'utf8' }))
      chownSync(folder, uid, uid)
      const query = 'CREATE TABLE t (a)'
      for (const view of [RUN, CHECK]) {
        assert.match(
          await failed(host, { db: join(folder, 'a.db'), query }, view),
          /^others can swap what is in .*: become its owner$/s,
        )
        const link = join(db, `../link`)
        symlinkSync(join(folder, 'a.db'), link)
        assert.match(await failed(host, { db: link, query }, view), /: become its owner$/s)
        rmSync(link)
      }
      assert.equal(readdirSync(folder), [])
      ask('CREATE TABLE t (a)')
      const link = join(db, '../own')
      symlinkSync(db, link)
      assert.equal((await asked(host, { db: link, query: 'SELECT count(*) AS n FROM t' })).told, [
        [[{ n: 0 }]],
        [1],
        false,
      ])
      rmSync(link)
      for (const beside of ['', '-journal']) {
        writeFileSync(`${db}${beside}`, '', { flag: 'a' })
        chownSync(`${db}${beside}`, uid, uid)
        assert.match(
          await failed(host, { query: 'SELECT 1' }, CHECK),
          /^others can write to .*: become its owner$/s,
        )
        chownSync(`${db}${beside}`, 0, 0)
      }
      chmodSync(db, 0o664)
      assert.match(await failed(host, { query: 'SELECT 1' }), /^others can write to .*: become its owner$/s)
      const own = join(folder, 'own.db')
      const session = new Session(new LocalTransport(), { user: user.name, method: 'su' })
      const made = await applyModule(session, sqlite_query, { db: own, query })
      await session.close()
      assert.equal([made.result.failed, made.result.changed, statSync(own).uid], [undefined, true, uid])
    }
  } finally {
    user.remove()
  }
})

test.run()
