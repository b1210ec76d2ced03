import { execFileSync, spawnSync } from 'node:child_process'
import {
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listed } from '../../src/history/shown.ts'
import { spoolNames } from '../../src/history/spool.ts'
import { ok } from '../report/events.ts'
import { asked, kept, mode, newFolder, numbers } from './kept.ts'

const STRANGER = 65534
const source = (name: string) => fileURLToPath(new URL(`../../src/${name}`, import.meta.url))

const test = suite<{ folder: string; mounted: string }>('the history in a folder, where things go wrong')

test.before.each((context) => {
  context.folder = newFolder()
  context.mounted = join(context.folder, 'mounted')
  mkdirSync(context.mounted)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', context.mounted])
})
test.after.each(({ folder, mounted }) => {
  execFileSync('umount', [mounted])
  rmSync(folder, { recursive: true })
})

/** Reads the history in another process, which kills itself around the step of that name. */
function readKilled(folder: string, before: string, after = ''): void {
  const program = `
    import { WrittenFile } from ${JSON.stringify(source('local/written-file.ts'))}
    import { askHistory } from ${JSON.stringify(source('history/history.ts'))}
    const die = () => process.kill(process.pid, 'SIGKILL')
    for (const [name, isBefore] of [[${JSON.stringify(before)}, true], [${JSON.stringify(after)}, false]]) {
      const step = WrittenFile.prototype[name]
      if (step) WrittenFile.prototype[name] = async function () {
        if (isBefore) die()
        await step.call(this)
        die()
      }
    }
    await askHistory(${JSON.stringify(folder)}, () => {}, () => {})`
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program]
  const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  assert.is(signal, 'SIGKILL', stderr)
}

test('a reader that is killed at any step loses no run and tells none twice', async ({ folder }) => {
  await kept(folder, { a: mode })
  assert.equal(await numbers(folder), [1])
  await kept(folder, { a: ok() })
  for (const [before, after] of [
    ['sync', ''],
    ['keep', ''],
    ['', 'keep'],
  ] as const) {
    readKilled(folder, before, after)
    assert.is((await spoolNames(folder)).length, 1)
    assert.ok(readdirSync(folder).includes('history.lock'))
    if (after === '')
      assert.equal(readdirSync(folder).filter((name) => name.endsWith('.part')).length > 0, true)
  }
  assert.equal(await numbers(folder), [1, 2])
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.part')))
    utimesSync(join(folder, name), 1, Date.now() / 1000 - 3601)
  await kept(folder, { a: ok() })
  assert.equal(await numbers(folder), [1, 2, 3])
  assert.equal(readdirSync(folder), ['history.db', 'mounted'])
})

test('on a full disc runs stay where they are, and all are read', async ({ mounted }) => {
  await kept(mounted, { a: mode })
  assert.equal(await numbers(mounted), [1])
  await kept(mounted, { a: ok() })
  // It ends with an error, when nothing is left.
  spawnSync('dd', ['if=/dev/zero', `of=${join(mounted, 'filler')}`])
  const { answer, warnings } = await asked(mounted, listed)
  assert.is(answer.length, 2)
  assert.is(warnings.length, 1)
  assert.match(warnings[0]!, /cannot be written \(ENOSPC\); runs stay in files of their own$/)
  assert.is((await spoolNames(mounted)).length, 1)
  rmSync(join(mounted, 'filler'))
  assert.equal(await numbers(mounted), [1, 2])
  assert.equal(readdirSync(mounted), ['history.db'])
})

test('what cannot be written is read', async ({ mounted }) => {
  await kept(mounted, { a: mode })
  await asked(mounted, listed)
  await kept(mounted, { a: ok() })
  execFileSync('mount', ['-o', 'remount,ro', mounted])
  for (const _ of [1, 2]) {
    const { answer, warnings } = await asked(mounted, listed)
    assert.is(answer.length, 2)
    assert.is(warnings.length, 1)
    assert.match(warnings[0]!, /mounted cannot be written \(EROFS\); runs stay in files of their own$/)
  }
  execFileSync('mount', ['-o', 'remount,rw', mounted])
  writeFileSync(join(mounted, 'history.db'), 'damaged')
  execFileSync('mount', ['-o', 'remount,ro', mounted])
  const { answer, warnings } = await asked(mounted, listed)
  assert.is(answer.length, 1)
  assert.match(warnings[1]!, /history\.db is damaged \(.*\); the runs in it are left out$/)
})

test('no link of another user is followed, and no file of another user is read', async ({ folder }) => {
  const [real, elsewhere] = [join(folder, 'real'), join(folder, 'elsewhere')]
  await kept(real, { a: mode })
  symlinkSync(real, join(folder, 'theirs'))
  lchownSync(join(folder, 'theirs'), STRANGER, STRANGER)
  await asked(join(folder, 'theirs'), listed).then(
    () => assert.unreachable(),
    ({ message }) =>
      assert.match(message, /theirs is a link of another user's \(id 65534\); it is not followed/),
  )
  await kept(join(folder, 'theirs'), { a: ok() })
  assert.is((await spoolNames(real)).length, 1)

  writeFileSync(elsewhere, 'kept')
  for (const name of ['history.db', 'history.lock']) {
    symlinkSync(elsewhere, join(real, name))
    lchownSync(join(real, name), STRANGER, STRANGER)
    assert.is((await asked(real, listed)).answer.length, 1)
    rmSync(join(real, name))
    assert.is(readFileSync(elsewhere, 'utf8'), 'kept')
  }

  await asked(real, listed)
  chownSync(join(real, 'history.db'), STRANGER, STRANGER)
  await kept(real, { a: ok() })
  await kept(real, { a: ok() })
  chownSync(join(real, (await spoolNames(real))[0]!), STRANGER, STRANGER)
  const { answer, warnings } = await asked(real, listed)
  assert.is(answer.length, 1)
  assert.is(warnings.length, 2, warnings.join('\n'))
  for (const warning of warnings)
    assert.match(warning, /belongs to another user \(id 65534\), and is not read/)
  assert.is(statSync(join(real, 'history.db')).uid, STRANGER)
})

test.run()
