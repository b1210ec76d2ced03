import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Seal } from './key.ts'
import { KEPT, PREFIX, places } from './places.ts'
import { evaluate } from './redis.ts'

/** Between two tries to have hosts that another run has, in ms. */
const AGAIN = 500

/**
 * Has a run give up the hosts that it had, and take others, all or none: no reply, or which other run has how many of them,
 * and the number of the first. Of a run without a coordinator only what somebody has a lease on is another's; the rest is
 * taken from it. KEYS: all runs, the hosts of this one. ARGV: this run, what keys of runs begin with, for how long, the hosts.
 */
const CLAIM = `
redis.call('UNLINK', KEYS[2])
local dead = {}
for _, other in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local own = ARGV[2] .. other
  if other ~= ARGV[1] and redis.call('EXISTS', own .. ':claims') == 1 then
    local isThere = redis.call('EXISTS', own .. ':coordinator') == 1
    if not isThere then dead[#dead + 1] = own end
    local count, first = 0, 0
    for at = 4, #ARGV do
      if redis.call('SISMEMBER', own .. ':claims', ARGV[at]) == 1 then
        local isHad = isThere
        if not isHad then
          local attempt = redis.call('HGET', own .. ':hosts', ARGV[at])
          isHad = attempt and redis.call('EXISTS', own .. ':lease:' .. attempt) == 1
        end
        if isHad then
          if count == 0 then first = at - 4 end
          count = count + 1
        end
      end
    end
    if count > 0 then return {other, count, first} end
  end
end
for at = 4, #ARGV do
  redis.call('SADD', KEYS[2], ARGV[at])
  for _, own in ipairs(dead) do redis.call('SREM', own .. ':claims', ARGV[at]) end
end
redis.call('EXPIRE', KEYS[2], ARGV[3])`

/** Hosts that another run works on. */
export interface Claimed {
  readonly run: string
  readonly count: number
  /** The first of them. */
  readonly host: string
}

/** The hosts that a run has, and no other run of the same queue. */
export class Claims {
  readonly #redis: Redis
  readonly #seal: Seal
  readonly #run: string

  constructor(redis: Redis, seal: Seal, run: string) {
    this.#redis = redis
    this.#seal = seal
    this.#run = run
  }

  /**
   * Waits until no other run has any of these hosts. They are this run's then, and those that it had before are not: whoever
   * waits has none, so no two wait for each other. `tell` hears of each run that is waited for, once.
   */
  async take(hosts: readonly string[], stop: AbortSignal, tell: (claimed: Claimed) => void): Promise<void> {
    const names = hosts.map((host) => this.#seal.name(host))
    const told = new Set<string>()
    while (!stop.aborted) {
      const claimed = (await this.#evaluate(names)) as [run: string, count: number, first: number] | null
      if (claimed === null) return
      const [run, count, first] = claimed
      if (!told.has(run)) tell({ run, count, host: hosts[first]! })
      told.add(run)
      await sleep(AGAIN, undefined, { signal: stop }).catch(() => {})
    }
  }

  #evaluate(names: readonly string[]): Promise<unknown> {
    const words = [this.#run, `${PREFIX}:run:`, KEPT, ...names]
    return evaluate(this.#redis, CLAIM, [places.runs, places.claims(this.#run)], words)
  }
}
