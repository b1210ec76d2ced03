import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Schedule } from '../../src/watch/schedule.ts'

const test = suite('schedule')

const never = new AbortController().signal

async function waited(schedule: Schedule, end = never): Promise<number> {
  const began = performance.now()
  await schedule.wait(end)
  return performance.now() - began
}

test('the first is at once, the next when it is due, and those that were missed are left out', async () => {
  const schedule = new Schedule({ every: 400, splay: 0 })
  assert.ok((await waited(schedule)) < 200)
  await sleep(500)
  const second = await waited(schedule)
  assert.ok(second > 100 && second < 300 + 200, `${second}`)
  assert.ok((await waited(schedule)) > 200)
})

test('it says when the next one is, and is woken', async () => {
  const schedule = new Schedule({ every: 3_600_000, splay: 0 })
  await schedule.wait(never)
  assert.is(schedule.next, undefined)
  const waiting = waited(schedule)
  assert.ok(schedule.next! > Date.now() + 3_500_000)
  schedule.wake()
  assert.ok((await waiting) < 1000)
  // One that is asked for during a check follows it.
  schedule.wake()
  assert.ok((await waited(schedule)) < 1000)
})

test('it ends early', async () => {
  const schedule = new Schedule({ every: 3_600_000, splay: 3_600_000 })
  const end = new AbortController()
  const waiting = waited(schedule, end.signal)
  end.abort()
  assert.ok((await waiting) < 1000)
  assert.ok((await waited(schedule, end.signal)) < 1000)
})

test('splay puts each off by chance, never by more', async () => {
  const delays: number[] = []
  for (let times = 0; times < 8; times += 1)
    delays.push(await waited(new Schedule({ every: 200, splay: 200 })))
  assert.ok(Math.max(...delays) - Math.min(...delays) > 5, `${delays}`)
})

test.run()
