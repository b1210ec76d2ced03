import { freemem, hostname, loadavg, totalmem } from 'node:os'
import type { Redis } from 'ioredis'
import { NotOurs, type Seal } from './key.ts'
import { PRESENCE, PROTOCOL, places } from './places.ts'

/** What a worker says of itself. */
export interface WorkerInfo {
  readonly id: string
  /** Machine and process, for people: "node1:4711". */
  readonly name: string
  readonly version: string
  readonly protocol: number
  /** The pattern of the hosts that it reaches. */
  readonly serves: string
  /** When it began, in ms since 1970. */
  readonly since: number
  /** Slices that it carries out, those of them that wait for others, and how many it carries out at most. */
  readonly slices: number
  readonly waiting: number
  readonly most: number
  /** Hosts of those slices. */
  readonly hosts: number
  /** Bytes of memory that it has. */
  readonly memory: number
  /** Processes that want a core of the machine, as the last minute's mean. */
  readonly load: number
  /** Which part of the machine's memory is free, 0 to 1. */
  readonly free: number
}

/** A worker that is there and cannot be understood, and why. */
export interface Stranger {
  readonly id: string
  readonly reason: string
}

interface Written {
  readonly version: string
  readonly protocol: number
  readonly key: string
  readonly told: string
}

/** The name of a pattern's queue: workers of another version have another. */
export function patternName(seal: Seal, version: string, pattern: string): string {
  return seal.name(`${PROTOCOL} ${version} ${pattern}`)
}

/** The name of this process, for people. */
export function ownName(): string {
  return `${hostname()}:${process.pid}`
}

export function machine(): Pick<WorkerInfo, 'memory' | 'load' | 'free'> {
  return { memory: process.memoryUsage.rss(), load: loadavg()[0]!, free: freemem() / totalmem() }
}

const placeOf = (id: string) => `worker ${id}`

/** Says that a worker is there; it has to be said again within PRESENCE. */
export async function announce(redis: Redis, seal: Seal, info: WorkerInfo): Promise<void> {
  const { id, version, protocol } = info
  const told = await seal.sealText(placeOf(id), JSON.stringify(info))
  const written: Written = { version, protocol, key: seal.fingerprint, told }
  await redis
    .multi()
    .set(places.worker(id), JSON.stringify(written), 'PX', PRESENCE)
    .zadd(places.workers, String(Date.now()), id)
    .exec()
}

export async function leave(redis: Redis, id: string): Promise<void> {
  await redis.multi().del(places.worker(id)).zrem(places.workers, id).exec()
}

/** The workers that are there, by name; those that do not fit are strangers. */
export async function workersOf(
  redis: Redis,
  seal: Seal,
  version: string,
): Promise<{ workers: WorkerInfo[]; strangers: Stranger[] }> {
  const ids = await redis.zrange(places.workers, '0', '-1')
  if (ids.length === 0) return { workers: [], strangers: [] }
  const found = await redis.mget(ids.map(places.worker))
  const gone = ids.filter((_, at) => found[at] === null)
  if (gone.length > 0) await redis.zrem(places.workers, ...gone)
  const workers: WorkerInfo[] = []
  const strangers: Stranger[] = []
  for (const [at, text] of found.entries()) {
    if (text === null || text === undefined) continue
    const one = await readWorker(text, ids[at]!, seal, version)
    if ('reason' in one) strangers.push(one)
    else workers.push(one)
  }
  return { workers: workers.sort((a, b) => (a.name < b.name ? -1 : 1)), strangers }
}

async function readWorker(
  text: string,
  id: string,
  seal: Seal,
  version: string,
): Promise<WorkerInfo | Stranger> {
  const written = JSON.parse(text) as Written
  if (written.key !== seal.fingerprint)
    return {
      id,
      reason: `a worker has another key (its fingerprint is ${written.key}, here it is ${seal.fingerprint})`,
    }
  try {
    const info = JSON.parse(await seal.openText(placeOf(id), written.told)) as WorkerInfo
    if (info.version === version && info.protocol === PROTOCOL) return info
    const other = info.version === version ? `protocol ${info.protocol}` : `version ${info.version}`
    const own = info.version === version ? `protocol ${PROTOCOL}` : version
    return { id, reason: `worker ${info.name} has ${other}, and this is ${own}` }
  } catch (error) {
    if (error instanceof NotOurs) return { id, reason: error.message }
    throw error
  }
}
