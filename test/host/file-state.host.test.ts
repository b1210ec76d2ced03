import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { followed, readFiles, textOfFile } from '../../src/host/file-state.ts'
import { filesProbe, type Looking } from '../../src/host/look.ts'
import type { Session } from '../../src/remote/session.ts'
import { Output } from '../../src/shell/output.ts'
import { quote } from '../../src/shell/quote.ts'
import { type Host, hosts } from '../support/host.ts'

const test = suite('files')
const folder = mkdtempSync(join(tmpdir(), 'files '))
const ODD = [
  'with space',
  "quote's",
  'double"quote',
  'line\nbreak',
  '-n',
  '~',
  '$(id)',
  'back\\slash',
  'ü',
  '*',
]
let all: Host[] = []

test.before(async () => {
  all = await hosts()
  for (const name of ODD) writeFileSync(join(folder, name), `${name}\0`)
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

async function look(session: Session, paths: string[], looking: Looking = {}) {
  const { code, stdout, stderr } = await session.sh(filesProbe(paths, looking))
  assert.is(code, 0, stderr)
  const output = new Output(stdout)
  const files = readFiles(output, paths.length, looking)
  assert.is(output.rest().length, 0)
  return files
}

test('odd names: what is there, its digest and content', async () => {
  for (const { session } of all) {
    const paths = [...ODD.map((name) => join(folder, name)), join(folder, 'none'), join(folder, 'none/below')]
    const files = await look(session, paths, { digest: 'sha256sum', content: true })
    for (const [index, name] of ODD.entries()) {
      const bytes = Buffer.from(`${name}\0`)
      assert.is(files[index]?.digest, createHash('sha256').update(bytes).digest('hex'))
      assert.equal(files[index]?.content, bytes)
      assert.is(files[index]?.size, bytes.length)
      assert.is(textOfFile(files[index]), undefined)
    }
    assert.equal(files.slice(ODD.length), [undefined, undefined])
  }
})

test('the state of a file is what stat says', async () => {
  const path = join(folder, 'plain')
  writeFileSync(path, 'x')
  chmodSync(path, 0o4750)
  const is = lstatSync(path)
  for (const { session } of all) {
    const [file, dev] = await look(session, [path, '/dev/null'])
    assert.is(file?.type, 'file')
    assert.is(file?.mode, 0o4750)
    assert.is(file?.uid, is.uid)
    assert.is(file?.gid, is.gid)
    assert.is(file?.inode, is.ino)
    assert.is(file?.links, 1)
    assert.ok(Math.abs(file!.mtime - is.mtimeMs / 1000) < 0.001)
    assert.is(file?.blockSize, is.blksize)
    assert.is(dev?.type, 'char')
    assert.equal(dev?.deviceType, [1, 3])
  }
  rmSync(path)
})

test('links: their text, where they lead, and links to nowhere', async () => {
  const link = join(folder, 'link')
  const dead = join(folder, 'dead')
  const deep = join(folder, 'deep')
  mkdirSync(deep)
  symlinkSync('./with space', link)
  symlinkSync('gone\n', dead)
  for (const { session } of all) {
    const [plain] = await look(session, [link], { digest: 'sha256sum' })
    assert.is(plain?.target, './with space')
    assert.is(plain?.digest, undefined)
    const [there, nowhere] = await look(session, [link, dead], {
      follow: true,
      digest: 'sha1sum',
      content: true,
    })
    assert.is(followed(link, there).path, join(folder, 'with space'))
    assert.is(followed(link, there).file?.digest, createHash('sha1').update('with space\0').digest('hex'))
    assert.is(nowhere?.target, 'gone\n')
    assert.is(nowhere?.real?.state, undefined)
  }
})

test('more files than fit one command line', async () => {
  const paths = Array.from({ length: 250 }, (_, index) => join(folder, 'deep', `${index}`))
  for (const path of paths) if (!path.endsWith('7')) writeFileSync(path, path)
  for (const { session } of all) {
    const files = await look(session, paths, { digest: 'sha256sum', content: true })
    for (const [index, file] of files.entries())
      assert.is(file?.content?.toString(), paths[index]!.endsWith('7') ? undefined : paths[index])
  }
})

test('a folder that may not be searched is an error, not an absent file', async () => {
  const closed = join(folder, 'closed')
  mkdirSync(closed, { mode: 0 })
  chmodSync(folder, 0o755)
  for (const { session } of all) {
    const probe = filesProbe([join(closed, 'file')])
    const asNobody = `su -s /bin/sh nobody -c ${quote(probe)}`
    const { code, stderr } = await session.sh(asNobody)
    assert.is(code, 1)
    assert.match(stderr, /cannot look into .*closed: Permission denied/)
  }
})

test.run()
