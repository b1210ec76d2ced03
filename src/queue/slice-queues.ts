import type { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Slice } from '../split/contract.ts'
import { type ListedSlice, listName, type SliceJob, slicePlace } from './chunks.ts'
import type { Coordination } from './coordination.ts'
import type { Seal } from './key.ts'
import { jobId, PROTOCOL, queues } from './places.ts'
import { patternName } from './presence.ts'
import { evaluate, queueCalled } from './redis.ts'

/** Between two tries of a slice that a worker has failed at, in ms, and how many there may be. */
const AGAIN = 500
const TRIES = 1_000

/** The indices of jobs that are not there, or have failed. KEYS: the failed ones, and each job. ARGV: each job's id. */
const UNSETTLED = `
local found = {}
for i, id in ipairs(ARGV) do
  if redis.call('EXISTS', KEYS[i + 1]) == 0 or redis.call('ZSCORE', KEYS[1], id) then table.insert(found, i - 1) end
end
return found`

/** To whom a slice went when those who served its hosts had gone, and how many attempts were made at it before. */
interface Handed {
  readonly pattern: string
  readonly before: number
}

/** The queues of slices of a run: one for each pattern that workers serve. */
export class SliceQueues {
  readonly #redis: Redis
  readonly #seal: Seal
  readonly #run: Coordination
  readonly #version: string
  readonly #queues = new Map<string, Queue<SliceJob>>()
  readonly #lists = new WeakMap<readonly string[], Promise<string>>()

  constructor(redis: Redis, seal: Seal, run: Coordination, version: string) {
    this.#redis = redis
    this.#seal = seal
    this.#run = run
    this.#version = version
  }

  /** Gives a slice to those who serve a pattern. `before`: how many attempts others have made at it. */
  async add(pattern: string, slice: Slice, before = 0): Promise<Job<SliceJob>> {
    const { id: run } = this.#run
    const [playHosts, batch] = [await this.#listed(slice.playHosts), await this.#listed(slice.batch)]
    const listed: ListedSlice = { ...slice, playHosts, batch }
    const sealed = await this.#seal.sealText(slicePlace(run, slice.id), JSON.stringify(listed))
    const data = { run, slice: slice.id, version: this.#version, protocol: PROTOCOL, before, sealed }
    return this.#of(pattern).add('slice', data, {
      jobId: jobId(run, slice.id),
      attempts: TRIES,
      backoff: { type: 'fixed', delay: AGAIN },
      removeOnComplete: true,
      removeOnFail: { age: 86_400 },
      stackTraceLimit: 1,
    })
  }

  /** A slice as it is now in the queue of a pattern. */
  jobOf(pattern: string, { id }: Slice): Promise<Job<SliceJob> | undefined> {
    return this.#of(pattern).getJob(jobId(this.#run.id, id))
  }

  /** Those of some slices that the queue of a pattern does not hold, or that have failed: one question about all. */
  async unsettled(pattern: string, slices: readonly Slice[]): Promise<Slice[]> {
    const queue = this.#of(pattern)
    const jobs = slices.map(({ id }) => jobId(this.#run.id, id))
    const keys = [queue.toKey('failed'), ...jobs.map((job) => queue.toKey(job))]
    const found = (await evaluate(this.#redis, UNSETTLED, keys, jobs)) as number[]
    return found.map((at) => slices[at]!)
  }

  /** Takes a slice from those who served one pattern and gives it to others; undefined where somebody is at work on it. */
  async hand(slice: Slice, from: string, to: string): Promise<Job<SliceJob> | undefined> {
    const job = await this.jobOf(from, slice)
    if (job === undefined) return undefined
    const handed: Handed = { pattern: to, before: job.data.before + job.attemptsStarted }
    await this.#run.texts.remember(keyOf(slice), JSON.stringify(handed))
    return (await isRemoved(job)) ? this.add(to, slice, handed.before) : undefined
  }

  /** What became of a slice before the run was taken up again. */
  async lastHanded(slice: Slice): Promise<Handed | undefined> {
    const text = await this.#run.texts.recall(keyOf(slice))
    return text === undefined ? undefined : JSON.parse(text)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()))
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

  #of(pattern: string): Queue<SliceJob> {
    const known = this.#queues.get(pattern)
    if (known !== undefined) return known
    const name = queues.slices(patternName(this.#seal, this.#version, pattern))
    const queue = queueCalled<SliceJob>(this.#redis, name)
    this.#queues.set(pattern, queue)
    return queue
  }
}

function keyOf({ id }: Slice): string {
  return `handed ${id}`
}

/** Takes a job out of its queue; false where somebody is at work on it. */
export function isRemoved(job: Job<SliceJob>): Promise<boolean> {
  return job.remove().then(
    () => true,
    () => false,
  )
}
