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
    const parts = toldOf(costs, Math.min(rest, sliceHosts), free[next]!)
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

/** What it tells of a slice that it begins at a time: something every TOLD_EVERY ms, as all its hosts go on together. */
function toldOf({ workerHost }: Costs, size: number, begun: number): Told[] {
  const takes = size * workerHost
  const before = Math.max(0, Math.ceil(takes / TOLD_EVERY) - 1)
  const hosts = takes === 0 ? size : (size * TOLD_EVERY) / takes
  return [
    ...Array.from({ length: before }, (_, part) => ({
      at: begun + (part + 1) * TOLD_EVERY,
      hosts,
      slices: 0,
    })),
    { at: begun + takes, hosts: size - before * hosts, slices: 1 },
  ]
}

/** Workers keep events back for a second at most, so that more of them go together. */
const TOLD_EVERY = 1_000

/** The most workers, up to `most`, with which a run is at least 90 % as many times faster than with one. */
export function linearUpTo(costs: Costs, hosts: number, sliceHosts: number, most: number): number {
  const one = simulated(costs, hosts, sliceHosts, 1)
  const isLinear = (workers: number) => one / simulated(costs, hosts, sliceHosts, workers) >= ENOUGH * workers
  return Math.max(...Array.from({ length: most }, (_, index) => index + 1).filter(isLinear))
}

const ENOUGH = 0.9
