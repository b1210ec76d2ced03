import { setTimeout } from 'node:timers/promises'
import type { Queue, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { type Chunk, type ChunkJob, chunkPlace, lastChunkId } from './chunks.ts'
import type { Seal } from './key.ts'
import { PREFIX, queues } from './places.ts'
import { packages, queueCalled } from './redis.ts'

/** A chunk that a coordinator has died over is another's after so many ms. */
const LOCK = 3_000
/** How long it may take until all of those are found, in ms. */
const FOUND = 10_000

/** What happens in the slices of a run, heard by its coordinator and nobody else. */
export class RunEvents {
  readonly #queue: Queue<ChunkJob>
  readonly #worker: Worker<ChunkJob, null>
  readonly #seal: Seal
  readonly #run: string

  /** `hear` is called with one chunk after the other. */
  constructor(redis: Redis, seal: Seal, run: string, hear: (job: ChunkJob, chunk: Chunk) => Promise<void>) {
    this.#seal = seal
    this.#run = run
    const { Worker } = packages()
    this.#queue = queueCalled(redis, queues.events(run))
    const listen = async ({ data }: { data: ChunkJob }) => {
      await hear(data, await this.#open(data))
      return null
    }
    this.#worker = new Worker(queues.events(run), listen, {
      connection: redis,
      prefix: PREFIX,
      autorun: false,
      lockDuration: LOCK,
      stalledInterval: LOCK / 2,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: 1_000,
    })
    // That Redis is away is seen by the runner.
    this.#worker.on('error', () => {})
  }

  listen(): void {
    void this.#worker.run().catch(() => {})
  }

  /** The same behind a coordinator that has died: a chunk that it had begun with comes first. */
  async listenAgain(): Promise<void> {
    const end = performance.now() + FOUND
    await this.#worker.startStalledCheckTimer()
    while ((await this.#queue.getActiveCount()) > 0 && performance.now() < end) await setTimeout(LOCK / 10)
    this.listen()
  }

  /** The last chunk of a slice, if it has been heard. */
  async lastHeard(slice: string): Promise<Chunk | undefined> {
    const job = await this.#queue.getJob(lastChunkId(slice))
    return job !== undefined && (await job.isCompleted()) ? this.#open(job.data as ChunkJob) : undefined
  }

  /** Whether the last chunk of a slice is there, heard or not. */
  async hasLast(slice: string): Promise<boolean> {
    return (await this.#queue.getJob(lastChunkId(slice))) !== undefined
  }

  async close(): Promise<void> {
    await this.#worker.close(true)
    await this.#queue.close()
  }

  /** Nothing of it stays in Redis. */
  async remove(): Promise<void> {
    await this.#worker.close(true)
    await this.#queue.obliterate({ force: true })
    await this.#queue.close()
  }

  async #open(job: ChunkJob): Promise<Chunk> {
    return JSON.parse(await this.#seal.openText(chunkPlace(this.#run, job), job.sealed))
  }
}
