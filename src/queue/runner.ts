import type { Job } from 'bullmq'
import type { Redis } from 'ioredis'
import {
  type Slice,
  type SliceHooks,
  SliceLost,
  type SliceResult,
  type SliceRunner,
} from '../split/contract.ts'
import { tellEvents } from '../split/packed-events.ts'
import type { Attendance } from './attendance.ts'
import { type Chunk, type ChunkJob, resultOf, type SliceJob } from './chunks.ts'
import { type Claimed, Claims } from './claims.ts'
import type { Coordination } from './coordination.ts'
import { RunEvents } from './events.ts'
import type { Seal } from './key.ts'
import type { Share } from './partition.ts'
import { HEARTBEAT } from './places.ts'
import { Pulse, UNKNOWN } from './pulse.ts'
import { within } from './redis.ts'
import { isRemoved, SliceQueues } from './slice-queues.ts'

/** How long it may be that nobody is there who serves a slice's hosts, before others are looked for, in ms. */
const UNSERVED = 5_000
/** How long it may take to remove a run from Redis, in ms. */
const CLOSING = 5_000
/** How long workers may take to end what is cut off, in ms. */
const LAST_WORDS = 30_000

interface Open {
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

export interface RunnerOptions {
  readonly version: string
  /** How long hosts wait for a worker that serves them, in ms. */
  readonly wait: number
  /** How long Redis may be away, or whoever has begun a slice, in ms. */
  readonly patience: number
  /** The run had another coordinator. */
  readonly isTakenUp: boolean
  readonly stop: AbortSignal
  readonly cut: AbortSignal
  readonly warn: (message: string) => void
}

/** Gives slices to workers through Redis, and hears what they make of them. */
export class QueueRunner implements SliceRunner {
  readonly #run: Coordination
  readonly #attendance: Attendance
  readonly #options: RunnerOptions
  readonly #events: RunEvents
  readonly #queues: SliceQueues
  readonly #claims: Claims
  readonly #patterns = new Map<string, string>()
  readonly #open = new Map<string, Open>()
  readonly #opening = new Map<string, () => void>()
  readonly #ended = new Set<string>()
  readonly #pulse: Pulse

  constructor(redis: Redis, seal: Seal, run: Coordination, attendance: Attendance, options: RunnerOptions) {
    this.#run = run
    this.#attendance = attendance
    this.#options = options
    this.#claims = new Claims(redis, seal, run.id)
    this.#queues = new SliceQueues(redis, seal, run, options.version)
    this.#events = new RunEvents(redis, seal, run.id, (job, chunk) => this.#hear(job, chunk))
    if (options.isTakenUp) void this.#events.listenAgain()
    else this.#events.listen()
    options.stop.addEventListener('abort', () => void this.#stop().catch(() => {}))
    options.cut.addEventListener('abort', () => void this.#cut().catch(() => {}))
    const { patience, warn } = options
    this.#pulse = new Pulse(run, { patience, warn, beaten: (silent) => this.#look(silent) })
    this.#pulse.onFault(() => this.#forget())
  }

  claim(hosts: readonly string[], stop: AbortSignal): Promise<void> {
    const tell = ({ run, count, host }: Claimed) =>
      this.#options.warn(`run ${run} works on ${wordsFor(count, host)}: waiting until it does not any more`)
    return this.#pulse.orFault(this.#claims.take(hosts, stop, tell))
  }

  partition(hosts: readonly string[]): Promise<readonly (readonly string[])[]> {
    return this.#pulse.orFault(this.#shares(hosts))
  }

  async #shares(hosts: readonly string[]): Promise<readonly (readonly string[])[]> {
    const key = `partition ${hosts.join(' ')}`
    const kept = this.#options.isTakenUp ? await this.#run.texts.recall(key) : undefined
    const shares = kept === undefined ? await this.#attendance.shares(hosts) : (JSON.parse(kept) as Share[])
    if (kept === undefined) await this.#run.texts.remember(key, JSON.stringify(shares))
    for (const { pattern, hosts } of shares)
      for (const host of hosts) if (pattern !== undefined) this.#patterns.set(host, pattern)
    return shares.map((share) => share.hosts)
  }

  run(slice: Slice, hooks: SliceHooks): Promise<SliceResult> {
    return this.#pulse.orFault(this.#carriedOut(slice, hooks))
  }

  async #carriedOut(slice: Slice, hooks: SliceHooks): Promise<SliceResult> {
    const last = this.#options.isTakenUp ? await this.#events.lastHeard(slice.id) : undefined
    if (last !== undefined) return resultOf(last)
    const handed = this.#options.isTakenUp ? await this.#queues.lastHanded(slice) : undefined
    const pattern = handed?.pattern ?? this.#patterns.get(slice.hosts[0]!)
    if (pattern === undefined) throw this.#unserved(slice)
    const job = await this.#queues.add(pattern, slice, handed?.before)
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
      if (this.#options.stop.aborted) void this.#withdraw(slice.id)
    })
  }

  remember(key: string, text: string): Promise<void> {
    return this.#pulse.orFault(this.#run.texts.remember(`own ${key}`, text))
  }

  recall(key: string): Promise<string | undefined> {
    return this.#pulse.orFault(this.#run.texts.recall(`own ${key}`))
  }

  /** The run is over; nothing of it stays in Redis where that can be reached, and is not another's. */
  async close(): Promise<void> {
    this.#pulse.close()
    const close = async () => {
      if (this.#pulse.fault === undefined) await Promise.all([this.#events.remove(), this.#run.end()])
      else await this.#events.close()
      await this.#queues.close()
    }
    // What stays expires by itself.
    await within(CLOSING, close()).catch(() => {})
  }

  #unserved({ hosts }: Slice): SliceLost {
    const advice = this.#attendance.strangers ?? 'run workers lists the workers and what they serve'
    return new SliceLost(`no worker serves ${wordsFor(hosts.length, hosts[0]!)}`, advice)
  }

  async #hear(job: ChunkJob, chunk: Chunk): Promise<void> {
    const open = this.#open.get(job.slice) ?? (await this.#opened(job.slice))
    if (open === undefined) return
    open.heard = open.served = performance.now()
    open.isMissing = false
    if (job.attempt > open.attempt) {
      if (open.attempt > 0) this.#tellAgain(open, chunk.worker)
      open.attempt = job.attempt
      open.worker = chunk.worker ?? ''
    }
    if (job.attempt === open.attempt) tellEvents(chunk.events, open.hooks.emit, open.names)
    if (!job.isLast) return
    this.#close(open)
    try {
      open.resolve(resultOf(chunk))
    } catch (error) {
      open.reject(error as Error)
    }
  }

  /** A slice may be heard of before it is known here: at once when it is new, later when the run was taken up again. */
  async #opened(slice: string): Promise<Open | undefined> {
    if (this.#ended.has(slice)) return undefined
    if (this.#options.isTakenUp && (await this.#events.lastHeard(slice))) return undefined
    if (!this.#open.has(slice)) await new Promise<void>((resolve) => this.#opening.set(slice, resolve))
    return this.#open.get(slice)
  }

  #tellAgain({ slice, worker }: Open, now: string | undefined): void {
    const hosts = slice.hosts.length === 1 ? slice.hosts[0] : `a slice of ${slice.hosts.length} hosts`
    const by = now === worker ? `${worker} has begun it again` : `${now ?? 'another'} has begun it again`
    this.#options.warn(`${worker} has not come to the end of ${hosts}: ${by}`)
  }

  async #stop(): Promise<void> {
    await this.#run.signal('stop')
    await Promise.all([...this.#open.keys()].map((id) => this.#withdraw(id)))
  }

  async #cut(): Promise<void> {
    await this.#run.signal('cut')
    setTimeout(
      () => this.#pulse.fail(new SliceLost(`workers have not said how it ended; ${UNKNOWN}`)),
      LAST_WORDS,
    ).unref()
  }

  /** A slice that nobody has taken yet is not begun any more. */
  async #withdraw(id: string): Promise<void> {
    const open = this.#open.get(id)
    if (open === undefined || open.attempt > 0) return
    if ((await isRemoved(open.job)) && this.#close(open))
      open.resolve({ states: open.slice.states, ends: 'run' })
  }

  async #look(silent: number): Promise<void> {
    const now = performance.now()
    // Nobody could say that he is there.
    if (silent > UNSERVED) for (const open of this.#open.values()) open.served = now
    if (this.#open.size === 0) return
    const there = await within(HEARTBEAT * 2, this.#attendance.patterns())
    // Somebody is at work on those that were heard of, and Redis has them.
    for (const open of [...this.#open.values()])
      if (now - open.heard > HEARTBEAT) await within(HEARTBEAT * 2, this.#lookAt(open, there))
  }

  async #lookAt(open: Open, there: ReadonlySet<string>): Promise<void> {
    const { slice, job } = open
    const state = await job.getState()
    if (there.has(open.pattern)) open.served = performance.now()
    if (state === 'failed') await this.#failed(open)
    else if (state === 'unknown') await this.#missing(open)
    else if (performance.now() - open.served > UNSERVED) await this.#hand(open)
    if (state !== 'unknown') open.isMissing = false
    if (this.#options.stop.aborted) await this.#withdraw(slice.id)
  }

  async #failed(open: Open): Promise<void> {
    const { slice, pattern, reject } = open
    const { failedReason } = (await this.#queues.jobOf(pattern, slice)) ?? {}
    if (this.#close(open)) reject(new SliceLost(`no worker could carry it out: ${failedReason}; ${UNKNOWN}`))
  }

  /** It is not there: its end is on the way, or Redis has lost it. */
  async #missing(open: Open): Promise<void> {
    const { slice, reject } = open
    if (!this.#open.has(slice.id) || (await this.#events.hasLast(slice.id))) return
    if (open.isMissing && this.#close(open))
      reject(new SliceLost(`Redis has lost what it held of the run; ${UNKNOWN}`, 'give Redis appendonly yes'))
    open.isMissing = true
  }

  /** Those who served the hosts have gone: gives them to others, if there are any, or waits for somebody. */
  async #hand(open: Open): Promise<void> {
    const { slice } = open
    const pattern = await this.#attendance.patternFor(slice.hosts)
    if (pattern === undefined) return this.#await(open)
    const job = await this.#queues.hand(slice, open.pattern, pattern)
    if (job === undefined) return
    for (const host of slice.hosts) this.#patterns.set(host, pattern)
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
    await this.#run.giveAway(slice.hosts)
    if (!(await isRemoved(job)) || !this.#close(open)) return
    const lost = `${worker} has not come to the end of ${whom}, and nobody else serves them; ${UNKNOWN}`
    reject(attempt > 0 ? new SliceLost(lost) : this.#unserved(slice))
  }

  #forget(): void {
    for (const open of [...this.#open.values()]) this.#close(open)
  }

  /** Nothing more is heard of a slice; false if that was so before. */
  #close({ slice }: Open): boolean {
    this.#ended.add(slice.id)
    return this.#open.delete(slice.id)
  }
}

function wordsFor(count: number, first: string): string {
  return count === 1 ? first : `${count} hosts`
}
