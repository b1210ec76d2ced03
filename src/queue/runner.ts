import type { Job, Queue } from 'bullmq'
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
import {
  type Chunk,
  type ChunkJob,
  type ListedSlice,
  listName,
  resultOf,
  type SliceJob,
  slicePlace,
} from './chunks.ts'
import type { Coordination } from './coordination.ts'
import { RunEvents } from './events.ts'
import type { Seal } from './key.ts'
import type { Share } from './partition.ts'
import { HEARTBEAT, jobId, PROTOCOL, queues } from './places.ts'
import { patternName } from './presence.ts'
import { queueCalled, within } from './redis.ts'

/** How long a slice stays queued before it is asked whether anybody is there to take it, in ms. */
const UNTAKEN = 5_000
/** Between two tries of a slice that a worker has failed at, in ms, and how many there may be. */
const AGAIN = 500
const TRIES = 1_000
/** When it is said that Redis does not answer, in ms. */
const SLOW = 5_000
/** How long it may take to remove a run from Redis, in ms. */
const CLOSING = 5_000
/** How long workers may take to end what is cut off, in ms. */
const LAST_WORDS = 30_000

const UNKNOWN = 'what was done on them is not known'

interface Open {
  readonly slice: Slice
  readonly hooks: SliceHooks
  readonly resolve: (result: SliceResult) => void
  readonly reject: (error: Error) => void
  job: Job<SliceJob>
  queue: Queue<SliceJob>
  pattern: string
  /** The attempt that was last heard of, and who makes it. */
  attempt: number
  worker: string
  /** When it was last known to be in somebody's hands, as performance.now() says. */
  taken: number
  isMissing: boolean
}

export interface RunnerOptions {
  readonly version: string
  /** How long Redis may be away, in ms. */
  readonly patience: number
  /** The run had another coordinator. */
  readonly isTakenUp: boolean
  readonly stop: AbortSignal
  readonly cut: AbortSignal
  readonly warn: (message: string) => void
}

/** Gives slices to workers through Redis, and hears what they make of them. */
export class QueueRunner implements SliceRunner {
  readonly #redis: Redis
  readonly #seal: Seal
  readonly #run: Coordination
  readonly #attendance: Attendance
  readonly #options: RunnerOptions
  readonly #events: RunEvents
  readonly #queues = new Map<string, Queue<SliceJob>>()
  readonly #patterns = new Map<string, string>()
  readonly #open = new Map<string, Open>()
  readonly #lists = new WeakMap<readonly string[], Promise<string>>()
  readonly #opening = new Map<string, () => void>()
  readonly #ended = new Set<string>()
  readonly #timer: NodeJS.Timeout
  #heard = performance.now()
  #isTold = false
  #fault: SliceLost | undefined

  constructor(redis: Redis, seal: Seal, run: Coordination, attendance: Attendance, options: RunnerOptions) {
    this.#redis = redis
    this.#seal = seal
    this.#run = run
    this.#attendance = attendance
    this.#options = options
    this.#events = new RunEvents(redis, seal, run.id, (job, chunk) => this.#hear(job, chunk))
    if (options.isTakenUp) void this.#events.listenAgain()
    else this.#events.listen()
    options.stop.addEventListener('abort', () => void this.#stop().catch(() => {}))
    options.cut.addEventListener('abort', () => void this.#cut().catch(() => {}))
    this.#timer = setInterval(() => void this.#look(), HEARTBEAT)
  }

  async partition(hosts: readonly string[]): Promise<readonly (readonly string[])[]> {
    const key = `partition ${hosts.join(' ')}`
    const kept = this.#options.isTakenUp ? await this.#run.texts.recall(key) : undefined
    const shares = kept === undefined ? await this.#attendance.shares(hosts) : (JSON.parse(kept) as Share[])
    if (kept === undefined) await this.#run.texts.remember(key, JSON.stringify(shares))
    for (const { pattern, hosts } of shares)
      for (const host of hosts) if (pattern !== undefined) this.#patterns.set(host, pattern)
    return shares.map((share) => share.hosts)
  }

  async run(slice: Slice, hooks: SliceHooks): Promise<SliceResult> {
    if (this.#fault) throw this.#fault
    const last = this.#options.isTakenUp ? await this.#events.lastHeard(slice.id) : undefined
    if (last !== undefined) return resultOf(last)
    const pattern = this.#patterns.get(slice.hosts[0]!)
    if (pattern === undefined) throw this.#unserved(slice)
    const queue = this.#queueOf(pattern)
    const job = await this.#add(queue, slice)
    return new Promise((resolve, reject) => {
      const at = { attempt: 0, worker: '', taken: performance.now(), isMissing: false }
      this.#open.set(slice.id, { slice, hooks, resolve, reject, job, queue, pattern, ...at })
      this.#opening.get(slice.id)?.()
      if (this.#options.stop.aborted) void this.#withdraw(slice.id)
    })
  }

  remember(key: string, text: string): Promise<void> {
    return this.#run.texts.remember(`own ${key}`, text)
  }

  recall(key: string): Promise<string | undefined> {
    return this.#run.texts.recall(`own ${key}`)
  }

  /** The run is over; nothing of it stays in Redis where that can be reached, and is not another's. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    const queues = [...this.#queues.values()]
    const close = async () => {
      if (this.#fault === undefined) await Promise.all([this.#events.remove(), this.#run.end()])
      else await this.#events.close()
      await Promise.all(queues.map((queue) => queue.close()))
    }
    // What stays expires by itself.
    await within(CLOSING, close()).catch(() => {})
  }

  #unserved({ hosts }: Slice): SliceLost {
    const whom = hosts.length === 1 ? hosts[0] : `${hosts.length} hosts`
    const advice = this.#attendance.strangers ?? 'run workers lists the workers and what they serve'
    return new SliceLost(`no worker serves ${whom}`, advice)
  }

  #queueOf(pattern: string): Queue<SliceJob> {
    const known = this.#queues.get(pattern)
    if (known !== undefined) return known
    const name = queues.slices(patternName(this.#seal, this.#options.version, pattern))
    const queue = queueCalled<SliceJob>(this.#redis, name)
    this.#queues.set(pattern, queue)
    return queue
  }

  async #add(queue: Queue<SliceJob>, slice: Slice): Promise<Job<SliceJob>> {
    const { id: run } = this.#run
    const [playHosts, batch] = [await this.#listed(slice.playHosts), await this.#listed(slice.batch)]
    const listed: ListedSlice = { ...slice, playHosts, batch }
    const sealed = await this.#seal.sealText(slicePlace(run, slice.id), JSON.stringify(listed))
    const data = { run, slice: slice.id, version: this.#options.version, protocol: PROTOCOL, sealed }
    return queue.add('slice', data, {
      jobId: jobId(run, slice.id),
      attempts: TRIES,
      backoff: { type: 'fixed', delay: AGAIN },
      removeOnComplete: true,
      removeOnFail: { age: 86_400 },
      stackTraceLimit: 1,
    })
  }

  /** Keeps a list of hosts, which all slices of a play have, beside them, once; gives its name. */
  #listed(hosts: readonly string[]): Promise<string> {
    const known = this.#lists.get(hosts)
    if (known !== undefined) return known
    const text = JSON.stringify(hosts)
    const name = listName(this.#seal.name(text))
    const kept = this.#run.texts.remember(name, text).then(() => name)
    this.#lists.set(hosts, kept)
    return kept
  }

  async #hear(job: ChunkJob, chunk: Chunk): Promise<void> {
    const open = this.#open.get(job.slice) ?? (await this.#opened(job.slice))
    if (open === undefined) return
    open.taken = performance.now()
    if (job.attempt > open.attempt) {
      if (open.attempt > 0) this.#tellAgain(open, chunk.worker)
      open.attempt = job.attempt
      open.worker = chunk.worker ?? ''
    }
    if (job.attempt === open.attempt) tellEvents(chunk.events, open.hooks.emit)
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
      () => this.#fail(new SliceLost(`workers have not said how it ended; ${UNKNOWN}`)),
      LAST_WORDS,
    ).unref()
  }

  /** A slice that nobody has taken yet is not begun any more. */
  async #withdraw(id: string): Promise<void> {
    const open = this.#open.get(id)
    if (open === undefined || open.attempt > 0) return
    const isGone = await open.job.remove().then(
      () => true,
      () => false,
    )
    if (isGone && this.#close(open)) open.resolve({ states: open.slice.states, ends: 'run' })
  }

  async #look(): Promise<void> {
    const silent = performance.now() - this.#heard
    const { patience, warn } = this.#options
    if (silent > patience)
      return this.#fail(
        new SliceLost(`Redis has not answered for ${Math.round(silent / 1000)} s; ${UNKNOWN}`),
      )
    if (silent > SLOW && !this.#isTold) {
      warn(`Redis does not answer; waiting for it up to ${patience / 1000} s`)
      this.#isTold = true
    }
    try {
      if (!(await within(HEARTBEAT * 2, this.#run.beat())))
        return this.#fail(new SliceLost('another has taken up the run, and coordinates it'))
      this.#heard = performance.now()
      if (this.#isTold) warn('Redis answers again')
      this.#isTold = false
      for (const open of [...this.#open.values()]) await within(HEARTBEAT * 2, this.#lookAt(open))
    } catch {
      // Said above, when it has lasted.
    }
  }

  async #lookAt(open: Open): Promise<void> {
    const { slice, job } = open
    const state = await job.getState()
    if (state === 'active') open.taken = performance.now()
    else if (state === 'failed') await this.#failed(open)
    else if (state === 'unknown') await this.#missing(open)
    else if (performance.now() - open.taken > UNTAKEN && !(await this.#attendance.isThere(open.pattern)))
      await this.#hand(open)
    if (state !== 'unknown') open.isMissing = false
    if (this.#options.stop.aborted) await this.#withdraw(slice.id)
  }

  async #failed(open: Open): Promise<void> {
    const { slice, queue, reject } = open
    const { failedReason } = (await queue.getJob(jobId(this.#run.id, slice.id))) ?? {}
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

  /** Those who served the hosts have gone: gives them to others, if there are any. */
  async #hand(open: Open): Promise<void> {
    const { slice, job, reject } = open
    const pattern = await this.#attendance.patternFor(slice.hosts)
    await job.remove()
    if (pattern === undefined) {
      if (this.#close(open)) reject(this.#unserved(slice))
      return
    }
    for (const host of slice.hosts) this.#patterns.set(host, pattern)
    open.queue = this.#queueOf(pattern)
    open.pattern = pattern
    open.job = await this.#add(open.queue, slice)
    open.taken = performance.now()
  }

  #fail(fault: SliceLost): void {
    this.#fault ??= fault
    for (const open of [...this.#open.values()]) if (this.#close(open)) open.reject(fault)
  }

  /** Nothing more is heard of a slice; false if that was so before. */
  #close({ slice }: Open): boolean {
    this.#ended.add(slice.id)
    return this.#open.delete(slice.id)
  }
}
