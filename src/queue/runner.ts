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
import { type Chunk, type ChunkJob, resultOf } from './chunks.ts'
import { type Claimed, Claims } from './claims.ts'
import type { Coordination } from './coordination.ts'
import { RunEvents } from './events.ts'
import type { Seal } from './key.ts'
import { type Open, OpenSlices, wordsFor } from './open-slices.ts'
import type { Share } from './partition.ts'
import { Pulse, UNKNOWN } from './pulse.ts'
import { within } from './redis.ts'
import { SliceQueues } from './slice-queues.ts'

/** How long it may take to remove a run from Redis, in ms. */
const CLOSING = 5_000
/** How long workers may take to end what is cut off, in ms. */
const LAST_WORDS = 30_000

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
  readonly #open: OpenSlices
  readonly #pulse: Pulse

  constructor(redis: Redis, seal: Seal, run: Coordination, attendance: Attendance, options: RunnerOptions) {
    this.#run = run
    this.#attendance = attendance
    this.#options = options
    this.#claims = new Claims(redis, seal, run.id)
    this.#queues = new SliceQueues(redis, seal, run, options.version)
    this.#events = new RunEvents(redis, seal, run.id, (job, chunk) => this.#hear(job, chunk))
    const [queues, events, patterns] = [this.#queues, this.#events, this.#patterns]
    this.#open = new OpenSlices({ ...options, attendance, queues, run, events, patterns })
    if (options.isTakenUp) void this.#events.listenAgain()
    else this.#events.listen()
    options.stop.addEventListener('abort', () => void this.#stop().catch(() => {}))
    options.cut.addEventListener('abort', () => void this.#cut().catch(() => {}))
    const { patience, warn } = options
    this.#pulse = new Pulse(run, { patience, warn, beaten: (silent) => this.#open.look(silent) })
    this.#pulse.onFault(() => this.#open.closeAll())
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
    if (pattern === undefined) throw this.#open.unserved(slice)
    const job = await this.#queues.add(pattern, slice, handed?.before)
    return this.#open.add(slice, hooks, pattern, job)
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
    this.#open.close(open)
    try {
      open.resolve(resultOf(chunk))
    } catch (error) {
      open.reject(error as Error)
    }
  }

  /** A slice may be heard of before it is known here: at once when it is new, later when the run was taken up again. */
  async #opened(slice: string): Promise<Open | undefined> {
    if (this.#open.hasEnded(slice)) return undefined
    if (this.#options.isTakenUp && (await this.#events.lastHeard(slice))) return undefined
    return this.#open.known(slice)
  }

  #tellAgain({ slice, worker }: Open, now: string | undefined): void {
    const hosts = slice.hosts.length === 1 ? slice.hosts[0] : `a slice of ${slice.hosts.length} hosts`
    const by = now === worker ? `${worker} has begun it again` : `${now ?? 'another'} has begun it again`
    this.#options.warn(`${worker} has not come to the end of ${hosts}: ${by}`)
  }

  async #stop(): Promise<void> {
    await this.#run.signal('stop')
    await this.#open.withdrawAll()
  }

  async #cut(): Promise<void> {
    await this.#run.signal('cut')
    setTimeout(
      () => this.#pulse.fail(new SliceLost(`workers have not said how it ended; ${UNKNOWN}`)),
      LAST_WORDS,
    ).unref()
  }
}
