import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis as Client } from 'ioredis'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Seal } from '../../src/queue/key.ts'
import { contentName, PIECE, pieceNames } from '../../src/queue/pieces.ts'
import { places } from '../../src/queue/places.ts'
import { connectTo } from '../../src/queue/redis.ts'
import { Supply } from '../../src/queue/supply.ts'
import { type Redis, startRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

interface Context {
  folder: string
  server: Redis
  client: Client
  supply: Supply
  /** The pieces of a file that may be asked for. */
  pieces: readonly string[]
}

const test = suite<Context>('supply of files')
const RUN = 'run'
const seal = new Seal(Buffer.alloc(32, 1))

test.before(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'playssh-supply-'))
  context.server = await startRedis()
  const { port, password } = context.server
  const url = `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`
  context.client = await connectTo({ url }, 'test')
  const path = join(context.folder, 'file')
  const content = randomBytes(3 * PIECE)
  writeFileSync(path, content)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const name = contentName(seal, sha256)
  context.pieces = pieceNames(name, content.length)
  context.supply = new Supply(context.client, seal, RUN, new Map([[name, { path, sha256 }]]))
})

test.after(async ({ folder, server, client, supply }) => {
  supply.close()
  client.disconnect()
  await server.stop()
  rmSync(folder, { recursive: true })
})

/** As a worker asks: again after a second, though its first question has been heard. */
async function ask({ client }: Context, piece: string, taker?: string): Promise<void> {
  if (taker !== undefined) await client.sadd(places.takers(RUN, piece), taker)
  await client.sadd(places.wanted(RUN), piece)
  await client.publish(places.wanted(RUN), '')
}

const lies = ({ server }: Context, piece: string) => server.ask('EXISTS', places.piece(RUN, piece)) === '1'

test('a piece that was asked for twice, and was taken meanwhile, does not come once more', async (context) => {
  const { client, server, pieces } = context
  const [first, second] = pieces as [string, string]
  await ask(context, first, 'one')
  await until('the piece is there', () => lies(context, first))
  await client.del(places.piece(RUN, first), places.takers(RUN, first))
  await ask(context, first)
  await ask(context, second, 'one')
  await until('all that was asked for was looked at', () => {
    return lies(context, second) && server.ask('SCARD', places.wanted(RUN)) === '0'
  })
  assert.not.ok(lies(context, first))
  const into = Number(/total_net_input_bytes:(\d+)/.exec(server.ask('INFO', 'stats'))![1])
  assert.ok(into < 2.1 * PIECE, `${into} bytes`)
})

test('one that lies there stays as it is, and whoever waits for it is told', async (context) => {
  const { client, pieces } = context
  const third = pieces[2]!
  await ask(context, third, 'one')
  await until('the piece is there', () => lies(context, third))
  const before = await client.getBuffer(places.piece(RUN, third))
  const bell = client.duplicate()
  const rung = new Promise((resolve) => bell.once('message', (_, piece) => resolve(piece)))
  await bell.subscribe(places.pieces(RUN))
  await ask(context, third, 'two')
  assert.is(await rung, third)
  bell.disconnect()
  // Sealed anew it would be other bytes.
  assert.equal(await client.getBuffer(places.piece(RUN, third)), before)
})

test.run()
