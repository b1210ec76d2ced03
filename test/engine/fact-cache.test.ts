import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FactCache } from '../../src/engine/fact-cache.ts'

const test = suite<{ folder: string }>('facts that are kept in files')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'facts-'))
})

test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const FACTS = new Map([['ansible_system', 'Linux']])

test('only their user can read them, and nothing else is left in the folder', async ({ folder }) => {
  const kept = join(folder, 'kept')
  const cache = new FactCache({ folder: kept, prefix: 'p_', seconds: 0 })
  await cache.write('one', FACTS)
  assert.equal(cache.read('one'), [...FACTS])
  assert.is(statSync(join(kept, 'p_one')).mode & 0o777, 0o600)
  assert.equal(readdirSync(kept), ['p_one'])
})

test('a link that stands where they are put together, or where they go, is not followed', async ({
  folder,
}) => {
  const kept = mkdtempSync(join(folder, 'kept-'))
  const other = join(folder, 'other')
  writeFileSync(other, 'untouched')
  for (const name of [`.${process.pid}.new`, 'one']) symlinkSync(other, join(kept, name))
  await new FactCache({ folder: kept, prefix: '', seconds: 0 }).write('one', FACTS)
  assert.is(readFileSync(other, 'utf8'), 'untouched')
  assert.is(statSync(join(kept, 'one')).isFile(), true)
})

test.run()
