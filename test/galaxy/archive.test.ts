import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openArchive, unpack } from '../../src/galaxy/archive.ts'

const test = suite('archives that lead out')
const folder = mkdtempSync(join(tmpdir(), 'archive-'))
test.after(() => rmSync(folder, { recursive: true }))

type Entry = readonly [
  path: string,
  type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'FIFO' | 'CharacterDevice',
  target?: string,
  mode?: number,
]

/** An archive of these members, as hostile as they are. */
function archive(entries: readonly Entry[]): string {
  const blocks = entries.flatMap(([path, type = 'File', linkpath = '', mode = 0o644]) => {
    const content = type === 'File' ? 'x\n' : ''
    const header = Buffer.alloc(512)
    new Header({ path, type, linkpath, mode, size: content.length, mtime: new Date(0) }).encode(header)
    return content === '' ? [header] : [header, Buffer.concat([Buffer.from(content), Buffer.alloc(510)])]
  })
  const path = join(folder, 'hostile.tar.gz')
  writeFileSync(path, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])))
  return path
}

const scratch = join(folder, 'scratch')

const LEADING_OUT: readonly (readonly [Entry[], string])[] = [
  [[['../x']], '"../x" leads out'],
  [[['r/../../x']], '"r/../../x" leads out'],
  [[['/etc/x']], '"/etc/x" leads out'],
  [[['r/l', 'SymbolicLink', '/etc']], 'is a link to /etc'],
  [[['r/l', 'SymbolicLink', '../../x']], 'is a link to ../../x'],
  [[['l', 'SymbolicLink', '..']], 'is a link to ..'],
  [[['r/d', 'SymbolicLink', '.'], ['r/d/x']], '"r/d/x" lies behind a link'],
  [
    [
      ['a/b/up', 'SymbolicLink', '../..'],
      ['z', 'SymbolicLink', 'a/b/up/../x'],
    ],
    'is a link to a/b/up/../x',
  ],
  [[['r/h', 'Link', '../x']], 'is a link to ../x'],
  [[['r/h', 'Link', '/etc/passwd']], 'is a link to /etc/passwd'],
  [[['r/f', 'FIFO']], 'is no file, folder or link'],
  [[['r/c', 'CharacterDevice']], 'is no file, folder or link'],
]

test('nothing is unpacked of one with a member that leads out of it', async () => {
  for (const [entries, message] of LEADING_OUT) {
    const path = archive([['ok'], ...entries])
    const error = await openArchive(path, scratch).catch((caught: Error) => caught)
    assert.instance(error, Error, message)
    assert.ok((error as Error).message.includes(message), `${(error as Error).message}: ${message}`)
    assert.match((error as Error).message, 'nothing of it is unpacked')
  }
})

test('links within it stay, what is below a folder is taken alone, and modes are plain', async () => {
  const path = archive([
    ['./top/meta/', 'Directory'],
    ['./top/meta/main.yml', 'File', '', 0o4777],
    ['./top/l', 'SymbolicLink', 'meta/main.yml'],
    ['./top/h', 'Link', './top/meta/main.yml'],
    ['other/x'],
  ])
  const into = join(folder, 'into')
  await unpack(await openArchive(path, scratch), 'top', into)
  assert.is(readFileSync(join(into, 'l'), 'utf8'), 'x\n')
  assert.is(readFileSync(join(into, 'h'), 'utf8'), 'x\n')
  assert.is(lstatSync(join(into, 'meta/main.yml')).mode & 0o7777, 0o755)
  assert.not(existsSync(join(into, 'x')))
  assert.not(existsSync(join(into, 'other')))
})

test('what is no tar archive is said', async () => {
  for (const text of ['hello\n', 'PK\x03\x04zip', '']) {
    writeFileSync(join(folder, 'no'), text)
    const error = await openArchive(join(folder, 'no'), scratch).catch((caught: Error) => caught)
    assert.instance(error, Error)
    assert.match((error as Error).message, /no tar archive/)
  }
})

test.run()
