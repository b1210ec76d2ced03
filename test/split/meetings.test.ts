import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { HostState } from '../../src/engine/host.ts'
import type { Word } from '../../src/engine/together.ts'
import type { Slice, SliceHost } from '../../src/split/contract.ts'
import { Meetings } from '../../src/split/meetings.ts'

const HOSTS = ['a', 'b'].map((name) => ({ name }) as HostState)
const [A, B] = HOSTS as [HostState, HostState]

/** What a slice keeps, in its order, and "kept" where it waits for that. */
function slice(batchSlices: readonly string[] = ['1'], said: ReadonlyMap<string, string> = new Map()) {
  const log: string[] = []
  const keep: (() => void)[] = []
  const host: Partial<SliceHost> = {
    said,
    note: (point) => log.push(point),
    kept: () => {
      log.push('kept')
      return new Promise((resolve) => keep.push(resolve))
    },
    meet: async (point, word) => {
      log.push(`meets at ${point}`)
      return [word]
    },
  }
  const about = { id: '1', hosts: HOSTS.map(({ name }) => name), batchSlices }
  const meetings = new Meetings(about as unknown as Slice, host as SliceHost)
  return { meetings, log, keep: () => keep.splice(0).forEach((go) => void go()) }
}

function word(found: unknown = 'ok'): Word {
  return { of: HOSTS.map(({ name }) => [name, found]), variables: [], stale: [] }
}

/** It is not even made. */
function never(): Word {
  throw new Error('nobody needs it')
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const turn = new Promise((resolve) => setImmediate(resolve, false))
  return (await Promise.race([promise.then(() => true), turn])) as boolean
}

test('a slice alone hears what it says, and keeps nothing while it does nothing', async () => {
  const { meetings, log } = slice()
  const own = word()
  meetings.note(HOSTS, A, never, false)
  assert.equal(await meetings.meet(HOSTS, own), [own])
  assert.equal(log, [])
})

test('before it does something, all of them wait until what was found before is kept', async () => {
  const { meetings, log, keep } = slice()
  await meetings.meet(HOSTS, word())
  await meetings.meet([A], word())
  const begun = HOSTS.map(({ name }) => meetings.begins(name))
  assert.equal(log, ['1', 'a 1', 'kept'])
  for (const one of begun) assert.not(await isSettled(one))
  keep()
  await Promise.all(begun)
  await meetings.begins('a')
  assert.equal(log, ['1', 'a 1', 'kept'])
})

test('what was done is noted at once, and kept before the next step', async () => {
  const { meetings, log, keep } = slice()
  await meetings.begins('a')
  meetings.note(HOSTS, A, word, false)
  meetings.note(HOSTS, B, word, false)
  const met = meetings.meet(HOSTS, word())
  assert.equal(log, ['1 of a', '1', 'kept'])
  assert.not(await isSettled(met))
  keep()
  await met
  await meetings.meet(HOSTS, word())
  assert.equal(log, ['1 of a', '1', 'kept'])
})

test('a change that was sent with another before its turn is one too', async () => {
  const { meetings, log, keep } = slice()
  meetings.note(HOSTS, B, word, true)
  const met = meetings.meet(HOSTS, word())
  assert.equal(log, ['1 of b', '1', 'kept'])
  keep()
  await met
})

test('what is held back does not become ever more', async () => {
  const { meetings, log } = slice()
  for (let step = 0; step < 10_000; step += 1) await meetings.meet(HOSTS, word())
  assert.ok(log.length > 5_000 && !log.includes('kept'), `${log.length} are noted`)
})

test('what it has said before it does not say again', async () => {
  const { meetings, log } = slice(['1'], new Map([['1', '{}']]))
  await meetings.meet(HOSTS, word())
  await meetings.meet(HOSTS, word())
  void meetings.begins('a')
  assert.equal(log, ['2', 'kept'])
})

test('slices that are several meet at each step', async () => {
  const { meetings, log } = slice(['1', '2'])
  assert.equal((await meetings.meet(HOSTS, word('x')))[0]!.of, word('x').of)
  await meetings.begins('a')
  assert.equal(log, ['meets at 1'])
})

test.run()
