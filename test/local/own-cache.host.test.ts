import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readOwn, writeOwn } from '../../src/local/own-cache.ts'

const STRANGER = 65534
const CONTENT = Buffer.from('content')

const test = suite<{ above: string; folder: string }>(
  'the cache, beside other users and on disks that are full',
)

test.before.each((context) => {
  context.above = mkdtempSync(join(tmpdir(), 'kept-'))
  chmodSync(context.above, 0o755)
  context.folder = join(context.above, 'cache')
})
test.after.each(({ above }) => rmSync(above, { recursive: true, force: true }))

test('a file, or a folder, of another user is not read', async ({ folder }) => {
  await writeOwn(folder, 'file', CONTENT)
  assert.equal(readOwn(folder, 'file'), CONTENT)
  const path = join(folder, 'file')
  chownSync(path, STRANGER, STRANGER)
  assert.is(readOwn(folder, 'file'), undefined)
  chownSync(path, 0, 0)
  chownSync(folder, STRANGER, STRANGER)
  assert.is(readOwn(folder, 'file'), undefined)
})

test('nothing is written into a folder of another user, or over their link, or below their home', async ({
  above,
  folder,
}) => {
  mkdirSync(folder, { mode: 0o700 })
  chownSync(folder, STRANGER, STRANGER)
  await writeOwn(folder, 'file', CONTENT)
  await writeOwn(join(folder, 'below'), 'file', CONTENT)
  assert.equal(readdirSync(folder), [])
  mkdirSync(join(above, 'own'), { mode: 0o700 })
  symlinkSync(join(above, 'own'), join(above, 'link'))
  lchownSync(join(above, 'link'), STRANGER, STRANGER)
  await writeOwn(join(above, 'link'), 'file', CONTENT)
  assert.equal(readdirSync(join(above, 'own')), [])
})

test('a link of this user on the way is followed', async ({ above, folder }) => {
  mkdirSync(join(above, 'real'), { mode: 0o700 })
  symlinkSync('real', folder)
  await writeOwn(join(folder, 'yaml'), 'file', CONTENT)
  assert.equal(readOwn(join(folder, 'yaml'), 'file'), CONTENT)
})

test('a FIFO is not waited for', async ({ folder }) => {
  mkdirSync(folder, { mode: 0o700 })
  execFileSync('mkfifo', ['-m', '600', join(folder, 'file')])
  assert.is(readOwn(folder, 'file'), undefined)
})

test('a full disk and one that cannot be written to are no errors, and nothing is left there', async ({
  folder,
}) => {
  mkdirSync(folder, { mode: 0o700 })
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'tmpfs', folder])
  try {
    await writeOwn(folder, 'file', CONTENT)
    await writeOwn(folder, 'file', Buffer.alloc(128 * 1024))
    assert.equal(readdirSync(folder), ['file'])
    assert.equal(readOwn(folder, 'file'), CONTENT)
    execFileSync('mount', ['-o', 'remount,ro', folder])
    await writeOwn(folder, 'file', Buffer.from('other'))
    await writeOwn(join(folder, 'below'), 'file', CONTENT)
    assert.equal(readOwn(folder, 'file'), CONTENT)
  } finally {
    execFileSync('umount', [folder])
  }
})

test('a file where a folder is expected is no error', async ({ folder }) => {
  writeFileSync(folder, '')
  await writeOwn(folder, 'file', CONTENT)
  assert.is(readOwn(folder, 'file'), undefined)
  rmSync(folder)
  await writeOwn(folder, 'file', CONTENT)
  renameSync(join(folder, 'file'), join(folder, 'other'))
  assert.is(readOwn(folder, 'file'), undefined)
})

test.run()
