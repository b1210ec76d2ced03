import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { STAMP_FORMAT } from '../../src/host/look.ts'
import { readWritten, type Writing, writeFile } from '../../src/host/write.ts'
import type { Session } from '../../src/remote/session.ts'
import { type Content, contentOf, readLocalFile } from '../../src/shell/content.ts'
import { CHANGED_MEANWHILE } from '../../src/shell/outcome.ts'
import { type Host, hosts } from '../support/host.ts'
import { until } from '../support/until.ts'
import { FILE } from './file.ts'

const test = suite('write')
let all: Host[] = []
let folder = ''

test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'write '))
})
test.after.each(() => rmSync(folder, { recursive: true }))

function send(session: Session, writing: Writing) {
  const action = writeFile(writing)
  if (action.do !== 'send') throw new Error('not sent')
  return session.send(action.script, action.content)
}

const CONTENTS: Buffer[] = [
  Buffer.alloc(0),
  Buffer.from('no last newline'),
  Buffer.from('one\r\ntwo\r\n'),
  Buffer.from([0, 255, 0, 10, 13, 0]),
  randomBytes(300_000),
]

test('every byte arrives, with owner and permissions, whatever the name', async () => {
  for (const { session } of all) {
    for (const name of ['plain', 'a b', "quote's", 'line\nbreak', '-rf', '$(id)', 'x'.repeat(255)]) {
      for (const bytes of CONTENTS) {
        const path = join(folder, name)
        const outcome = await send(session, {
          path,
          content: contentOf(bytes),
          owner: 1,
          group: 2,
          mode: 0o4751,
        })
        assert.is(outcome.code, 0, outcome.stderr)
        assert.equal(readFileSync(path), bytes)
        const { uid, gid, mode } = statSync(path)
        assert.equal([uid, gid, mode & 0o7777], [1, 2, 0o4751])
        const { file, backup } = readWritten(outcome)
        assert.equal([file?.uid, file?.gid, file?.mode, file?.size], [1, 2, 0o4751, bytes.length])
        assert.is(backup, undefined)
        assert.equal(readdirSync(folder), [name])
      }
      rmSync(join(folder, name))
    }
  }
})

test('what was read elsewhere is not written, in a folder where nobody else writes either', async () => {
  for (const { session } of all) {
    for (const backup of [false, true]) {
      // The folder's owner may have had the way to it lead to another file while that was read.
      const path = join(folder, 'file')
      writeFileSync(path, 'theirs\n')
      const stamp = execFileSync('stat', ['-c', STAMP_FORMAT, path], { encoding: 'utf8' }).trim()
      const replaces = { ...FILE, stamp }
      const content = contentOf('not theirs\nline\n')
      const writing = { path, content, mode: 0o644, backup, replaces }
      const outcome = await send(session, { ...writing, madeOf: contentOf('not theirs\n') })
      assert.is(outcome.code, CHANGED_MEANWHILE, outcome.stderr)
      assert.is(readFileSync(path, 'utf8'), 'theirs\n')
      assert.equal(readdirSync(folder), ['file'])
      assert.is((await send(session, { ...writing, madeOf: contentOf('theirs\n') })).code, 0)
      for (const name of readdirSync(folder)) rmSync(join(folder, name))
    }
  }
})

test('until it is whole a file is read by nobody who may not read it then', async () => {
  for (const { session } of all) {
    for (const backup of [false, true]) {
      const web = join(folder, `of a group ${backup}`)
      mkdirSync(web)
      chownSync(web, 0, 33)
      chmodSync(web, 0o2755)
      const seen: string[] = []
      const halves = async function* () {
        yield Buffer.from('secret')
        await until('the file is begun', () => {
          const [name] = readdirSync(web)
          if (name === undefined) return false
          seen.push(octalOf(statSync(join(web, name)).mode))
          return true
        })
        yield Buffer.from('!')
      }
      const content = { ...contentOf('secret!'), open: () => Readable.from(halves()) }
      const path = join(web, 'file')
      const outcome = await send(session, { path, content, owner: 0, group: 1, mode: 0o640, backup })
      assert.is(outcome.code, 0, outcome.stderr)
      assert.equal(seen, [backup ? '700' : '600'])
      assert.is(octalOf(statSync(path).mode), '640')
      rmSync(web, { recursive: true })
    }
  }
})

test('100 MB are written in bounded memory', async () => {
  const source = join(folder, 'source')
  execFileSync('sh', ['-c', 'head -c 100000000 /dev/urandom >"$1"', 'sh', source])
  const { content } = await readLocalFile(source)
  assert.ok(content)
  assert.is(content.size, 100_000_000)
  assert.is(content.text(), undefined)
  const before = process.memoryUsage().rss
  let most = 0
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 20)
  const [dash] = all
  const path = join(folder, 'target')
  const outcome = await send(dash!.session, { path, content, mode: 0o600 })
  clearInterval(timer)
  assert.is(outcome.code, 0, outcome.stderr)
  assert.is(createHash('sha256').update(readFileSync(path)).digest('hex'), content.sha256)
  assert.ok(most - before < 60_000_000, `${most - before} bytes more`)
})

test('a backup keeps what was there', async () => {
  for (const { session } of all) {
    const path = join(folder, 'kept')
    writeFileSync(path, 'old')
    chmodSync(path, 0o640)
    const outcome = await send(session, { path, content: contentOf('new'), mode: 0o600, backup: true })
    const { backup } = readWritten(outcome)
    assert.match(backup ?? '', /kept\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~$/)
    assert.is(readFileSync(backup!, 'utf8'), 'old')
    assert.is(statSync(backup!).mode & 0o7777, 0o640)
    rmSync(path)
    rmSync(backup!)
    const first = await send(session, { path, content: contentOf('new'), mode: 0o600, backup: true })
    assert.is(readWritten(first).backup, undefined)
    assert.equal(readdirSync(folder), ['kept'])
    rmSync(path)
  }
})

test('validate decides whether the file is put in place', async () => {
  for (const { session } of all) {
    const path = join(folder, 'checked')
    writeFileSync(path, 'old')
    for (const validate of ['grep -q good %s', "grep -q good '%s'"]) {
      const bad = await send(session, { path, content: contentOf('bad'), mode: 0o600, validate })
      assert.is.not(bad.code, 0)
      assert.match(bad.stderr, /is as it was, for the new one is not valid/)
      assert.is(readFileSync(path, 'utf8'), 'old')
    }
    const good = await send(session, {
      path,
      content: contentOf('good'),
      mode: 0o600,
      validate: 'grep good %s',
    })
    assert.is(good.code, 0, good.stderr)
    assert.is(readFileSync(path, 'utf8'), 'good')
    assert.equal(readdirSync(folder), ['checked'])
  }
})

test('links are replaced, folders are not', async () => {
  for (const { session } of all) {
    const path = join(folder, 'link')
    mkdirSync(join(folder, 'deep'))
    writeFileSync(join(folder, 'file'), 'untouched')
    for (const target of ['deep', 'file', 'nowhere']) {
      symlinkSync(target, path)
      const outcome = await send(session, { path, content: contentOf('new'), mode: 0o600 })
      assert.is(outcome.code, 0, outcome.stderr)
      assert.ok(lstatSync(path).isFile())
      rmSync(path)
    }
    assert.is(readFileSync(join(folder, 'file'), 'utf8'), 'untouched')
    const outcome = await send(session, {
      path: join(folder, 'deep'),
      content: contentOf('new'),
      mode: 0o600,
    })
    assert.is.not(outcome.code, 0)
    assert.match(outcome.stderr, /deep is a folder/)
    assert.equal(readdirSync(join(folder, 'deep')), [])
    rmSync(join(folder, 'deep'), { recursive: true })
    rmSync(join(folder, 'file'))
  }
})

/** Content that says it has more bytes than come. */
function cutAfter(bytes: Buffer): Content {
  return {
    ...contentOf(Buffer.concat([bytes, bytes])),
    open: () => Readable.from([bytes], { objectMode: false }),
  }
}

test('a cut leaves the old file and no other', async () => {
  for (const { session } of all) {
    const path = join(folder, 'old')
    writeFileSync(path, 'old')
    const outcome = await send(session, {
      path,
      content: cutAfter(randomBytes(100_000)),
      mode: 0o600,
      backup: true,
    })
    assert.is(outcome.code, 1)
    assert.match(outcome.stderr, /only 100000 of 200000 bytes came; .*old is as it was/)
    assert.is(readFileSync(path, 'utf8'), 'old')
    assert.equal(readdirSync(folder), ['old'])
  }
})

const octalOf = (mode: number) => (mode & 0o777).toString(8)

function slowly(): Readable {
  return new Readable({
    read() {
      setTimeout(() => this.push(Buffer.alloc(100)), 20)
    },
  })
}

test('killed in the middle: the old file and no other', async () => {
  for (const { session } of all) {
    const path = join(folder, 'old')
    writeFileSync(path, 'old')
    const endless = { ...contentOf('xy'), size: 1e9, open: slowly }
    const sent = send(session, { path, content: endless, mode: 0o600 })
    while (readdirSync(folder).length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
    session.kill()
    await sent.catch((error: Error) => assert.is(error.name, 'Unreachable'))
    for (let tries = 0; tries < 100 && readdirSync(folder).length > 1; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal(readdirSync(folder), ['old'])
    assert.is(readFileSync(path, 'utf8'), 'old')
  }
})

test('a full disk: the old file and no other', async () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
  try {
    for (const { session } of all) {
      const path = join(folder, 'old')
      writeFileSync(path, 'old')
      const outcome = await send(session, { path, content: contentOf(randomBytes(1_000_000)), mode: 0o600 })
      assert.is.not(outcome.code, 0)
      assert.match(outcome.stderr, /No space left on device/)
      assert.is(readFileSync(path, 'utf8'), 'old')
      assert.equal(readdirSync(folder), ['old'])
    }
  } finally {
    execFileSync('umount', [folder])
  }
})

test('a folder that is not there or may not be written is named', async () => {
  for (const { session } of all) {
    for (const path of [join(folder, 'none/file'), '/proc/none']) {
      const outcome = await send(session, { path, content: contentOf('x'), mode: 0o600 })
      assert.is.not(outcome.code, 0)
      assert.match(outcome.stderr, /cannot write in /)
    }
  }
})

test.run()
