import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { StagedFolder } from '../../src/local/staged-folder.ts'

const test = suite('folders that are put together beside their place')
const root = mkdtempSync(join(tmpdir(), 'staged-'))
test.after(() => rmSync(root, { recursive: true }))

function made(staged: StagedFolder, text: string): string {
  const folder = staged.fresh()
  mkdirSync(folder)
  writeFileSync(join(folder, 'file'), text)
  return folder
}

test('one takes its place whole, in place of what was there, and nothing is left', async () => {
  const staged = await StagedFolder.in(join(root, 'new'))
  assert.is(statSync(staged.path).mode & 0o777, 0o700)
  await staged.place(made(staged, 'one'), 'a/b')
  await staged.place(made(staged, 'two'), 'a/b')
  await staged.close()
  assert.is(readFileSync(join(root, 'new/a/b/file'), 'utf8'), 'two')
  assert.equal(readdirSync(join(root, 'new')), ['a'])
  assert.equal(readdirSync(join(root, 'new/a')), ['b'])
})

test('what was there is there again when the new one cannot be placed', async () => {
  const staged = await StagedFolder.in(root)
  await staged.place(made(staged, 'old'), 'kept')
  const error = await staged.place(staged.fresh(), 'kept').catch((caught: NodeJS.ErrnoException) => caught)
  assert.is((error as NodeJS.ErrnoException).code, 'ENOENT')
  await staged.close()
  assert.is(readFileSync(join(root, 'kept/file'), 'utf8'), 'old')
})

test.run()
