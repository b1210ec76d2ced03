import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { whileLocked } from '../../src/local/lock.ts'

const test = suite<{ folder: string; path: string }>('a lock file')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'lock-'))
  context.path = join(context.folder, 'lock')
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const work = async () => 'done'

/** The number of a process that has ended. */
function ended(): number {
  return spawnSync('true').pid
}

test('one has it at a time, and it goes with the work, also with work that fails', async ({
  folder,
  path,
}) => {
  const inner = await whileLocked(path, async ({ isHeld }) => {
    assert.ok(await isHeld())
    return [await whileLocked(path, work)]
  })
  assert.equal(inner, [undefined])
  const failing = whileLocked(path, async () => {
    throw new Error('no')
  })
  await failing.then(
    () => assert.unreachable(),
    ({ message }) => assert.is(message, 'no'),
  )
  assert.equal(readdirSync(folder), [])
})

test('one of a process that has gone is taken over, and none of another machine', async ({
  folder,
  path,
}) => {
  writeFileSync(path, JSON.stringify({ host: hostname(), pid: ended() }))
  assert.is(await whileLocked(path, work), 'done')
  assert.equal(readdirSync(folder), [])
  writeFileSync(path, JSON.stringify({ host: `not-${hostname()}`, pid: ended() }))
  assert.is(await whileLocked(path, work), undefined)
})

test('one that is older than anything takes is taken over, whatever is in it', async ({ path }) => {
  for (const content of [
    '',
    'x',
    JSON.stringify({ host: 'other', pid: 1 }),
    JSON.stringify({ host: hostname(), pid: process.ppid }),
  ]) {
    writeFileSync(path, content)
    assert.is(await whileLocked(path, work), undefined)
    utimesSync(path, 1, Date.now() / 1000 - 601)
    assert.is(await whileLocked(path, work), 'done')
  }
})

test('an owner whose lock was taken over hears it, and leaves it alone', async ({ path }) => {
  await whileLocked(path, async ({ isHeld }) => {
    writeFileSync(path, 'other')
    assert.not(await isHeld())
  })
  assert.is(readFileSync(path, 'utf8'), 'other')
})

test('of many who take one over, one at a time has it', async ({ folder, path }) => {
  let done = 0
  for (let round = 0; round < 100; round += 1) {
    writeFileSync(path, JSON.stringify({ host: hostname(), pid: ended() }))
    let inside = 0
    const all = Array.from({ length: 8 }, () =>
      whileLocked(path, async () => {
        inside += 1
        assert.is(inside, 1)
        await new Promise((resolve) => setTimeout(resolve, 1))
        inside -= 1
        done += 1
      }),
    )
    await Promise.all(all)
  }
  assert.ok(done >= 100, `each round somebody has it: ${done}`)
  assert.equal(readdirSync(folder), [])
})

test('who has gone while he took one over keeps others from it for no longer than anything takes', async ({
  folder,
  path,
}) => {
  writeFileSync(path, JSON.stringify({ host: hostname(), pid: ended() }))
  writeFileSync(`${path}.taking`, '')
  assert.is(await whileLocked(path, work), undefined)
  utimesSync(`${path}.taking`, 1, Date.now() / 1000 - 601)
  assert.is(await whileLocked(path, work), undefined, 'it is taken away')
  assert.is(await whileLocked(path, work), 'done')
  assert.equal(readdirSync(folder), [])
})

test('a folder in which none can be made is an error of the file system', async ({ folder }) => {
  await whileLocked(join(folder, 'none', 'lock'), work).then(
    () => assert.unreachable(),
    ({ code }) => assert.is(code, 'ENOENT'),
  )
})

test.run()
