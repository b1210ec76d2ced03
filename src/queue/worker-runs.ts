import type { Redis } from 'ioredis'
import { likeness, readRecord } from './coordination.ts'
import type { Seal } from './key.ts'
import { places } from './places.ts'
import { SpareLanes } from './spare-lanes.ts'
import { WorkerRun } from './worker-run.ts'

/** How long a run's thread stays when it has nothing to do, in ms. */
const IDLE = 120_000

/** How a worker speaks with others. */
interface Lines {
  readonly redis: Redis
  /** Hears on which channels something is said. */
  readonly bell: Redis
  readonly seal: Seal
}

interface Terms {
  /** Of the worker, and its name for people. */
  readonly id: string
  readonly name: string
  readonly key: Buffer
  /** How long slices go on without a coordinator, in ms. */
  readonly patience: number
  /** Hears what happens, for a log. */
  readonly say: (line: string) => void
}

/** The runs that a worker has slices of, or had until lately. */
export class WorkerRuns {
  readonly #lines: Lines
  readonly #terms: Terms
  readonly #lanes: SpareLanes
  readonly #runs = new Map<string, Promise<WorkerRun | undefined>>()

  constructor(lines: Lines, terms: Terms) {
    this.#lines = lines
    this.#terms = terms
    this.#lanes = new SpareLanes({ key: terms.key, worker: terms.name })
    lines.bell.on('message', (channel: string, word: string) => void this.#ring(channel, word))
  }

  /** A run, with a thread for it; undefined where it is over. */
  of(id: string): Promise<WorkerRun | undefined> {
    const known = this.#runs.get(id)
    if (known !== undefined) return known
    const begun = this.#begin(id)
    this.#runs.set(id, begun)
    begun.then(
      (run) => run === undefined && this.#runs.delete(id),
      () => this.#runs.delete(id),
    )
    return begun
  }

  /** Which part of the time since it was last asked the thread of a run has worked, 0 to 1: the busiest one's. */
  async load(): Promise<number> {
    const runs = await Promise.all(this.#runs.values())
    return Math.max(0, ...runs.map((run) => run?.lane.takeLoad() ?? 0))
  }

  /** Looks what has become of all of them. */
  async look(): Promise<void> {
    await this.#lines.bell.ping()
    for (const begun of this.#runs.values()) {
      const run = await begun
      if (run) await this.#obey(run)
    }
  }

  /** Ends its thread, or has it serve a run that is like it. */
  forget(run: WorkerRun): void {
    this.#runs.delete(run.id)
    void this.#lines.bell.unsubscribe(places.bell(run.id), places.pieces(run.id)).catch(() => {})
    void run
      .close()
      .catch(() => {})
      .then(() => this.#rid(run))
  }

  async close(): Promise<void> {
    for (const begun of this.#runs.values()) {
      const run = await begun
      await Promise.all([run?.close(), run?.lane.close()])
    }
    await this.#lanes.close()
    this.#lines.bell.disconnect()
  }

  async #begin(id: string): Promise<WorkerRun | undefined> {
    const { redis, bell, seal } = this.#lines
    const sealed = await redis.getBuffer(places.request(id))
    if (sealed === null) return undefined
    const record = await readRecord(seal, id, sealed)
    const like = seal.name(likeness(record))
    const own = { lane: this.#lanes.take(like), like }
    const run = new WorkerRun(redis, seal, id, record, own, {
      taker: this.#terms.id,
      patience: this.#terms.patience,
    })
    await bell.subscribe(places.bell(id), places.pieces(id))
    await this.#obey(run)
    return run
  }

  async #rid({ lane, like, busy, isAsBefore }: WorkerRun): Promise<void> {
    if (isAsBefore && busy === 0) return this.#lanes.keep(like, lane)
    await lane.close()
    this.#lanes.renew()
  }

  async #ring(channel: string, word: string): Promise<void> {
    for (const [id, begun] of this.#runs) {
      if (places.pieces(id) === channel) (await begun)?.asking.ring(word)
      if (places.bell(id) !== channel) continue
      const run = await begun
      run?.ring()
      if (run) await this.#obey(run)
    }
  }

  /** Looks whether the run is to stop, or is over. */
  async #obey(run: WorkerRun): Promise<void> {
    const keys = [places.request(run.id), places.signal(run.id), places.coordinator(run.id)]
    const [request, signal, coordinator] = await this.#lines.redis
      .multi()
      .exists(keys[0]!)
      .get(keys[1]!)
      .exists(keys[2]!)
      .exec()
      .then((answers) => answers!.map(([, answer]) => answer))
    if (signal === 'stop' || signal === 'cut') run.stop(signal)
    const now = performance.now()
    if (coordinator === 1) run.seen = now
    const isIdle = run.lane.slices === 0
    if (isIdle && (request === 0 || now - Math.max(run.used, run.seen) > IDLE)) return this.forget(run)
    if (!isIdle && (request === 0 || now - run.seen > this.#terms.patience)) {
      const { missing } = run.asking
      run.isAsBefore = false
      if (request !== 0)
        this.#terms.say(`${run.id}: its coordinator has not come back: its slices are given up${missing}`)
      this.forget(run)
    }
  }
}
