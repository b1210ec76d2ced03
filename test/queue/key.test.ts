import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NotOurs, readKey, Seal } from '../../src/queue/key.ts'

const key = Buffer.alloc(32, 1)
const seal = new Seal(key)

const test = suite('the key of a queue')

async function refused(open: () => Promise<unknown>): Promise<void> {
  const error = await open().then(
    () => undefined,
    (error: Error) => error,
  )
  assert.instance(error, NotOurs)
}

test('what was sealed for one place opens at no other, and not when it was changed', async () => {
  const sealed = await seal.seal('slice 1', 'a text')
  assert.is((await seal.open('slice 1', sealed)).toString(), 'a text')
  await refused(() => seal.open('slice 2', sealed))
  await refused(() => new Seal(Buffer.alloc(32, 2)).open('slice 1', sealed))
  for (const at of [0, 12, sealed.length - 1]) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    await refused(() => seal.open('slice 1', changed))
  }
  for (const length of [0, 12, 27, sealed.length - 1])
    await refused(() => seal.open('slice 1', sealed.subarray(0, length)))
})

test('what is large opens as what is small does', async () => {
  const large = randomBytes(100_000)
  assert.equal(await seal.open('bundle', await seal.seal('bundle', large)), large)
})

test('the same is never sealed in the same way, and named always the same', async () => {
  assert.is.not(await seal.sealText('p', 'x'), await seal.sealText('p', 'x'))
  assert.is(seal.name('h1'), new Seal(key).name('h1'))
  assert.is.not(seal.name('h1'), new Seal(Buffer.alloc(32, 2)).name('h1'))
})

test('is 32 bytes in base64 or hex, of a file that nobody else may read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'key-'))
  const file = join(folder, 'key')
  try {
    for (const text of [key.toString('base64'), key.toString('hex'), ` ${key.toString('base64')}\n`]) {
      assert.equal(readKey(undefined, text), key)
      writeFileSync(file, text, { mode: 0o600 })
      assert.equal(readKey(file, undefined), key)
    }
    for (const mode of [0o640, 0o604, 0o622]) {
      chmodSync(file, mode)
      assert.throws(() => readKey(file, undefined), /others may read it/)
    }
    for (const text of [
      'short',
      key.toString('base64').slice(4),
      `${key.toString('hex')}00`,
      'p@ssw0rd '.repeat(5),
    ])
      assert.throws(() => readKey(undefined, text), /32 bytes in base64 or hex/)
    assert.throws(() => readKey(join(folder, 'none'), undefined), /ENOENT/)
    assert.throws(() => readKey(undefined, undefined), /none is given/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
