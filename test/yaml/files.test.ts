import { spawnSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Source } from '../../src/values/source.ts'
import { toValue } from '../../src/values/value.ts'
import { Files, readOften, readSource } from '../../src/yaml/files.ts'
import { describe } from '../support/templates.ts'

const test = suite<{ folder: string; path: string }>('files of the controller that are read as text')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'files-'))
  context.path = join(context.folder, 'vars.yml')
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

/** What is read from a file of these bytes: its text, or what is wrong with it. */
function read(path: string, bytes?: string | Buffer): string {
  if (bytes !== undefined) writeFileSync(path, bytes)
  const source = readSource(path)
  const said = source instanceof Source ? `text ${source.text}` : describe(source)
  return said.replaceAll(path, 'FILE')
}

test('a byte order mark is not a part of the text', ({ path }) => {
  assert.is(read(path, '\ufeffa: 1\n'), 'text a: 1\n')
  assert.is(read(path, 'a: \ufeff1\n'), 'text a: \ufeff1\n')
  const { node } = { node: new Files().yaml(path) }
  assert.equal(node && toValue(node), { a: '\ufeff1' })
  read(path, '\ufeff')
  assert.is(new Files().yaml(path), undefined)
})

const hint = (from: string) => `iconv -f ${from} -t UTF-8 FILE`
const ENCODINGS: [bytes: Buffer, problem: string][] = [
  [
    Buffer.from('# ok\nname: caf\xe9\n', 'latin1'),
    `FILE:2:10 the byte 0xe9 is not UTF-8; the file looks like Latin-1 (${hint('LATIN1')} makes it UTF-8)`,
  ],
  [
    Buffer.from('a: \x93quoted\x94\n', 'latin1'),
    `FILE:1:4 the byte 0x93 is not UTF-8; the file looks like Windows-1252 (${hint('CP1252')} makes it UTF-8)`,
  ],
  [
    Buffer.concat([Buffer.from('é: \ufffd\nb: '), Buffer.from([0xff])]),
    `FILE:2:4 the byte 0xff is not UTF-8; the file looks like Latin-1 (${hint('LATIN1')} makes it UTF-8)`,
  ],
  [
    Buffer.from('\ufeffa: 1\n', 'utf16le'),
    `FILE:1:1 the file is UTF-16, and UTF-8 is expected (${hint('UTF-16')} makes it UTF-8)`,
  ],
  [
    Buffer.from('\ufeffa: 1\n', 'utf16le').swap16(),
    `FILE:1:1 the file is UTF-16, and UTF-8 is expected (${hint('UTF-16')} makes it UTF-8)`,
  ],
  [
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0xff]),
    'FILE:1:10 the byte 0xff is not UTF-8; the file is not text',
  ],
  [Buffer.from([0x61, 0xc3]), 'FILE:1:2 the byte 0xc3 is not UTF-8; the file looks like Latin-1'],
]
for (const [bytes, problem] of ENCODINGS) {
  test(`bytes that are not UTF-8 say: ${problem}`, ({ path }) =>
    assert.ok(read(path, bytes).startsWith(problem), read(path)))
}

test('half a character at the end, and surrogates, are not UTF-8', ({ path }) => {
  assert.match(read(path, Buffer.from([0x61, 0xf0, 0x9f, 0x98])), 'FILE:1:2 the byte 0xf0 is not UTF-8')
  assert.match(read(path, Buffer.from([0x61, 0x0a, 0xed, 0xa0, 0x80])), 'FILE:2:1 the byte 0xed is not UTF-8')
})

test('what is not a file is said at once', async ({ folder, path }) => {
  assert.is(spawnSync('mkfifo', [path]).status, 0)
  assert.is(read(path), 'FILE is a FIFO, not a file')
  assert.is(read(folder), 'FILE is a folder, a file is expected')
  assert.is(read('/dev/zero'), 'FILE is a device, not a file')
  assert.is(read('/dev/null'), 'text ')
  assert.is(read(join(folder, 'none')), 'FILE does not exist')
  const server = createServer().listen(join(folder, 'socket'))
  await new Promise((resolve) => server.once('listening', resolve))
  assert.is(read(join(folder, 'socket')), 'FILE is a socket, not a file')
  server.close()
})

test('a file that is asked for again is read again when it has changed', async ({ folder, path }) => {
  const text = () => {
    const read = readOften(path)
    return 'source' in read ? read.source.text : read.message
  }
  writeFileSync(path, 'one')
  assert.is(text(), 'one')
  writeFileSync(path, 'two')
  assert.is(text(), 'two', 'changed within the same tick of the clock')
  await new Promise((resolve) => setTimeout(resolve, 1100))
  const { atime, mtime } = statSync(path)
  assert.is(readOften(path), readOften(path), 'unchanged for a second, it is the same source')
  writeFileSync(path, 'six')
  utimesSync(path, atime, mtime)
  assert.is(text(), 'six', 'as long as before, with the time that it had')
  writeFileSync(join(folder, 'beside'), 'ten')
  renameSync(join(folder, 'beside'), path)
  assert.is(text(), 'ten', 'another file in its place')
  rmSync(path)
  assert.match(text(), 'does not exist')
})

test('a file may hold 64 MiB', ({ path }) => {
  writeFileSync(path, '')
  truncateSync(path, 64 * 1024 * 1024 + 1)
  assert.is(read(path), 'FILE is larger than 64 MiB, and no more is read')
})

test.run()
