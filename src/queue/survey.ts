import type { Redis } from 'ioredis'
import { readRecord } from './coordination.ts'
import { NotOurs, type Seal } from './key.ts'
import { places, queues } from './places.ts'
import { patternName, type Stranger, type WorkerInfo, workersOf } from './presence.ts'
import { queueCalled } from './redis.ts'

/** Jobs of a queue by what is done with them, as BullMQ counts them. */
interface QueueCounts {
  readonly serves: string
  readonly waiting: number
  readonly active: number
  readonly delayed: number
  readonly failed: number
}

/** A run that has not come to its end. */
export interface RunInfo {
  readonly id: string
  readonly playbooks: readonly string[]
  readonly by: string
  /** In ms since 1970. */
  readonly since: number
  readonly hasCoordinator: boolean
}

export interface Survey {
  readonly workers: readonly WorkerInfo[]
  readonly strangers: readonly Stranger[]
  readonly queues: readonly QueueCounts[]
  readonly runs: readonly RunInfo[]
}

/** Who is there, and what is to be done. */
export async function survey(redis: Redis, seal: Seal, version: string): Promise<Survey> {
  const { workers, strangers } = await workersOf(redis, seal, version)
  const patterns = [...new Set(workers.map(({ serves }) => serves))].sort()
  const counts = patterns.map((serves) => countsOf(redis, seal, version, serves))
  return { workers, strangers, queues: await Promise.all(counts), runs: await runsOf(redis, seal) }
}

async function countsOf(redis: Redis, seal: Seal, version: string, serves: string): Promise<QueueCounts> {
  const name = queues.slices(patternName(seal, version, serves))
  const queue = queueCalled(redis, name)
  const { waiting = 0, active = 0, delayed = 0, failed = 0 } = await queue.getJobCounts()
  await queue.close()
  return { serves, waiting, active, delayed, failed }
}

/** Runs that have not come to their end, the oldest first; those that have another key are not ours to see. */
export async function runsOf(redis: Redis, seal: Seal): Promise<RunInfo[]> {
  const ids = await redis.zrange(places.runs, '0', '-1')
  const found = await Promise.all(ids.map((id) => runOf(redis, seal, id)))
  return found.filter((run) => run !== undefined)
}

async function runOf(redis: Redis, seal: Seal, id: string): Promise<RunInfo | undefined> {
  const sealed = await redis.getBuffer(places.request(id))
  if (sealed === null) {
    await forget(redis, id)
    return undefined
  }
  try {
    const { request, by, since } = await readRecord(seal, id, sealed)
    const hasCoordinator = (await redis.exists(places.coordinator(id))) === 1
    return { id, playbooks: request.playbooks, by, since, hasCoordinator }
  } catch (error) {
    if (error instanceof NotOurs) return undefined
    throw error
  }
}

/** What is left of a run whose coordinator has not come back for a day. */
async function forget(redis: Redis, id: string): Promise<void> {
  const events = queueCalled(redis, queues.events(id))
  await events.obliterate({ force: true })
  await events.close()
  await redis.zrem(places.runs, id)
}
