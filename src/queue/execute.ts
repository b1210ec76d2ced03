import type { Redis } from 'ioredis'
import type { RunHooks } from '../engine/execute.ts'
import { loginsOf } from '../engine/logins.ts'
import type { Prepared } from '../engine/run.ts'
import { splitRun } from '../split/run.ts'
import { Attendance } from './attendance.ts'
import { Coordination } from './coordination.ts'
import { Seal } from './key.ts'
import { connectTo, type RedisPlace, shownUrl } from './redis.ts'
import { QueueRunner } from './runner.ts'
import { servedHosts } from './serves.ts'

/** How a run uses a queue. */
export interface QueueUse {
  readonly place: RedisPlace
  readonly key: Buffer
  readonly version: string
  /** Hosts in a slice at most. */
  readonly sliceHosts: number
  /** How long hosts wait for a worker that serves them, and how long Redis may be away, in ms. */
  readonly wait: number
  readonly patience: number
}

/** Runs what was prepared as `execute` does, with workers that carry it out. Raises ProblemError where Redis cannot be used. */
export async function executeInQueue(prepared: Prepared, hooks: RunHooks, use: QueueUse): Promise<number> {
  const redis = await connectTo(use.place, 'playssh coordinator')
  const seal = new Seal(use.key)
  const run = await Coordination.begin(redis, seal, prepared.request, use.version)
  return coordinate(prepared, hooks, use, { redis, seal, run, isTakenUp: false })
}

interface Coordinated {
  readonly redis: Redis
  readonly seal: Seal
  readonly run: Coordination
  readonly isTakenUp: boolean
}

/** Takes a run to its end. */
export async function coordinate(
  prepared: Prepared,
  hooks: RunHooks,
  { version, place, sliceHosts, wait, patience }: QueueUse,
  { redis, seal, run, isTakenUp }: Coordinated,
): Promise<number> {
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
    patience,
    isTakenUp,
    stop,
    cut,
    warn,
  })
  try {
    return await splitRun(prepared, hooks, runner)
  } finally {
    await runner.close()
    redis.disconnect()
  }
}
