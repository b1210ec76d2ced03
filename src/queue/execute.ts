import { setFlagsFromString } from 'node:v8'
import type { Redis } from 'ioredis'
import type { RunHooks } from '../engine/execute.ts'
import { loginsOf } from '../engine/logins.ts'
import type { Prepared } from '../engine/run.ts'
import { filesOfRun, HeardFiles } from '../split/files.ts'
import { packInventory } from '../split/inventory.ts'
import { splitRun } from '../split/run.ts'
import { hearOfFiles } from '../values/controller-files.ts'
import { Attendance } from './attendance.ts'
import { makeBundle, upload } from './bundle.ts'
import { Coordination } from './coordination.ts'
import { Seal } from './key.ts'
import { connectTo, type RedisPlace, shownUrl } from './redis.ts'
import { QueueRunner } from './runner.ts'
import { servedHosts } from './serves.ts'
import { type Supplied, Supply } from './supply.ts'

/** How a run uses a queue. */
export interface QueueUse {
  readonly place: RedisPlace
  readonly key: Buffer
  readonly version: string
  /** Hosts in a slice at most. */
  readonly sliceHosts: number
  /** Whether slices of plays under linear keep in step with each other. */
  readonly linearAcross: boolean
  /** How long hosts wait for a worker that serves them, and how long Redis may be away, in ms. */
  readonly wait: number
  readonly patience: number
}

/** A queue that a run is to use: it is connected to, and the run's files are noted, while the run is still being read. */
export class QueueOfRun {
  readonly #use: QueueUse
  readonly #redis: Promise<Redis>
  readonly #heard = new HeardFiles()

  constructor(use: QueueUse) {
    this.#use = use
    this.#redis = connectTo(use.place, 'playssh coordinator')
    // Whoever uses it hears of what is wrong.
    this.#redis.catch(() => {})
    hearOfFiles((path, isRead) => this.#heard.hear(path, isRead))
  }

  /** Runs what was prepared as `execute` does, with workers that carry it out. Raises ProblemError where Redis cannot be used. */
  async execute(prepared: Prepared, hooks: RunHooks): Promise<number> {
    const seal = new Seal(this.#use.key)
    const { files, environment } = filesOfRun(prepared, this.#heard)
    hearOfFiles(undefined)
    const bundle = await makeBundle(files, packInventory(prepared.inventory), seal)
    const redis = await this.#redis
    const own = { bundle: bundle.name, environment, version: this.#use.version }
    const [run] = await Promise.all([
      Coordination.begin(redis, seal, { request: prepared.request, ...own }),
      upload(redis, seal, bundle),
    ])
    const { later } = bundle
    return coordinate(prepared, hooks, this.#use, { redis, seal, run, later, isTakenUp: false })
  }

  /** The run does not come about, or has ended. */
  async close(): Promise<void> {
    hearOfFiles(undefined)
    await this.#redis.then(
      (redis) => redis.disconnect(),
      () => {},
    )
  }
}

interface Coordinated {
  readonly redis: Redis
  readonly seal: Seal
  readonly run: Coordination
  /** Files that workers may ask for, by the names of their contents. */
  readonly later: ReadonlyMap<string, Supplied>
  readonly isTakenUp: boolean
}

/** Of so many hosts a run takes longer than it takes to compile what is done for each of them. */
const MANY = 2_000

/** Has V8 compile as soon as it does by itself: src/start.cjs has it wait. Code caches are refused from now on. */
function compileSoon(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=135168')
}

/** Takes a run to its end. */
export async function coordinate(
  prepared: Prepared,
  hooks: RunHooks,
  { version, place, sliceHosts, linearAcross, wait, patience }: QueueUse,
  { redis, seal, run, later, isTakenUp }: Coordinated,
): Promise<number> {
  if (prepared.inventory.hosts.size > MANY) compileSoon()
  const { emit, stop, cut } = hooks
  const warn = (message: string) => emit({ type: 'warning', message })
  if (prepared.request.output.verbosity > 0)
    emit({ type: 'detail', level: 1, message: `Run ${run.id} goes through ${shownUrl(place.url)}` })
  const { hop } = loginsOf(prepared, emit)
  const servedBy = (pattern: string) =>
    servedHosts(prepared.inventory, pattern, (host) => hop?.(host)?.address)
  const attendance = new Attendance(redis, seal, { version, most: sliceHosts, wait, servedBy, warn, stop })
  const runner = new QueueRunner(redis, seal, run, attendance, {
    version,
    wait,
    patience,
    isTakenUp,
    stop,
    cut,
    warn,
  })
  const supply = later.size === 0 ? undefined : new Supply(redis, seal, run.id, later)
  try {
    return await splitRun(prepared, hooks, runner, { linearAcross })
  } finally {
    supply?.close()
    await runner.close()
  }
}
