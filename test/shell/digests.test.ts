import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { contentOf } from '../../src/shell/content.ts'
import { digestsOfPieces } from '../../src/shell/digests.ts'

const test = suite('digests of what comes in pieces')

const PIECES = Array.from({ length: 100 }, (_, index) => Buffer.alloc(1000 + index, index))

async function* pieces() {
  yield* PIECES
}

test('they are those of the whole, in one thread and in two', async () => {
  const { sha256, sha1 } = contentOf(Buffer.concat(PIECES))
  for (const size of [1, 1024 ** 3]) assert.equal(await digestsOfPieces(pieces(), size), { sha256, sha1 })
})

test('what cannot be read on ends both threads with its error', async () => {
  const broken = async function* () {
    yield* PIECES
    throw new Error('the disk is gone')
  }
  for (const size of [1, 1024 ** 3]) {
    const said = await digestsOfPieces(broken(), size).catch((error: Error) => error.message)
    assert.is(said, 'the disk is gone')
  }
})

test.run()
