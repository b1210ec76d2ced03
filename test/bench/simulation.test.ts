import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { linearUpTo, simulated } from './simulation.ts'

const test = suite('simulation of workers')

const FREE = { start: 0, readHost: 0, coordinatorHost: 0, coordinatorSlice: 0, workerHost: 10, redisHost: 0 }

test('work that only workers have is shared evenly', () => {
  assert.is(simulated(FREE, 1000, 100, 1), 10_000)
  assert.is(simulated(FREE, 1000, 100, 2), 5000)
  assert.is(simulated(FREE, 1000, 100, 10), 1000)
})

test('more workers than slices are of no use', () => {
  assert.is(simulated(FREE, 1000, 100, 64), 1000)
  assert.is(linearUpTo(FREE, 1000, 100, 64), 11, 'with one that has nothing to do they are ten elevenths')
  assert.is(linearUpTo(FREE, 64_000, 100, 64), 64)
})

test('a slice that is not full costs what it holds', () => {
  assert.is(simulated(FREE, 150, 100, 1), 1500)
  assert.is(simulated(FREE, 150, 100, 2), 1000)
})

test('the coordinator takes what comes in turn, and hears of slices as they go', () => {
  const costs = { ...FREE, workerHost: 50, coordinatorHost: 1, coordinatorSlice: 50 }
  assert.is(simulated(costs, 1000, 100, 1), 50_070, 'what was not told of the last is that of a second')
  assert.is(simulated(costs, 1000, 100, 10), 5580, 'ten end at a time, of which 0.4 s are not told')
})

test('no number of workers is quicker than the coordinator or Redis', () => {
  const hosts = 100_000
  assert.ok(simulated({ ...FREE, coordinatorHost: 2 }, hosts, 100, 64) >= hosts * 2)
  assert.ok(simulated({ ...FREE, redisHost: 2 }, hosts, 100, 64) >= hosts * 2)
  const most = linearUpTo({ ...FREE, coordinatorHost: 1 }, hosts, 100, 64)
  assert.ok(most >= 8 && most <= 11, `${most}`)
})

test('the start is nobody to be shared with', () => {
  assert.is(simulated({ ...FREE, start: 300 }, 1000, 100, 10), 1300)
})

test('an inventory is read before anybody works', () => {
  assert.is(simulated({ ...FREE, readHost: 0.5 }, 1000, 100, 10), 1500)
  assert.is(linearUpTo({ ...FREE, readHost: 1 }, 100_000, 100, 64), 2)
})

test.run()
