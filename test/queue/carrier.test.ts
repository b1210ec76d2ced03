import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Prepared } from '../../src/engine/run.ts'
import { Inventory } from '../../src/inventory/inventory.ts'
import type { RunRequest } from '../../src/protocol/request.ts'
import { Carrier } from '../../src/queue/carrier.ts'
import { type Chunk, chunkPlace, notesPlace } from '../../src/queue/chunks.ts'
import { Seal } from '../../src/queue/key.ts'
import type { FromLane, ToLane } from '../../src/queue/lane-messages.ts'
import { LEASE } from '../../src/queue/places.ts'
import type { SliceHost } from '../../src/split/contract.ts'
import { packInventory } from '../../src/split/inventory.ts'
import { seeController } from '../../src/values/controller-files.ts'

const RUN = 'r'
const KEY = randomBytes(32)
const ABOUT = { slice: '1.1.1', attempt: 1 }
const seal = new Seal(KEY)

interface Context {
  /** The worker's end. */
  port: MessagePort
  clock: BigInt64Array
  said: FromLane[]
  /** What the slice has where it is carried out, once it is. */
  host: Promise<SliceHost>
  /** Lets it come to its end. */
  end: () => void
}

const test = suite<Context>('a slice in its thread')

test.before.each(async (context) => {
  const { port1, port2 } = new MessageChannel()
  context.port = port1
  context.said = []
  port1.on('message', (message: FromLane) => context.said.push(message))
  context.host = new Promise((resolve) => {
    new Carrier(
      port2,
      { key: KEY, worker: 'w' },
      {
        prepare: async () => ({}) as Prepared,
        carryOut: (_, __, host) => {
          resolve(host)
          return new Promise((end) => {
            context.end = () => end({ states: '' })
          })
        },
      },
    )
  })
  const view = { root: '/', folder: '/', environment: {} }
  const inventory = packInventory(new Inventory())
  tell(context, { type: 'prepare', run: RUN, request: {} as RunRequest, view, later: new Map(), inventory })
  tell(context, { type: 'list', name: 'all', hosts: ['h'] })
  await heard(context, 'prepared')
  const clock = new SharedArrayBuffer(8)
  context.clock = new BigInt64Array(clock)
  context.clock[0] = process.hrtime.bigint()
  const lists = { playHosts: 'all', batch: 'all', batchSlices: ['1.1.1'] }
  const slice = { ...lists, id: '1.1.1', play: 1, hosts: ['h'], across: false, given: '', states: '' }
  tell(context, { type: 'slice', name: 'a', attempt: 1, slice, clock, said: [], isPaced: false })
})

test.after.each(({ port }) => {
  port.close()
  seeController(undefined)
})

function tell({ port }: Context, message: ToLane): void {
  port.postMessage(message)
}

async function heard<T extends FromLane['type']>({ port, said }: Context, type: T) {
  for (;;) {
    const found = said.find((message) => message.type === type)
    if (found !== undefined) return found as Extract<FromLane, { type: T }>
    await once(port, 'message')
  }
}

/** All that was sent: warnings and noted points. */
async function sent({ said }: Context): Promise<string[]> {
  const all: string[] = []
  for (const message of said) {
    if (message.type !== 'chunk') continue
    const about = { ...ABOUT, number: message.number }
    const plain = await seal.open(chunkPlace(RUN, about), Buffer.from(message.sealed))
    const { events } = JSON.parse(plain.toString()) as Chunk
    for (const event of events.events) all.push((event as { message: string }).message)
    if (message.noted === undefined) continue
    const notes = JSON.parse(await seal.openText(notesPlace(RUN, about), message.noted))
    for (const [point] of notes as [string, string][]) all.push(point)
  }
  return all
}

test('what is cut off when it is given up is no result, and is neither told nor noted', async (context) => {
  const host = await context.host
  host.emit({ type: 'warning', message: 'before' })
  host.note('1 of h', '{}')
  const kept = host.kept()
  await heard(context, 'chunk')
  tell(context, { type: 'give-up', name: 'a' })
  await once(host.cut, 'abort')
  // Nobody waits any more for what nobody sends.
  await kept
  host.emit({ type: 'warning', message: 'it was cut off' })
  host.note('2 of h', '{}')
  // It would have all go its way.
  await host.kept()
  assert.throws(() => host.holds('h'), 'given up')
  await assertRejects(host.meet('3', '{}'))
  context.end()
  const { isGivenUp, fault } = await heard(context, 'ended')
  assert.ok(isGivenUp)
  assert.match(fault!, 'given up')
  assert.equal(await sent(context), ['before', '1 of h'])
})

test('it gives itself up when its lease has not been renewed in time', async (context) => {
  const host = await context.host
  host.holds('h')
  context.clock[0] = process.hrtime.bigint() - BigInt(LEASE) * 1_000_000n
  assert.throws(() => host.holds('h'), 'given up')
  assert.ok(host.stop.aborted && host.cut.aborted)
  host.note('1', '{}')
  context.end()
  assert.ok((await heard(context, 'ended')).isGivenUp)
  assert.equal(await sent(context), [])
})

test('what it notes is kept when all of it has been taken', async (context) => {
  const host = await context.host
  host.note('1', '{}')
  let isKept = false
  const kept = host.kept().then(() => {
    isKept = true
  })
  const { bytes } = await heard(context, 'chunk')
  assert.not(isKept)
  tell(context, { type: 'taken', name: 'a', bytes })
  await kept
  assert.equal(await sent(context), ['1'])
  context.end()
  assert.not((await heard(context, 'ended')).isGivenUp)
})

async function assertRejects(promise: Promise<unknown>): Promise<void> {
  const end = await promise.then(
    () => 'it has not',
    (error: Error) => error.message,
  )
  assert.match(end, 'given up')
}

test.run()
