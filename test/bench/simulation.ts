/** What a run through a queue was measured to cost, in ms of a processor. */
export interface Costs {
  /** Until the first slice can begin, and behind the last: as long as a run takes, but for its hosts. */
  readonly start: number
  /** Of the coordinator before that, for each host of the inventory. */
  readonly readHost: number
  /** Of the coordinator, which does one thing at a time. */
  readonly coordinatorHost: number
  readonly coordinatorSlice: number
  /** Of a worker that has a processor to itself. */
  readonly workerHost: number
  /** Of Redis, which does one thing at a time. */
  readonly redisHost: number
}

/**
 * How long a run of so many hosts would take, in ms, where each of `workers`, the coordinator and Redis has a processor
 * to itself. A worker takes the next slice when it has done one, and tells of it as it goes; what it tells goes through
 * Redis and then the coordinator, in turn.
 */
export function simulated(costs: Costs, hosts: number, sliceHosts: number, workers: number): number {
  const start = costs.start + hosts * costs.readHost
  const free = Array(Math.min(workers, Math.ceil(hosts / sliceHosts))).fill(start) as number[]
  const told: Told[] = []
  for (let rest = hosts; rest > 0; rest -= sliceHosts) {
    const next = free.indexOf(Math.min(...free))
    const parts = toldOf(costs, Math.min(rest, sliceHosts), free[next]!, start)
    told.push(...parts)
    free[next] = parts.at(-1)!.at
  }
  let redis = 0
  let coordinator = start
  for (const { at, hosts, slices } of told.sort((one, other) => one.at - other.at)) {
    redis = Math.max(redis, at) + hosts * costs.redisHost
    coordinator =
      Math.max(coordinator, redis) + hosts * costs.coordinatorHost + slices * costs.coordinatorSlice
  }
  return coordinator
}

/** What a worker tells at a time: of how many hosts, and of how many slices that they have ended. */
interface Told {
  readonly at: number
  readonly hosts: number
  readonly slices: number
}

/** What it tells of a slice that it begins at a time, where all hosts of the slice go on together. */
function toldOf({ workerHost }: Costs, size: number, begun: number, start: number): Told[] {
  const end = begun + size * workerHost
  const told: Told[] = []
  let last = begun
  for (let at = begun + keptBack(begun - start); at < end; at += keptBack(at - start)) {
    told.push({ at, hosts: (at - last) / workerHost, slices: 0 })
    last = at
  }
  return [...told, { at: end, hosts: workerHost === 0 ? size : (end - last) / workerHost, slices: 1 }]
}

/** How long a worker keeps events back, so that more of them go together: as long as the run has lasted, within bounds. */
function keptBack(lasted: number): number {
  return Math.min(1_000, Math.max(100, lasted))
}

/** The most workers, up to `most`, with which a run is at least 90 % as many times faster than with one. */
export function linearUpTo(costs: Costs, hosts: number, sliceHosts: number, most: number): number {
  const one = simulated(costs, hosts, sliceHosts, 1)
  const isLinear = (workers: number) => one / simulated(costs, hosts, sliceHosts, workers) >= ENOUGH * workers
  return Math.max(...Array.from({ length: most }, (_, index) => index + 1).filter(isLinear))
}

const ENOUGH = 0.9
