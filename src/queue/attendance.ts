import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Seal } from './key.ts'
import { type Share, sharesOf } from './partition.ts'
import { type WorkerInfo, workersOf } from './presence.ts'

/** How often it is looked who has come, while hosts wait for a worker, in ms. */
const LOOK = 200
/** How long nothing is said of it, in ms. */
const QUIET = 500

export interface AttendanceOptions {
  readonly version: string
  /** Hosts in a slice at most. */
  readonly most: number
  /** How long hosts wait for a worker that serves them, in ms. */
  readonly wait: number
  /** Which hosts a pattern means. */
  readonly servedBy: (pattern: string) => ReadonlySet<string>
  readonly warn: (message: string) => void
  readonly stop: AbortSignal
}

/** Which workers are there, and which hosts each of them reaches. */
export class Attendance {
  readonly #redis: Redis
  readonly #seal: Seal
  readonly #options: AttendanceOptions
  readonly #served = new Map<string, ReadonlySet<string>>()
  readonly #told = new Set<string>()

  constructor(redis: Redis, seal: Seal, options: AttendanceOptions) {
    this.#redis = redis
    this.#seal = seal
    this.#options = options
  }

  /** Shares hosts out among those who serve them; who is missing is waited for a while. */
  async shares(hosts: readonly string[]): Promise<Share[]> {
    const { wait, warn, stop, most } = this.#options
    const began = performance.now()
    for (let isTold = false; ; ) {
      const workers = await this.#workers()
      const served = new Map(workers.map(({ serves }) => [serves, this.#hostsOf(serves)]))
      const shares = sharesOf(hosts, served, workers, most)
      const lonely = shares.filter(({ pattern }) => pattern === undefined).flatMap((share) => share.hosts)
      const waited = performance.now() - began
      if (lonely.length === 0 || waited > wait || stop.aborted) return shares
      if (!isTold && waited > QUIET) {
        const whom = lonely.length === 1 ? lonely[0] : `${lonely[0]} and ${lonely.length - 1} more`
        warn(`no worker serves ${whom}; waiting up to ${wait / 1000} s for one`)
        isTold = true
      }
      await setTimeout(LOOK)
    }
  }

  /** A pattern of workers that are there which means all of these hosts; undefined if nobody serves them. */
  async patternFor(hosts: readonly string[]): Promise<string | undefined> {
    const patterns = await this.patterns()
    return [...patterns].find((pattern) => hosts.every((host) => this.#hostsOf(pattern).has(host)))
  }

  /** What workers that are there serve. */
  async patterns(): Promise<ReadonlySet<string>> {
    return new Set((await this.#workers()).map(({ serves }) => serves))
  }

  /** Why workers that are there were not taken, in a sentence. */
  get strangers(): string | undefined {
    return this.#told.size === 0 ? undefined : [...this.#told].join('; ')
  }

  async #workers(): Promise<WorkerInfo[]> {
    const { workers, strangers } = await workersOf(this.#redis, this.#seal, this.#options.version)
    for (const { reason } of strangers) {
      if (this.#told.has(reason)) continue
      this.#told.add(reason)
      this.#options.warn(`${reason}: it is given nothing`)
    }
    return workers
  }

  #hostsOf(pattern: string): ReadonlySet<string> {
    let hosts = this.#served.get(pattern)
    if (hosts === undefined) {
      hosts = this.#options.servedBy(pattern)
      this.#served.set(pattern, hosts)
    }
    return hosts
  }
}
