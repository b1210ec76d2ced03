import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { LEASE, MARGIN, places, RENEWAL } from './places.ts'
import { evaluate } from './redis.ts'

/**
 * Takes hosts for one attempt unless another that is there has one of them: 0, or in how many ms that one's lease ends
 * unless it is renewed. So it is where the run itself does not have one. KEYS: which attempt has each host, the attempt's own
 * lease, the hosts that the run has. ARGV: what leases begin with, the attempt, how long, the hosts.
 */
const TAKE = `
for at = 4, #ARGV do
  if redis.call('SISMEMBER', KEYS[3], ARGV[at]) == 0 then return 1000 end
  local other = redis.call('HGET', KEYS[1], ARGV[at])
  if other and other ~= ARGV[2] then
    local left = redis.call('PTTL', ARGV[1] .. other)
    if left ~= -2 then return math.max(left, 1) end
  end
end
for at = 4, #ARGV do redis.call('HSET', KEYS[1], ARGV[at], ARGV[2]) end
redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
return 0`

/**
 * Takes back what has run out if neither another attempt nor another run had one of the hosts meanwhile, and the run is not
 * over: 1, or else 0. KEYS and ARGV as above.
 */
const TAKE_BACK = `
for at = 4, #ARGV do
  if redis.call('HGET', KEYS[1], ARGV[at]) ~= ARGV[2] then return 0 end
  if redis.call('SISMEMBER', KEYS[3], ARGV[at]) == 0 then return 0 end
end
redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
return 1`

/** Nanoseconds of the clock that runs on however the time of day is set: the same in all threads and processes. */
function now(): bigint {
  return process.hrtime.bigint()
}

const MILLION = 1_000_000n

/** Hosts that one attempt at a slice has, and nobody else. */
export class Lease {
  /** When the lease was last known to be held, for threads that ask before each action. */
  readonly clock = new SharedArrayBuffer(8)
  /** Aborted when another attempt may have the hosts. */
  readonly lost: AbortSignal
  readonly #confirmed = new BigInt64Array(this.clock)
  readonly #losing = new AbortController()
  readonly #redis: Redis
  readonly #run: string
  readonly #attempt: string
  readonly #hosts: readonly string[]
  #timer: NodeJS.Timeout | undefined
  #isAsking = false
  #isReleased = false

  /** `hosts` by names that tell nothing. */
  constructor(redis: Redis, run: string, slice: string, hosts: readonly string[]) {
    this.#redis = redis
    this.#run = run
    this.#attempt = `${slice}.${randomUUID()}`
    this.#hosts = hosts
    this.lost = this.#losing.signal
    // All that waits for something of the slice listens.
    setMaxListeners(0, this.lost)
  }

  /**
   * Waits for the hosts, and then keeps them. False if `isNeeded` says meanwhile that they are not any more, or the lease is
   * released.
   */
  async take(isNeeded: () => Promise<boolean>): Promise<boolean> {
    for (;;) {
      const wait = await this.#tryTaking()
      if (wait === 0) break
      await setTimeout(Math.min(wait, RENEWAL))
      if (this.#isReleased || !(await isNeeded())) return false
    }
    if (this.#isReleased) {
      await this.release()
      return false
    }
    this.#timer = setInterval(() => void this.#renew(), RENEWAL)
    return true
  }

  async release(): Promise<void> {
    this.#isReleased = true
    clearInterval(this.#timer)
    await this.#redis.del(places.lease(this.#run, this.#attempt))
  }

  async #tryTaking(): Promise<number> {
    const asked = now()
    const wait = Number(await this.#evaluate(TAKE))
    if (wait === 0) Atomics.store(this.#confirmed, 0, asked)
    return wait
  }

  #evaluate(script: string): Promise<unknown> {
    const { hosts, lease, claims } = places
    const keys = [hosts(this.#run), lease(this.#run, this.#attempt), claims(this.#run)]
    const words = [lease(this.#run, ''), this.#attempt, LEASE, ...this.#hosts]
    return evaluate(this.#redis, script, keys, words)
  }

  /** One question at a time: those that Redis cannot hear would be asked all at once when it is back. */
  async #renew(): Promise<void> {
    if (this.#isAsking || this.lost.aborted) return
    this.#isAsking = true
    try {
      const asked = now()
      const isKept = await this.#redis.pexpire(places.lease(this.#run, this.#attempt), LEASE)
      if (isKept === 1) Atomics.store(this.#confirmed, 0, asked)
      else if (!this.#isReleased) await this.#takeBack(asked)
    } catch {
      // Redis is away: the clock says how long.
    } finally {
      this.#isAsking = false
    }
  }

  /** It has run out. */
  async #takeBack(asked: bigint): Promise<void> {
    if ((await this.#evaluate(TAKE_BACK)) === 1) Atomics.store(this.#confirmed, 0, asked)
    else this.#lose()
  }

  #lose(): void {
    clearInterval(this.#timer)
    this.#losing.abort()
  }
}

/** Whether by this clock of a lease something may be begun on its hosts. */
export function isHeld(clock: SharedArrayBuffer): boolean {
  const confirmed = Atomics.load(new BigInt64Array(clock), 0)
  return now() - confirmed < BigInt(LEASE - MARGIN) * MILLION
}
