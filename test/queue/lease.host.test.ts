import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis as Client } from 'ioredis'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isHeld, Lease } from '../../src/queue/lease.ts'
import { places, RENEWAL } from '../../src/queue/places.ts'
import { connectTo } from '../../src/queue/redis.ts'
import { type Redis, startRedis } from '../support/redis.ts'

interface Context {
  server: Redis
  client: Client
}

const test = suite<Context>('leases on hosts')
const RUN = 'run'
const isNeeded = async () => true

test.before(async (context) => {
  context.server = await startRedis()
  const { port, password } = context.server
  context.client = await connectTo(
    { url: `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}` },
    'test',
  )
  await context.client.sadd(places.claims(RUN), 'a', 'b')
})

test.after(async ({ server, client }) => {
  client.disconnect()
  await server.stop()
})

/** Takes hosts, and lets the lease run out, as if Redis had heard nothing of it; `meanwhile` is what happens then. */
async function runOut(
  { client }: Context,
  meanwhile: () => Promise<unknown>,
  test: (lease: Lease) => void,
): Promise<void> {
  const lease = new Lease(client, RUN, '1.1.1', ['a', 'b'])
  assert.ok(await lease.take(isNeeded))
  try {
    await client.del(...(await client.keys(places.lease(RUN, '*'))))
    await meanwhile()
    // It is renewed meanwhile, or is not.
    await sleep(2 * RENEWAL)
    test(lease)
  } finally {
    await lease.release()
  }
}

test('one that has run out is taken back where nobody had the hosts meanwhile', (context) =>
  runOut(
    context,
    async () => {},
    ({ lost, clock }) => assert.ok(!lost.aborted && isHeld(clock)),
  ))

test('one that has run out is lost where another had one of the hosts, though that has ended', (context) => {
  const other = new Lease(context.client, RUN, '1.1.1', ['b'])
  const meanwhile = async () => {
    assert.ok(await other.take(isNeeded))
    await other.release()
  }
  return runOut(context, meanwhile, ({ lost }) => assert.ok(lost.aborted))
})

test('one that has run out is lost when the run is over', (context) =>
  runOut(
    context,
    () => context.client.del(places.hosts(RUN)),
    ({ lost }) => assert.ok(lost.aborted),
  ))

test.run()
