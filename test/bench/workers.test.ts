import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Outcome, Shared } from './contestants.ts'
import type { Measurement } from './measure.ts'
import { simulated } from './simulation.ts'
import {
  costsOf,
  FEW,
  IN_SLICES,
  IN_SMALL_SLICES,
  LARGE,
  SLICE,
  SMALL_SLICE,
  simulation,
  THE_FIRST,
} from './workers.ts'

const test = suite('what a run through a queue costs')

const COSTS = {
  start: 300,
  readHost: 0.05,
  coordinatorHost: 0.2,
  coordinatorSlice: 2,
  workerHost: 5,
  redisHost: 0,
}

/** A run that costs just that, by as many workers as there are slices. */
function run(hosts: number, slice: number, inventory = hosts): Outcome {
  const slices = Math.ceil(hosts / slice)
  const shared: Shared = { slices, workers: 40 + hosts * COSTS.workerHost, redis: 0, bytes: 0, peaks: [] }
  const cpu =
    90 + inventory * COSTS.readHost + hosts * COSTS.coordinatorHost + slices * COSTS.coordinatorSlice
  const ms = COSTS.start + hosts * (COSTS.workerHost + COSTS.coordinatorHost)
  return { ms, cpu, peak: 0, changed: 0, shared }
}

const RUNS = {
  few: run(FEW, SLICE),
  large: run(LARGE, SLICE),
  sliced: run(LARGE, SMALL_SLICE),
  read: run(FEW, SLICE, LARGE),
}

const isNear = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 0.01, `${found} instead of ${expected}`)

test('what was put in comes out: hosts that the start was read from are not counted twice', () => {
  const found = costsOf(RUNS)
  for (const [name, cost] of Object.entries(COSTS)) isNear(found[name as keyof typeof COSTS], cost)
})

test('one process is compared by what it took of a processor: others may have wanted the same', () => {
  const measured = (count: number, who: string, outcome: Outcome): Measurement => ({
    ...{ part: 'workers', what: `${count} stub hosts x 15 tasks`, who, outcomes: [outcome] },
    failed: false,
  })
  const told = (ms: number) =>
    simulation([
      measured(LARGE, 'playssh', { ms, cpu: 5000, peak: 0, changed: 0 }),
      measured(FEW, IN_SLICES, RUNS.few),
      measured(LARGE, IN_SLICES, RUNS.large),
      measured(LARGE, IN_SMALL_SLICES, RUNS.sliced),
      measured(LARGE, THE_FIRST, RUNS.read),
    ])
  const two = simulated(COSTS, LARGE, LARGE / 6, 2)
  assert.match(told(5000), `which is ${(5000 / two).toFixed(2)} times`)
  assert.is(told(9000), told(5000))
})

test.run()
