import type { Job } from 'bullmq'
import { type Slice, type SliceHooks, SliceLost, type SliceResult } from '../split/contract.ts'
import type { Attendance } from './attendance.ts'
import type { SliceJob } from './chunks.ts'
import type { Coordination } from './coordination.ts'
import type { RunEvents } from './events.ts'
import { HEARTBEAT } from './places.ts'
import { UNKNOWN } from './pulse.ts'
import { within } from './redis.ts'
import { isRemoved, type SliceQueues } from './slice-queues.ts'

/** How long it may be that nobody is there who serves a slice's hosts, before others are looked for, in ms. */
const UNSERVED = 5_000

export interface Open {
  readonly slice: Slice
  /** Its hosts, by their names. */
  readonly names: ReadonlyMap<string, string>
  readonly hooks: SliceHooks
  readonly resolve: (result: SliceResult) => void
  readonly reject: (error: Error) => void
  job: Job<SliceJob>
  pattern: string
  /** The attempt that was last heard of, and who makes it. */
  attempt: number
  worker: string
  /** When it was last heard of, and when somebody was last there who serves it, as performance.now() says. */
  heard: number
  served: number
  /** Whether it was told that nobody is. */
  isToldUnserved: boolean
  isMissing: boolean
}

interface OpenSlicesOptions {
  readonly attendance: Attendance
  readonly queues: SliceQueues
  readonly run: Coordination
  readonly events: RunEvents
  /** By hosts, the pattern of the workers that their slices go to. */
  readonly patterns: Map<string, string>
  /** How long hosts wait for a worker that serves them, in ms. */
  readonly wait: number
  /** How long whoever has begun a slice may be away, in ms. */
  readonly patience: number
  readonly stop: AbortSignal
  readonly warn: (message: string) => void
}

/** The slices of a run that wait for workers, or are worked on. */
export class OpenSlices {
  readonly #options: OpenSlicesOptions
  readonly #open = new Map<string, Open>()
  /** Who waits for a slice that is not known yet. */
  readonly #opening = new Map<string, () => void>()
  readonly #ended = new Set<string>()

  constructor(options: OpenSlicesOptions) {
    this.#options = options
  }

  /** How a slice ends that was given to those who serve a pattern. Raises SliceLost. */
  add(slice: Slice, hooks: SliceHooks, pattern: string, job: Job<SliceJob>): Promise<SliceResult> {
    return new Promise((resolve, reject) => {
      const at = {
        attempt: 0,
        worker: '',
        heard: Number.NEGATIVE_INFINITY,
        served: performance.now(),
        isToldUnserved: false,
        isMissing: false,
      }
      const names = new Map(slice.hosts.map((host) => [host, host]))
      this.#open.set(slice.id, { slice, names, hooks, resolve, reject, job, pattern, ...at })
      this.#opening.get(slice.id)?.()
      if (this.#options.stop.aborted) void this.withdraw(slice.id)
    })
  }

  get(id: string): Open | undefined {
    return this.#open.get(id)
  }

  hasEnded(id: string): boolean {
    return this.#ended.has(id)
  }

  /** Waits until a slice is known that was heard of. */
  async known(id: string): Promise<Open | undefined> {
    if (!this.#open.has(id)) await new Promise<void>((resolve) => this.#opening.set(id, resolve))
    return this.#open.get(id)
  }

  /** Nothing more is heard of a slice; false if that was so before. */
  close({ slice }: Open): boolean {
    this.#ended.add(slice.id)
    return this.#open.delete(slice.id)
  }

  closeAll(): void {
    for (const open of [...this.#open.values()]) this.close(open)
  }

  /** Slices that nobody has taken yet are not begun any more. */
  async withdrawAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.withdraw(id)))
  }

  /** A slice that nobody has taken yet is not begun any more. */
  async withdraw(id: string): Promise<void> {
    const open = this.#open.get(id)
    if (open === undefined || open.attempt > 0) return
    if ((await isRemoved(open.job)) && this.close(open))
      open.resolve({ states: open.slice.states, ends: 'run' })
  }

  /** Sees what became of those of which nothing is heard; `silent`: how long Redis had not answered before, in ms. */
  async look(silent: number): Promise<void> {
    const now = performance.now()
    // Nobody could say that he is there.
    if (silent > UNSERVED) for (const open of this.#open.values()) open.served = now
    if (this.#open.size === 0) return
    const there = await within(HEARTBEAT * 2, this.#options.attendance.patterns())
    // Somebody is at work on those that were heard of, and Redis has them.
    const quiet = [...this.#open.values()].filter(({ heard }) => now - heard > HEARTBEAT)
    for (const pattern of new Set(quiet.map((open) => open.pattern))) {
      const those = quiet.filter((open) => open.pattern === pattern)
      for (const open of await this.#doubtful(those, pattern, there))
        await within(HEARTBEAT * 2, this.#lookAt(open, there))
    }
  }

  /** Those of a pattern that have to be looked at one by one: of the others is known that they wait, or are worked on. */
  async #doubtful(
    those: readonly Open[],
    pattern: string,
    there: ReadonlySet<string>,
  ): Promise<readonly Open[]> {
    if (!there.has(pattern) || this.#options.stop.aborted) return those
    const slices = those.map(({ slice }) => slice)
    const doubtful = new Set(await within(HEARTBEAT * 2, this.#options.queues.unsettled(pattern, slices)))
    for (const open of those)
      if (!doubtful.has(open.slice)) Object.assign(open, { served: performance.now(), isMissing: false })
    return those.filter(({ slice }) => doubtful.has(slice))
  }

  async #lookAt(open: Open, there: ReadonlySet<string>): Promise<void> {
    const { slice, job } = open
    const state = await job.getState()
    if (there.has(open.pattern)) open.served = performance.now()
    if (state === 'failed') await this.#failed(open)
    else if (state === 'unknown') await this.#missing(open)
    else if (performance.now() - open.served > UNSERVED) await this.#hand(open)
    if (state !== 'unknown') open.isMissing = false
    if (this.#options.stop.aborted) await this.withdraw(slice.id)
  }

  async #failed(open: Open): Promise<void> {
    const { slice, pattern, reject } = open
    const { failedReason } = (await this.#options.queues.jobOf(pattern, slice)) ?? {}
    if (this.close(open)) reject(new SliceLost(`no worker could carry it out: ${failedReason}; ${UNKNOWN}`))
  }

  /** It is not there: its end is on the way, or Redis has lost it. */
  async #missing(open: Open): Promise<void> {
    const { slice, reject } = open
    if (!this.#open.has(slice.id) || (await this.#options.events.hasLast(slice.id))) return
    if (open.isMissing && this.close(open))
      reject(new SliceLost(`Redis has lost what it held of the run; ${UNKNOWN}`, 'give Redis appendonly yes'))
    open.isMissing = true
  }

  /** Those who served the hosts have gone: gives them to others, if there are any, or waits for somebody. */
  async #hand(open: Open): Promise<void> {
    const { slice } = open
    const pattern = await this.#options.attendance.patternFor(slice.hosts)
    if (pattern === undefined) return this.#await(open)
    const job = await this.#options.queues.hand(slice, open.pattern, pattern)
    if (job === undefined) return
    for (const host of slice.hosts) this.#options.patterns.set(host, pattern)
    Object.assign(open, { job, pattern, served: performance.now() })
  }

  /** Whoever has begun a slice may come back with it, and is waited for longer. */
  async #await(open: Open): Promise<void> {
    const { slice, job, attempt, worker, reject } = open
    const { wait, patience, warn } = this.#options
    const most = attempt > 0 ? patience : wait
    const whom = wordsFor(slice.hosts.length, slice.hosts[0]!)
    if (performance.now() - open.served <= most) {
      if (!open.isToldUnserved)
        warn(`nobody is there any more who serves ${whom}; waiting up to ${most / 1000} s`)
      open.isToldUnserved = true
      return
    }
    // Should its worker come back, it has lost them.
    await this.#options.run.giveAway(slice.hosts)
    if (!(await isRemoved(job)) || !this.close(open)) return
    const lost = `${worker} has not come to the end of ${whom}, and nobody else serves them; ${UNKNOWN}`
    reject(attempt > 0 ? new SliceLost(lost) : this.unserved(slice))
  }

  /** Why a slice cannot be given to anybody. */
  unserved({ hosts }: Slice): SliceLost {
    const advice = this.#options.attendance.strangers ?? 'run workers lists the workers and what they serve'
    return new SliceLost(`no worker serves ${wordsFor(hosts.length, hosts[0]!)}`, advice)
  }
}

/** Some hosts, as messages name them. */
export function wordsFor(count: number, first: string): string {
  return count === 1 ? first : `${count} hosts`
}
