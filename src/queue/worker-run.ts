import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { Asking } from './asking.ts'
import { type BundleCache, filesIn, inventoryIn, laterIn } from './cache.ts'
import { type Chunk, type ChunkJob, chunkId, chunkPlace, type ListedSlice } from './chunks.ts'
import type { RunRecord } from './coordination.ts'
import { KeptTexts } from './kept.ts'
import type { Seal } from './key.ts'
import type { Lane } from './lane.ts'
import type { FromLane } from './lane-messages.ts'
import { Meetings } from './meetings.ts'
import { KEPT, places, queues } from './places.ts'
import { evaluate, queueCalled } from './redis.ts'

/** Chunks that may wait for the coordinator; with more, who makes them waits. */
const MOST_WAITING = 64
/** After so many chunks it is counted how many wait. */
const COUNTED = 8
/** Between two looks whether the coordinator has taken some, in ms. */
const LOOK = 100
/** Of a packed inventory: what is made of more takes memory that is given back with its thread. In characters. */
const LARGE = 1024 * 1024
/** The longest wait for a bell, in ms: one may be missed while Redis is away. */
const BELL = 1_000

/**
 * Notes that a slice has ended, for those who would wait for it; not when the run is over, for nobody would take that away.
 * KEYS: the request of the run, the slices that have ended. ARGV: the slice, for how long.
 */
const END = `
if redis.call('EXISTS', KEYS[1]) == 0 then return end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[2])`

type ChunkMessage = Extract<FromLane, { type: 'chunk' }>

/** A run as a worker has it: the thread that carries out its slices, and its side of Redis. */
export class WorkerRun {
  readonly id: string
  readonly record: RunRecord
  readonly lane: Lane
  /** A name that it has in common with runs that are read from the same. */
  readonly like: string
  /** Its thread is as it was before, but for what runs leave that are like it; and there is little of that. */
  isAsBefore = true
  /** Slices of it that are worked on. */
  busy = 0
  readonly meetings: Meetings
  /** When there was last something to do for it, and when its coordinator was last there, as performance.now() says. */
  used = performance.now()
  seen = performance.now()
  readonly #redis: Redis
  readonly #seal: Seal
  readonly #events: Queue
  readonly #texts: KeptTexts
  readonly #lists = new Map<string, Promise<void>>()
  readonly #bells = new Set<() => void>()
  readonly #over = new AbortController()
  /** Its side of files that come when they are read. */
  readonly asking: Asking
  #sent = 0

  /** `taker`: who takes pieces of files; `patience`: how long none may come, in ms. */
  constructor(
    redis: Redis,
    seal: Seal,
    id: string,
    record: RunRecord,
    { lane, like }: { readonly lane: Lane; readonly like: string },
    { taker, patience }: { readonly taker: string; readonly patience: number },
  ) {
    this.#redis = redis
    this.#seal = seal
    this.id = id
    this.record = record
    this.lane = lane
    this.like = like
    this.meetings = new Meetings(redis, seal, id)
    this.#texts = new KeptTexts(redis, seal, id)
    this.#events = queueCalled(redis, queues.events(id))
    this.asking = new Asking({ redis, seal, run: id, taker, patience, given: this.#over.signal })
  }

  /** Has the run read in its thread, once. Raises Unreadable, LaneBroken and BundleGone. */
  async prepare(cache: BundleCache): Promise<void> {
    const { request, bundle, environment } = this.record
    const folder = await cache.folderOf(bundle)
    const inventory = await readFile(inventoryIn(folder), 'utf8')
    if (inventory.length > LARGE) this.isAsBefore = false
    const view = { root: filesIn(folder), folder: request.folder, environment }
    const later = await laterIn(folder)
    const contentOf = (path: string) => cache.contents.pathOf(path, later.get(path)!, this.asking)
    await this.lane.prepare({ run: this.id, request, view, later, inventory }, contentOf)
  }

  /** Begins nothing more; what is cut off does not wait for files either. */
  stop(how: 'stop' | 'cut'): void {
    this.isAsBefore = false
    this.lane.stop(how)
    if (how === 'cut') this.#over.abort()
  }

  /** Has its thread know the lists of hosts that a slice names. Raises an Error when Redis has lost one. */
  async list({ playHosts, batch }: ListedSlice): Promise<void> {
    await Promise.all([playHosts, batch].map((name) => this.#listed(name)))
  }

  #listed(name: string): Promise<void> {
    const known = this.#lists.get(name) ?? this.#tellList(name)
    this.#lists.set(name, known)
    known.catch(() => this.#lists.delete(name))
    return known
  }

  async #tellList(name: string): Promise<void> {
    const text = await this.#texts.recall(name)
    if (text === undefined) throw new Error('Redis has lost what it held of the run')
    this.lane.list(name, JSON.parse(text))
  }

  /** Somebody has rung: all look whether there is something new for them. */
  ring(): void {
    for (const wake of [...this.#bells]) wake()
  }

  /** Waits for the next bell, and no longer than a second. Rejects when it is given up. */
  rung(lost: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => () => {
        clearTimeout(timer)
        this.#bells.delete(wake)
        lost.removeEventListener('abort', stop)
        settle()
      }
      const wake = end(resolve)
      const stop = end(() => reject(new Error('the slice was given up')))
      const timer = setTimeout(wake, BELL)
      this.#bells.add(wake)
      lost.addEventListener('abort', stop)
      if (lost.aborted) stop()
    })
  }

  /** Sends a chunk, as soon as the coordinator has taken enough of those before. */
  async send(message: ChunkMessage, lost: AbortSignal): Promise<void> {
    const { slice, attempt, number, isLast, sealed, noted } = message
    await this.#room(lost)
    // Behind the events: what was noted is not done again, and has to have been told.
    const add = this.#add({ slice, attempt, number, isLast, sealed: Buffer.from(sealed).toString('base64') })
    await Promise.all([add, noted && this.meetings.note(slice, attempt, number, noted)])
    this.#sent += 1
    if (!isLast) return
    await evaluate(this.#redis, END, [places.request(this.id), places.ended(this.id)], [slice, KEPT])
    await this.#redis.publish(places.bell(this.id), 'ended')
  }

  /** Says that a slice cannot be carried out, in place of its end. */
  async sendLost(slice: string, attempt: number, message: string, advice?: string): Promise<void> {
    const events = { tasks: [], results: [], hosts: [], events: [] }
    const chunk: Chunk = { events, lost: { message, ...(advice !== undefined && { advice }) } }
    const about = { slice, attempt, number: Number.MAX_SAFE_INTEGER }
    const sealed = await this.#seal.seal(chunkPlace(this.id, about), JSON.stringify(chunk))
    const message_ = { type: 'chunk', name: '', ...about, isLast: true, sealed, bytes: 0 } as const
    await this.send(message_, new AbortController().signal)
  }

  /** Whether a slice has been carried out to its end, by whoever. */
  async hasEnded(slice: string): Promise<boolean> {
    return (await this.#events.getJob(chunkId({ slice, attempt: 0, number: 0, isLast: true }))) !== undefined
  }

  /** Nothing of it is waited for any more. */
  async close(): Promise<void> {
    this.#over.abort()
    await this.#events.close()
  }

  async #room(lost: AbortSignal): Promise<void> {
    if (this.#sent % COUNTED !== 0) return
    while ((await this.#events.getWaitingCount()) > MOST_WAITING) {
      if (lost.aborted) throw new Error('the slice was given up')
      await sleep(LOOK)
    }
  }

  #add(chunk: ChunkJob) {
    const jobId = chunkId(chunk)
    return this.#events.add('chunk', chunk, { jobId, removeOnComplete: !chunk.isLast, removeOnFail: true })
  }
}
