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
 * to itself. A worker takes the next slice when it has done one; what is told of a slice goes through Redis and then the
 * coordinator, in turn.
 */
export function simulated(costs: Costs, hosts: number, sliceHosts: number, workers: number): number {
  const start = costs.start + hosts * costs.readHost
  const free = Array(Math.min(workers, Math.ceil(hosts / sliceHosts))).fill(start) as number[]
  let redis = 0
  let coordinator = start
  const done: { at: number; size: number }[] = []
  for (let rest = hosts; rest > 0; rest -= sliceHosts) {
    const size = Math.min(rest, sliceHosts)
    const next = free.indexOf(Math.min(...free))
    free[next]! += size * costs.workerHost
    done.push({ at: free[next]!, size })
  }
  for (const { at, size } of done.sort((one, other) => one.at - other.at)) {
    redis = Math.max(redis, at) + size * costs.redisHost
    coordinator = Math.max(coordinator, redis) + size * costs.coordinatorHost + costs.coordinatorSlice
  }
  return coordinator
}

/** The most workers, up to `most`, with which a run is at least 90 % as many times faster than with one. */
export function linearUpTo(costs: Costs, hosts: number, sliceHosts: number, most: number): number {
  const one = simulated(costs, hosts, sliceHosts, 1)
  const isLinear = (workers: number) => one / simulated(costs, hosts, sliceHosts, workers) >= ENOUGH * workers
  return Math.max(...Array.from({ length: most }, (_, index) => index + 1).filter(isLinear))
}

const ENOUGH = 0.9
