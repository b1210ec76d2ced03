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
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { writeWhole } from '../../src/local/written-file.ts'
import { startAttacker } from '../support/attacker.ts'
import { refusal } from './refusal.ts'

const STRANGER = 65534
const ROUNDS = Number(process.env.ATTACK_ROUNDS ?? 300)

const test = suite<{ folder: string }>('a file that is written here, beside other users')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'written-'))
  chmodSync(context.folder, 0o755)
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }))

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
  const attacker = startAttacker({ uid: STRANGER, folder: home, secret, vault })
  await attacker.turnTo('parent')
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await writeWhole(join(home, 'sub/target'), [`round ${round}`]).catch(() => {})
      assert.equal(readdirSync(vault), ['target'], `round ${round}`)
      assert.is(readFileSync(join(vault, 'target'), 'utf8'), 'kept', `round ${round}`)
    }
  } finally {
    await attacker.stop()
  }
})

test.run()
