import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WrittenFile, writeWhole } from '../../src/local/written-file.ts'
import { refusal } from './refusal.ts'

const test = suite('a file that is written here')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'written-'))
  chmodSync(context.folder, 0o755)
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }))

test('it is put in its place as a whole, and nothing is left beside it', async ({ folder }) => {
  const path = join(folder, 'new/deep/file')
  await (await WrittenFile.open(path)).close()
  await writeWhole(path, ['one\n', 'two\n'])
  await writeWhole(path, ['three\n'])
  assert.is(readFileSync(path, 'utf8'), 'three\n')
  assert.equal(readdirSync(join(folder, 'new/deep')), ['file'])
})

test('more than was announced is an error, and the old one stays', async ({ folder }) => {
  const path = join(folder, 'file')
  writeFileSync(path, 'old')
  const file = await WrittenFile.open(path, 10)
  const end = refusal(finished(file.stream))
  file.stream.write('12345678')
  file.stream.write('90abc')
  assert.is(await end, 'more came than the 10 bytes that were announced')
  await file.close()
  assert.is(readFileSync(path, 'utf8'), 'old')
  assert.equal(readdirSync(folder), ['file'])
})

test('what is not a file is written to as it is', async () => {
  await writeWhole('/dev/null', ['x'])
  assert.ok(lstatSync('/dev/null').isCharacterDevice())
})

test.run()
