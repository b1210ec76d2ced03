import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis as Client } from 'ioredis'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Claimed, Claims } from '../../src/queue/claims.ts'
import { Seal } from '../../src/queue/key.ts'
import { Lease } from '../../src/queue/lease.ts'
import { places } from '../../src/queue/places.ts'
import { connectTo } from '../../src/queue/redis.ts'
import { noted, QueueSite, recapOf, workedOnTwice } from '../support/queue.ts'
import { type Redis, startRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

interface Context {
  server: Redis
  client: Client
}

const test = suite<Context>('hosts that a run has')
const seal = new Seal(Buffer.alloc(32, 1))

test.before(async (context) => {
  context.server = await startRedis()
  const { port, password } = context.server
  const url = `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`
  context.client = await connectTo({ url }, 'test')
})

test.after(async ({ server, client }) => {
  client.disconnect()
  await server.stop()
})

test.before.each(async ({ client }) => {
  await client.flushall()
  for (const run of ['one', 'two', 'three']) {
    await client.zadd(places.runs, 1, run)
    await client.set(places.coordinator(run), 'x')
  }
})

/** Claims hosts for a run; who is waited for, and when it has them. */
function claiming({ client }: Context, run: string, hosts: readonly string[], stop?: AbortSignal) {
  const told: Claimed[] = []
  let isTaken = false
  const taken = new Claims(client, seal, run)
    .take(hosts, stop ?? new AbortController().signal, (claimed) => void told.push(claimed))
    .then(() => {
      isTaken = true
    })
  return { told, taken, isTaken: () => isTaken }
}

test('are waited for by another, which has none of its own meanwhile', async (context) => {
  const { client } = context
  await claiming(context, 'one', ['b', 'c']).taken
  await claiming(context, 'two', ['x']).taken
  const second = claiming(context, 'two', ['a', 'b', 'c'])
  await until('it is told', () => second.told.length > 0)
  assert.equal(second.told, [{ run: 'one', count: 2, host: 'b' }])
  await claiming(context, 'three', ['a', 'x']).taken
  await claiming(context, 'three', []).taken
  await sleep(1_000)
  assert.not(second.isTaken())
  await client.unlink(places.claims('one'))
  await second.taken
  assert.is(second.told.length, 1)
  assert.is(await client.scard(places.claims('two')), 3)
})

test('are not waited for any more once nothing is to begin', async (context) => {
  await claiming(context, 'one', ['a']).taken
  const stop = new AbortController()
  const second = claiming(context, 'two', ['a'], stop.signal)
  await until('it is told', () => second.told.length > 0)
  stop.abort()
  await second.taken
  assert.is(await context.client.exists(places.claims('two')), 0)
})

test('are taken from a run without a coordinator, but for those that a worker has', async (context) => {
  const { client } = context
  await claiming(context, 'one', ['a', 'b']).taken
  const [a, b] = ['a', 'b'].map((host) => new Lease(client, 'one', '1.1.1', [seal.name(host)]))
  assert.ok(await a!.take(async () => true))
  await client.del(places.coordinator('one'))

  await claiming(context, 'two', ['b']).taken
  let asked = 0
  assert.not(await b!.take(async () => ++asked < 2), 'no worker begins on what the run has lost')

  const third = claiming(context, 'three', ['a'])
  await until('it is told', () => third.told.length > 0)
  await a!.release()
  await third.taken
})

test('are not worked on by two runs at a time', async () => {
  const site = await new QueueSite().start({ some: ['h1', 'h2'] })
  try {
    site.playbook([noted(site.at('log'), 1, 's0'), noted(site.at('log'), 1, 's1')])
    await site.worker()
    await site.worker()
    const one = site.coordinator()
    await until('it begins', () => site.read('log').includes('begins h1'))
    const two = site.coordinator(['--limit', 'h1'])
    assert.is(await one.ended, 0, one.said())
    assert.is(await two.ended, 0, two.said())
    assert.match(two.said(), /run [0-9a-f]{10} works on h1: waiting until it does not any more/)
    assert.is(recapOf(two.said()).length, 1)
    assert.equal(workedOnTwice(site.read('log')), [])
    assert.is(site.ask('KEYS', '*claims*'), '')
  } finally {
    await site.stop()
  }
})

test.run()
