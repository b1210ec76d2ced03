import { randomUUID } from 'node:crypto'
import type { Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { BundleCache, BundleGone } from './cache.ts'
import { type ListedSlice, type SliceJob, slicePlace } from './chunks.ts'
import { Seal } from './key.ts'
import { GivenUp, Unreadable } from './lane.ts'
import { Lease } from './lease.ts'
import { LoginRate } from './logins.ts'
import { HEARTBEAT, LEASE, PREFIX, PROTOCOL, places, queues } from './places.ts'
import { announce, leave, machine, ownName, patternName, type WorkerInfo } from './presence.ts'
import { checkVersion, connectTo, packages, type RedisPlace } from './redis.ts'
import { Turns } from './turns.ts'
import type { WorkerRun } from './worker-run.ts'
import { WorkerRuns } from './worker-runs.ts'

/** How often it is looked whether a worker has gone that has a slice, in ms. */
const LOOK_FOR_DEAD = 2_000
/** How often a slice may lose its worker, and how often it may fail on one, before it is given up. */
const DEATHS = 10
const FAILURES = 3
/** When a slice of a run is looked at again that has no coordinator, in ms. */
const LATER = 5_000

export interface WorkerOptions {
  readonly place: RedisPlace
  readonly key: Buffer
  readonly version: string
  /** The pattern of the hosts that it reaches. */
  readonly serves: string
  /** Slices that it carries out at a time. */
  readonly slices: number
  /** Logins in a second, of all who serve the same pattern. */
  readonly maxLogins?: number
  /** The folder in which files of runs are kept. */
  readonly cache: string
  /** How long slices go on without a coordinator, in ms. */
  readonly patience: number
  /** Hears what happens, for a log. */
  readonly say: (line: string) => void
}

/** Takes slices from the queue and carries them out. */
export class QueueWorker {
  readonly #options: WorkerOptions
  readonly #seal: Seal
  readonly #redis: Redis
  readonly #worker: Worker<SliceJob, null>
  readonly #turns: Turns
  readonly #rate: LoginRate | undefined
  readonly #cache: BundleCache
  readonly #id: string = randomUUID()
  readonly #name = ownName()
  readonly #since = Date.now()
  readonly #runs: WorkerRuns
  readonly #timer: NodeJS.Timeout
  #hosts = 0
  #isAway = false

  private constructor(options: WorkerOptions, redis: Redis, bell: Redis) {
    this.#options = options
    this.#seal = new Seal(options.key)
    this.#turns = new Turns(
      options.slices,
      () => this.#runs.load(),
      () => this.#takeMore(),
    )
    this.#redis = redis
    this.#cache = new BundleCache(options.cache, redis, this.#seal)
    const name = patternName(this.#seal, options.version, options.serves)
    this.#rate = options.maxLogins === undefined ? undefined : new LoginRate(redis, name, options.maxLogins)
    this.#runs = new WorkerRuns(
      { redis, bell, seal: this.#seal },
      { id: this.#id, name: this.#name, key: options.key, patience: options.patience, say: options.say },
    )
    this.#worker = new (packages().Worker)(queues.slices(name), (job) => this.#process(job), {
      connection: redis,
      prefix: PREFIX,
      concurrency: this.#turns.room,
      lockDuration: LEASE,
      stalledInterval: LOOK_FOR_DEAD,
      maxStalledCount: DEATHS,
      runRetryDelay: 1_000,
    })
    this.#worker.on('error', (error) => this.#away(error))
    this.#timer = setInterval(() => void this.#beat().catch(() => {}), HEARTBEAT)
  }

  /** Raises ProblemError where Redis cannot be used. */
  static async start(options: WorkerOptions): Promise<QueueWorker> {
    const redis = await connectTo(options.place, 'playssh worker')
    await checkVersion(redis)
    const bell = await connectTo(options.place, 'playssh worker bell')
    const worker = new QueueWorker(options, redis, bell)
    await worker.#beat()
    return worker
  }

  /** Takes no more slices, and waits for the end of those that it has. */
  async finish(): Promise<void> {
    this.#turns.close()
    await this.#worker.pause()
    await this.close()
  }

  /** Ends at once; slices that it has go to others when their leases are over. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#turns.close()
    await leave(this.#redis, this.#id).catch(() => {})
    await this.#runs.close()
    await this.#worker.close(true)
    this.#redis.disconnect()
  }

  async #process(job: Job<SliceJob>): Promise<null> {
    const { run: id, slice: sliceId, version, protocol } = job.data
    const attempt = job.data.before + job.attemptsStarted
    if (version !== this.#options.version || protocol !== PROTOCOL)
      throw new (packages().UnrecoverableError)(
        `the coordinator has version ${version}, worker ${this.#name} has ${this.#options.version}`,
      )
    const run = await this.#runs.of(id)
    // The run is over: nobody waits for the slice.
    if (run === undefined || (attempt > 1 && (await run.hasEnded(sliceId)))) return null
    if (!(await this.#redis.exists(places.coordinator(id)))) return putOff(job, LATER)
    const slice = JSON.parse(
      await this.#seal.openText(slicePlace(id, sliceId), job.data.sealed),
    ) as ListedSlice
    if (!(await this.#turns.begin())) return putOff(job, 0)
    this.#hosts += slice.hosts.length
    run.busy += 1
    this.#announce()
    try {
      // Another may have taken it meanwhile.
      if (!(await run.hasEnded(sliceId))) await this.#carryOut(run, slice, attempt)
    } catch (error) {
      const { message } = error as Error
      this.#options.say(`${id}: slice ${sliceId} was not carried out: ${message}`)
      run.isAsBefore = false
      if (run.lane.isBroken) this.#runs.forget(run)
      if (error instanceof GivenUp) throw error
      const isFinal = error instanceof Unreadable || error instanceof BundleGone
      if (!isFinal && job.attemptsMade + 1 < FAILURES) throw error
      await run.sendLost(sliceId, attempt, `worker ${this.#name} could not carry it out: ${message}`)
    } finally {
      this.#turns.end()
      this.#hosts -= slice.hosts.length
      run.busy -= 1
      this.#announce()
      run.used = performance.now()
    }
    return null
  }

  async #carryOut(run: WorkerRun, slice: ListedSlice, attempt: number): Promise<void> {
    const { lane, id } = run
    const lease = new Lease(
      this.#redis,
      id,
      slice.id,
      slice.hosts.map((host) => this.#seal.name(host)),
    )
    const isNeeded = async () =>
      (await this.#redis.exists(places.request(id))) === 1 && !(await run.hasEnded(slice.id))
    try {
      const [isTaken] = await Promise.all([lease.take(isNeeded), run.prepare(this.#cache), run.list(slice)])
      if (!isTaken) return
      this.#options.say(`${id}: slice ${slice.id} of ${slice.hosts.length} hosts begins, attempt ${attempt}`)
      const said = attempt > 1 ? await run.meetings.saidBefore(slice.id) : []
      const about = { name: `${slice.id} ${attempt}`, attempt, slice, said }
      const terms = { clock: lease.clock, isPaced: this.#rate !== undefined }
      await lane.carryOut({ ...about, ...terms }, lease.lost, {
        chunk: (message) => run.send(message, lease.lost),
        meet: (point, word) => this.#meet(run, slice, point, word, lease.lost),
        login: async () => this.#rate?.next(),
      })
      this.#options.say(`${id}: slice ${slice.id} has ended`)
    } finally {
      await lease.release()
    }
  }

  #meet(run: WorkerRun, slice: ListedSlice, point: string, word: string, lost: AbortSignal) {
    const { id, batchSlices } = slice
    return this.#turns.wait(() => run.meetings.meet(id, batchSlices, point, word, () => run.rung(lost)))
  }

  /** As many are taken as there is room for: another worker may have time for the rest. */
  #takeMore(): void {
    const before = this.#worker.concurrency
    this.#worker.concurrency = this.#turns.room
    // BullMQ looks for more jobs when one has ended; this has it look now.
    if (this.#turns.room > before) void this.#worker.pause(true).then(() => this.#worker.resume())
  }

  async #beat(): Promise<void> {
    await announce(this.#redis, this.#seal, this.#info())
    if (this.#isAway) this.#options.say('Redis is there again')
    this.#isAway = false
    await this.#runs.look()
  }

  /** It is told at once what is worked on, and again with each beat. */
  #announce(): void {
    void announce(this.#redis, this.#seal, this.#info()).catch(() => {})
  }

  #info(): WorkerInfo {
    const { version, serves, slices: most } = this.#options
    const { begun, waiting } = this.#turns
    const counts = { slices: begun, waiting, most, hosts: this.#hosts }
    const own = { id: this.#id, name: this.#name, version, protocol: PROTOCOL, serves, since: this.#since }
    return { ...own, ...counts, ...machine() }
  }

  #away({ message }: Error): void {
    if (/missing (?:lock|key)|could not renew lock/i.test(message)) return
    if (!this.#isAway) this.#options.say(`Redis cannot be used: ${message}`)
    this.#isAway = true
  }
}

/** Gives a slice back, for whoever takes it after so many ms. */
async function putOff(job: Job<SliceJob>, ms: number): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, job.token)
  throw new (packages().DelayedError)()
}
