import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { places } from './places.ts'
import { evaluate } from './redis.ts'

/**
 * When the next of logins may begin that are so many ms apart: in how many ms, by the clock of Redis (GCRA, as ATM Forum
 * TM 4.0 has it for cells, without a burst). KEYS: when the last one begins. ARGV: µs between two.
 */
const NEXT = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
local next = math.max(now, last + ARGV[1])
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000) + 60000)
return math.ceil((next - now) / 1000)`

/** How many logins all workers that serve the same pattern may begin in a second. */
export class LoginRate {
  readonly #redis: Redis
  readonly #key: string
  readonly #apart: number

  /** `name` of the pattern, that tells nothing. */
  constructor(redis: Redis, name: string, perSecond: number) {
    this.#redis = redis
    this.#key = places.logins(name)
    this.#apart = Math.ceil(1_000_000 / perSecond)
  }

  /** Waits for its turn. */
  async next(): Promise<void> {
    const wait = Number(await evaluate(this.#redis, NEXT, [this.#key], [this.#apart]))
    if (wait > 0) await setTimeout(wait)
  }
}
