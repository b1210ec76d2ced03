import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Turns } from '../../src/queue/turns.ts'

interface Context {
  turns: Turns
  load: number
  /** The rooms that were told of. */
  rooms: number[]
}

const test = suite<Context>('turns of slices')

test.before.each((context) => {
  context.load = 1
  context.rooms = []
  context.turns = new Turns(
    3,
    async () => context.load,
    () => context.rooms.push(context.turns.room),
  )
})

test.after.each(({ turns }) => turns.close())

/** Whether a slice may begin, as soon as that is known. */
function asked(turns: Turns): { isTurn: boolean | undefined } {
  const answer: { isTurn: boolean | undefined } = { isTurn: undefined }
  void turns.begin().then((isTurn) => {
    answer.isTurn = isTurn
  })
  return answer
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 20_000
  while (!holds()) {
    assert.ok(performance.now() < end, 'it does not come about')
    await sleep(10)
  }
}

test('one slice begins, and the next behind it while the thread is busy', async ({ turns }) => {
  const [one, other] = [asked(turns), asked(turns)]
  await until(() => one.isTurn === true)
  // Longer than it takes to look.
  await sleep(1_500)
  assert.is(other.isTurn, undefined)
  assert.is(turns.begun, 1)
  turns.end()
  await until(() => other.isTurn === true)
  assert.is(turns.begun, 1)
})

test('others begin while hosts are waited for, as many as there may be', async (context) => {
  context.load = 0.2
  const { turns, rooms } = context
  assert.is(turns.room, 1)
  const all = Array.from({ length: 4 }, () => asked(turns))
  await until(() => turns.begun === 3)
  await sleep(1_500)
  assert.equal(
    all.map(({ isTurn }) => isTurn),
    [true, true, true, undefined],
  )
  assert.equal(rooms, [2, 3])
  context.load = 1
  await until(() => rooms.length > 2)
  assert.equal(rooms, [2, 3, 1])
})

test('short slices, one behind the other, make room for more; none is left where there are none', async (context) => {
  context.load = 0.2
  const { turns, rooms } = context
  for (let slices = 0; rooms.length === 0; slices += 1) {
    assert.ok(slices < 100, 'there is no room for more')
    await turns.begin()
    await sleep(150)
    turns.end()
  }
  await until(() => rooms.length > 1)
  assert.equal(rooms, [2, 1])
})

test('the time before a slice is not time that it waits for hosts', async () => {
  let looked = performance.now()
  let begun = Number.POSITIVE_INFINITY
  // The thread works as long as there is a slice.
  const load = async () => {
    const now = performance.now()
    const share = Math.max(0, now - Math.max(looked, begun)) / (now - looked)
    looked = now
    return share
  }
  const rooms: number[] = []
  const turns = new Turns(3, load, () => rooms.push(turns.room))
  await sleep(800)
  await turns.begin()
  begun = performance.now()
  await sleep(2_500)
  turns.close()
  assert.equal(rooms, [])
})

test('a slice that waits for others takes nobody’s turn', async ({ turns, rooms }) => {
  const [one, other] = [asked(turns), asked(turns)]
  await until(() => one.isTurn === true)
  let meet = () => {}
  const met = turns.wait(() => new Promise<void>((resolve) => (meet = resolve)))
  await until(() => other.isTurn === true)
  assert.equal([turns.begun, turns.waiting], [2, 1])
  meet()
  await met
  assert.equal([turns.begun, turns.waiting], [2, 0])
  assert.equal(rooms, [2, 1])
})

test('whoever waits for a turn is told when there are no more', async ({ turns }) => {
  const [one, other] = [asked(turns), asked(turns)]
  await until(() => one.isTurn === true)
  turns.close()
  await until(() => other.isTurn === false)
  assert.is(await turns.begin(), false)
})

test.run()
