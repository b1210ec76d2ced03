import type { Outcome } from './contestants.ts'
import type { Measurement } from './measure.ts'
import { type Costs, linearUpTo, simulated } from './simulation.ts'
import { duration, spread, table } from './table.ts'
import { FEW, IN_SMALL_SLICES, ONE_WORKER, SLICE, THE_FIRST, TWO_WORKERS } from './workers.ts'

/** Numbers of hosts that costs are read from: of the larger one all code is warm. */
export const LARGE = 1000
export const VERY_LARGE = 10_000
/** A number of hosts that is only simulated. */
const HUGE = 100_000
/** Slices that two workers have, all together, where they have the same number. */
const TWO_EACH = 6
/** Workers that are simulated, at most. */
const MOST = 64

/** What was measured of a run through a queue, in ms of its main thread for the coordinator; medians. */
export type Taken = Record<'ms' | 'coordinator' | 'slices' | 'workers' | 'redis', number>

/** What a run costs and how many workers it is good for, by what was measured; '' where too little was. */
export function simulation(measured: readonly Measurement[]): string {
  return [againstOne(measured), linearity(measured)].filter((text) => text !== '').join('\n\n')
}

/** How two workers compare with one process. */
function againstOne(measured: readonly Measurement[]): string {
  const alone = find(measured, LARGE, 'playssh')
  const costs = costsFrom(measured, LARGE)
  if (alone === undefined || costs === undefined) return ''
  const cpu = spread(alone.map(({ cpu = 0 }) => cpu)).median
  const two = simulated(costs, LARGE, LARGE / TWO_EACH, 2)
  return `Simulated, ${where(costs, LARGE)}\n\n${LARGE} hosts by two workers: ${duration(two)}, which is ${(cpu / two).toFixed(2)} times what one process does that takes as much of a processor as was measured.`
}

/** How long more workers take, and up to how many are of use. */
function linearity(measured: readonly Measurement[]): string {
  const costs = costsFrom(measured, VERY_LARGE)
  if (costs === undefined) return ''
  const rows = [VERY_LARGE, HUGE].map((hosts) => {
    const seconds = [1, 2, 8, MOST].map((workers) => duration(simulated(costs, hosts, SLICE, workers)))
    const linear = [costs, whenRead(costs)].map((of) => String(linearUpTo(of, hosts, SLICE, MOST)))
    return [String(hosts), ...seconds, ...linear]
  })
  const until = 'linear to 90 % up to, workers'
  const read = `${until}, from when the inventory is read`
  return `Simulated, ${where(costs, VERY_LARGE)}\n\n${table(['hosts', '1 worker', '2', '8', String(MOST), until, read], rows)}`
}

/** The most workers with which a huge number of hosts takes as many times less, to 90 %, from when the inventory is read. */
export function workersOfUse(measured: readonly Measurement[]): number | undefined {
  const costs = costsFrom(measured, VERY_LARGE)
  return costs && linearUpTo(whenRead(costs), HUGE, SLICE, MOST)
}

/** What is left of the costs of a run whose inventory is read. */
function whenRead(costs: Costs): Costs {
  return { ...costs, start: 0, readHost: 0 }
}

function where(costs: Costs, hosts: number): string {
  const each = [
    `a worker ${costs.workerHost.toFixed(2)} ms a host`,
    `the coordinator ${costs.readHost.toFixed(3)} ms to read a host, ${costs.coordinatorHost.toFixed(3)} ms to hear of it and ${costs.coordinatorSlice.toFixed(1)} ms a slice of ${SLICE}`,
    `Redis ${costs.redisHost.toFixed(3)} ms a host`,
  ]
  return `a processor for each worker, and one for each thread of the coordinator, from what ${hosts} hosts were measured to take: ${each.join('; ')}.`
}

function costsFrom(measured: readonly Measurement[], hosts: number): Costs | undefined {
  const few = taken(measured, FEW, TWO_WORKERS)
  const [large, sliced, read] = [ONE_WORKER, IN_SMALL_SLICES, THE_FIRST].map((who) =>
    taken(measured, hosts, who),
  )
  return few && large && sliced && read && costsOf(hosts, { few, large, sliced, read })
}

/**
 * What a run costs: from one of few hosts, one of so many, the same in many slices, and one of few hosts of an inventory
 * of so many.
 */
export function costsOf(
  hosts: number,
  { few, large, sliced, read }: Record<'few' | 'large' | 'sliced' | 'read', Taken>,
): Costs {
  const slice = Math.max(0, (sliced.coordinator - large.coordinator) / (sliced.slices - large.slices))
  const own = large.coordinator - read.coordinator - slice * (large.slices - few.slices)
  const more = hosts - FEW
  const coordinatorHost = Math.max(0, own / more)
  const workerHost = Math.max(0, (large.workers - few.workers) / more)
  return {
    // The few hosts are among those that are counted.
    start: Math.max(0, few.ms - FEW * (workerHost + coordinatorHost)),
    readHost: Math.max(0, (read.coordinator - few.coordinator) / more),
    coordinatorSlice: slice,
    redisHost: large.redis / hosts,
    ...{ coordinatorHost, workerHost },
  }
}

function taken(measured: readonly Measurement[], count: number, who: string): Taken | undefined {
  const outcomes = find(measured, count, who)?.filter(({ shared }) => shared !== undefined) ?? []
  if (outcomes.length === 0) return undefined
  const middle = (of: (outcome: Outcome) => number) => spread(outcomes.map(of)).median
  return {
    ms: middle(({ ms }) => ms),
    // What V8 does on threads of its own is not in the way of what comes next.
    coordinator: middle(({ thread = 0 }) => thread),
    slices: middle(({ shared }) => shared!.slices),
    workers: middle(({ shared }) => shared!.workers),
    redis: middle(({ shared }) => shared!.redis),
  }
}

function find(measured: readonly Measurement[], count: number, who: string): readonly Outcome[] | undefined {
  return measured.find((one) => one.who === who && one.what.startsWith(`${count} `))?.outcomes
}
