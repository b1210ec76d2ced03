import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findFile, replaceAll } from '../../src/local/replaced-files.ts'
import { startAttacker } from '../support/attacker.ts'
import { refusal } from './refusal.ts'

const STRANGER = 65534
const MOST = 1024
const ROUNDS = Number(process.env.ATTACK_ROUNDS ?? 300)

const test = suite<{ folder: string }>('files that are replaced together')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'replaced-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }))

function made(folder: string, name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const read = (path: string) => readFileSync(path, 'utf8')
const find = (...paths: string[]) => Promise.all(paths.map((path) => findFile(path, MOST)))
const to =
  (content: string, shreds = false) =>
  (file: Awaited<ReturnType<typeof findFile>>) => ({
    file,
    content: Buffer.from(content),
    shreds,
  })

test('they hold the new content, with the owner, group and permissions of before', async ({ folder }) => {
  const [a, b] = [made(folder, 'a', 'old'), made(folder, 'b', 'old')]
  chownSync(a, STRANGER, 12)
  chmodSync(a, 0o2640)
  chmodSync(b, 0o444)
  assert.equal(await replaceAll((await find(a, b)).map(to('new'))), [])
  assert.equal([read(a), read(b)], ['new', 'new'])
  const { uid, gid, mode } = statSync(a)
  assert.equal([uid, gid, mode & 0o7777], [STRANGER, 12, 0o2640])
  assert.is(statSync(b).mode & 0o7777, 0o444)
  assert.equal(readdirSync(folder), ['a', 'b'])
})

test('a link stays, and what it leads to is replaced; one of another user is not followed', async ({
  folder,
}) => {
  const real = made(folder, 'real', 'old')
  const [own, theirs] = [join(folder, 'own'), join(folder, 'theirs')]
  symlinkSync('real', own)
  symlinkSync('real', theirs)
  lchownSync(theirs, STRANGER, STRANGER)
  await replaceAll((await find(own)).map(to('new')))
  assert.ok(lstatSync(own).isSymbolicLink())
  assert.is(read(real), 'new')
  assert.match(await refusal(findFile(theirs, MOST)), /theirs is a link of another user's/)
})

test('all or none: a place that cannot be taken leaves those before it as they were', async ({ folder }) => {
  const [a, b] = [made(folder, 'a', 'old a'), made(folder, 'b', 'old b')]
  chmodSync(a, 0o640)
  // What is mounted cannot be replaced.
  execFileSync('mount', ['--bind', b, b])
  try {
    const said = await refusal(replaceAll((await find(a, b)).map(to('new'))))
    assert.match(said, /b cannot be replaced: EBUSY.*; no file is changed$/)
  } finally {
    execFileSync('umount', [b])
  }
  assert.equal([read(a), read(b)], ['old a', 'old b'])
  assert.is(statSync(a).mode & 0o7777, 0o640)
  assert.equal(readdirSync(folder), ['a', 'b'])
})

for (const strategy of ['target', 'parent'] as const)
  test(`a local user who swaps things leads nothing elsewhere: ${strategy}`, async ({ folder }) => {
    chmodSync(folder, 0o755)
    const at = (name: string) => join(folder, name)
    const [home, vault, secret] = [at('home'), at('vault'), at('secret')]
    for (const path of [home, vault, at('home/sub')]) mkdirSync(path)
    for (const path of [home, at('home/sub')]) chownSync(path, STRANGER, STRANGER)
    const target = strategy === 'target' ? at('home/target') : at('home/sub/target')
    for (const path of [secret, at('vault/target')]) writeFileSync(path, 'of root', { mode: 0o600 })
    writeFileSync(target, 'mine')
    const attacker = startAttacker({ uid: STRANGER, folder: home, secret, vault })
    await attacker.turnTo(strategy)
    let reached = 0
    try {
      for (let round = 0; round < ROUNDS || (reached === 0 && round < 20 * ROUNDS); round += 1) {
        const found = await findFile(target, MOST).catch(() => undefined)
        assert.is.not(found?.content.toString(), 'of root', `round ${round}`)
        if (found !== undefined) {
          reached += 1
          await replaceAll([to(`round ${round}`, true)(found)]).catch(() => {})
        }
        for (const path of [secret, at('vault/target')]) assert.is(read(path), 'of root', `round ${round}`)
        assert.equal(readdirSync(vault), ['target'], `round ${round}`)
      }
    } finally {
      await attacker.stop()
    }
    assert.ok(reached > 0)
  })

test('what somebody else has changed meanwhile is not replaced, and nothing beside it', async ({
  folder,
}) => {
  const [a, b] = [made(folder, 'a', 'old a'), made(folder, 'b', 'old b')]
  const found = await find(a, b)
  writeFileSync(b, 'theirs')
  assert.match(
    await refusal(replaceAll(found.map(to('new')))),
    /b has been changed by somebody else meanwhile/,
  )
  assert.equal([read(a), read(b)], ['old a', 'theirs'])
  assert.equal(readdirSync(folder), ['a', 'b'])
})

test('a secret is overwritten where it was; one with another name is told of', async ({ folder }) => {
  const [a, b] = [made(folder, 'a', 'secret'), made(folder, 'b', 'secret')]
  const held = openSync(a, 'r')
  linkSync(b, join(folder, 'other'))
  const told = await replaceAll((await find(a, b)).map(to('new', true)))
  const there = Buffer.alloc(6)
  assert.is(readSync(held, there, 0, 6, 0), 6)
  assert.is.not(there.toString(), 'secret')
  assert.equal(told, [`${b} has another name (a hard link), under which its plain text is still there`])
  assert.is(read(join(folder, 'other')), 'secret')
})

const NONE: [title: string, make: (path: string) => void, said: RegExp][] = [
  ['nothing', () => {}, /^does not exist$/],
  ['a folder', (path) => mkdirSync(path), /^is a folder, a file is expected$/],
  ['a device', (path) => symlinkSync('/dev/zero', path), /^is no file$/],
  ['too much', (path) => writeFileSync(path, 'x'.repeat(MOST + 1)), /^is larger than /],
]
for (const [title, make, said] of NONE)
  test(`no file to be replaced: ${title}`, async ({ folder }) => {
    const path = join(folder, 'x')
    make(path)
    assert.match(await refusal(findFile(path, MOST)), said)
  })

test.run()
