import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WrittenFile, writeWhole } from '../../src/local/written-file.ts'

const STRANGER = 65534
const ROUNDS = Number(process.env.ATTACK_ROUNDS ?? 300)

const test = suite<{ folder: string }>('a file that is written here')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'written-'))
  chmodSync(context.folder, 0o755)
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }))

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => '',
    (error: Error) => error.message,
  )
}

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

test('links: our own are followed on the way, never one of another user, and none in the place itself', async ({
  folder,
}) => {
  const at = (name: string) => join(folder, name)
  mkdirSync(at('real'))
  mkdirSync(at('roots'))
  symlinkSync('real', at('own'))
  await writeWhole(at('own/file'), ['x'])
  assert.is(readFileSync(at('real/file'), 'utf8'), 'x')
  symlinkSync(at('roots'), at('theirs'))
  lchownSync(at('theirs'), STRANGER, STRANGER)
  assert.match(
    await refusal(writeWhole(at('theirs/file'), ['x'])),
    /theirs is a link of another user's \(id 65534\); it is not followed/,
  )
  writeFileSync(at('roots/kept'), 'kept')
  symlinkSync(at('roots/kept'), at('link'))
  await writeWhole(at('link'), ['new'])
  assert.is(readFileSync(at('roots/kept'), 'utf8'), 'kept')
  assert.not.ok(lstatSync(at('link')).isSymbolicLink())
  assert.equal(readdirSync(at('roots')), ['kept'])
})

test('what is no file is written to as it is', async () => {
  await writeWhole('/dev/null', ['x'])
  assert.ok(lstatSync('/dev/null').isCharacterDevice())
})

test('a local user who swaps the folder for a link leads nothing elsewhere', async ({ folder }) => {
  const [home, vault, secret] = ['home', 'vault', 'secret'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [home, vault, join(home, 'sub')]) mkdirSync(path)
  for (const path of [home, join(home, 'sub')]) chownSync(path, STRANGER, STRANGER)
  writeFileSync(secret, 'secret', { mode: 0o600 })
  writeFileSync(join(vault, 'target'), 'kept')
  const script = fileURLToPath(new URL('../support/attacker.js', import.meta.url))
  const attacker = spawn(process.execPath, [script, String(STRANGER), home, secret, vault, 'parent'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await new Promise((resolve) => attacker.stdout.once('data', resolve))
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await writeWhole(join(home, 'sub/target'), [`round ${round}`]).catch(() => {})
      assert.equal(readdirSync(vault), ['target'], `round ${round}`)
      assert.is(readFileSync(join(vault, 'target'), 'utf8'), 'kept', `round ${round}`)
    }
  } finally {
    attacker.stdin.end()
    await new Promise((resolve) => attacker.once('exit', resolve))
  }
})

test.run()
