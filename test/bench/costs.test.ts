import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Outcome } from './contestants.ts'
import { costsOf, LARGE, simulation, type Taken, VERY_LARGE } from './costs.ts'
import type { Measurement } from './measure.ts'
import { linearUpTo, simulated } from './simulation.ts'
import { FEW, IN_SMALL_SLICES, ONE_WORKER, SLICE, SMALL_SLICE, THE_FIRST, TWO_WORKERS } from './workers.ts'

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
function run(hosts: number, slice: number, inventory = hosts): Taken {
  const slices = Math.ceil(hosts / slice)
  const coordinator =
    90 + inventory * COSTS.readHost + hosts * COSTS.coordinatorHost + slices * COSTS.coordinatorSlice
  const ms = COSTS.start + hosts * (COSTS.workerHost + COSTS.coordinatorHost)
  return { ms, coordinator, slices, workers: 40 + hosts * COSTS.workerHost, redis: 0 }
}

const runsOf = (hosts: number) => ({
  few: run(FEW, SLICE),
  large: run(hosts, SLICE),
  sliced: run(hosts, SMALL_SLICE),
  read: run(FEW, SLICE, hosts),
})

/** Measured several times: every second one of them took much more. */
function measured(count: number, who: string, { ms, coordinator, ...shared }: Taken): Measurement {
  const outcome = { ms, thread: coordinator, peak: 0, changed: 0, shared: { ...shared, bytes: 0, peaks: [] } }
  const odd = { ...outcome, ms: 9 * ms, thread: 9 * coordinator }
  return {
    ...{ part: 'workers', what: `${count} stub hosts x 15 tasks`, who, failed: false },
    outcomes: [odd, outcome, outcome],
  }
}

const alone = (ms: number): Measurement => {
  const outcome: Outcome = { ms, cpu: 5000, peak: 0, changed: 0 }
  return { ...measured(LARGE, 'playssh', run(LARGE, SLICE)), outcomes: [outcome] }
}

function measuredAll(hosts: number): Measurement[] {
  const { few, large, sliced, read } = runsOf(hosts)
  return [
    measured(FEW, TWO_WORKERS, few),
    measured(hosts, ONE_WORKER, large),
    measured(hosts, IN_SMALL_SLICES, sliced),
    measured(hosts, THE_FIRST, read),
  ]
}

test('what was put in comes out: hosts that the start was read from are not counted twice', () => {
  for (const hosts of [LARGE, VERY_LARGE]) {
    const found = costsOf(hosts, runsOf(hosts))
    for (const [name, cost] of Object.entries(COSTS)) {
      const is = found[name as keyof typeof COSTS]
      assert.ok(Math.abs(is - cost) < 0.01, `${name}: ${is} instead of ${cost}`)
    }
  }
})

test('one process is compared by what it took of a processor: others may have wanted the same', () => {
  const told = (ms: number) => simulation([alone(ms), ...measuredAll(LARGE)])
  const two = simulated(COSTS, LARGE, LARGE / 6, 2)
  assert.match(told(5000), `which is ${(5000 / two).toFixed(2)} times`)
  assert.is(told(9000), told(5000))
})

test('how many workers are of use is told from the runs of many hosts, and from medians', () => {
  const told = simulation(measuredAll(VERY_LARGE))
  const working = { ...COSTS, start: 0, readHost: 0 }
  const linear = [COSTS, working].map((costs) => linearUpTo(costs, 100_000, SLICE, 64))
  const last = told.trim().split('\n').at(-1)!.split('|')
  assert.equal(
    last.slice(-3, -1).map((cell) => Number(cell)),
    linear,
    told,
  )
  assert.is(simulation(measuredAll(LARGE)), '', 'without one process to compare with')
})

test.run()
