import { randomBytes, randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { RunRequest } from '../protocol/request.ts'
import { ProblemError } from '../values/problem.ts'
import { requestPlace } from './chunks.ts'
import { KeptTexts } from './kept.ts'
import type { Seal } from './key.ts'
import { KEPT, PRESENCE, places } from './places.ts'
import { ownName } from './presence.ts'
import { evaluate } from './redis.ts'

/** What workers, and whoever takes up a run again, need to know of it. */
export interface RunRecord {
  readonly request: RunRequest
  /** The name of the bundle with its files, and variables of the coordinator's environment. */
  readonly bundle: string
  readonly environment: Readonly<Record<string, string>>
  readonly version: string
  /** Who began it, and when, in ms since 1970. */
  readonly by: string
  readonly since: number
}

/** What all that a worker reads of a run depends on: the same text for the same. */
export function likeness({ request, bundle, environment }: RunRecord): string {
  return JSON.stringify([request, bundle, environment])
}

/** Renews what only its owner may renew. KEYS: it. ARGV: owner, ms. */
const RENEW = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0`

/** How often the keys of a run are kept from expiring, in ms. */
const KEEPING = 600_000

/** The keys of a run in Redis, as the one who coordinates it has them. */
export class Coordination {
  readonly id: string
  readonly texts: KeptTexts
  readonly #redis: Redis
  readonly #seal: Seal
  readonly #owner: string = randomUUID()
  #kept = 0

  private constructor(redis: Redis, seal: Seal, id: string) {
    this.#redis = redis
    this.#seal = seal
    this.texts = new KeptTexts(redis, seal, id)
    this.id = id
  }

  /** Begins a run. */
  static async begin(redis: Redis, seal: Seal, of: Omit<RunRecord, 'by' | 'since'>): Promise<Coordination> {
    const id = randomBytes(5).toString('hex')
    const own = new Coordination(redis, seal, id)
    const record: RunRecord = { ...of, by: ownName(), since: Date.now() }
    const sealed = await seal.seal(requestPlace(id), JSON.stringify(record))
    await redis
      .multi()
      .set(places.request(id), sealed, 'EX', KEPT)
      .zadd(places.runs, String(record.since), id)
      .set(places.coordinator(id), own.#owner, 'PX', PRESENCE)
      .exec()
    own.#kept = performance.now()
    return own
  }

  /** Takes up a run whose coordinator has gone. Raises ProblemError where it has not, or the run is over. */
  static async takeUp(redis: Redis, seal: Seal, id: string): Promise<Coordination> {
    const own = new Coordination(redis, seal, id)
    if ((await redis.set(places.coordinator(id), own.#owner, 'PX', PRESENCE, 'NX')) === 'OK') return own
    throw new ProblemError({
      message: `run ${id} has its coordinator`,
      hint: `one that has gone is missed after ${PRESENCE / 1000} s`,
    })
  }

  /** Says that the coordinator is there; false if another has taken its place. To be said every HEARTBEAT ms. */
  async beat(): Promise<boolean> {
    const words = [this.#owner, PRESENCE]
    const isOwn = await evaluate(this.#redis, RENEW, [places.coordinator(this.id)], words)
    if (isOwn === 1 && performance.now() - this.#kept > KEEPING) {
      const keys = this.#keys()
      const renewal = this.#redis.multi()
      for (const key of keys) renewal.expire(key, KEPT)
      await renewal.exec()
      this.#kept = performance.now()
    }
    return isOwn === 1
  }

  async signal(how: 'stop' | 'cut'): Promise<void> {
    await this.#redis
      .multi()
      .set(places.signal(this.id), how, 'EX', KEPT)
      .publish(places.bell(this.id), how)
      .exec()
  }

  /** Whoever has hosts, and comes back when the lease on them has run out, has lost them. */
  async giveAway(hosts: readonly string[]): Promise<void> {
    await this.#redis.hdel(places.hosts(this.id), ...hosts.map((host) => this.#seal.name(host)))
  }

  /** The run is over: nothing of it stays, and workers forget it. */
  async end(): Promise<void> {
    await this.#redis
      .multi()
      .unlink(...this.#keys())
      .zrem(places.runs, this.id)
      .publish(places.bell(this.id), 'over')
      .exec()
  }

  #keys(): string[] {
    const { request, coordinator, signal, kept, claims, hosts, meeting, ended } = places
    const all = [request, coordinator, signal, kept, claims, hosts, meeting, ended]
    return all.map((place) => place(this.id))
  }
}

/** What is known of a run. Raises ProblemError if there is none of that name. */
export async function recordOf(redis: Redis, seal: Seal, id: string): Promise<RunRecord> {
  const sealed = /^[0-9a-f]{10}$/.test(id) ? await redis.getBuffer(places.request(id)) : null
  if (sealed !== null) return readRecord(seal, id, sealed)
  throw new ProblemError({
    message: `there is no run ${id} in this Redis`,
    hint: 'run attach lists those that there are',
  })
}

/** The record of a run as it lies in Redis. Raises NotOurs. */
export async function readRecord(seal: Seal, id: string, sealed: Buffer): Promise<RunRecord> {
  return JSON.parse((await seal.open(requestPlace(id), sealed)).toString())
}
