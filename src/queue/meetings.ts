import type { Redis } from 'ioredis'
import { notesPlace } from './chunks.ts'
import type { Seal } from './key.ts'
import { KEPT, places } from './places.ts'
import { evaluate } from './redis.ts'

/**
 * Keeps what a slice says at a point, and gives what all have said there, once each has said something or has ended; nil
 * before. Who is told is settled then, so that all are told the same for ever: for each batch by itself, or for each slice that
 * meets nobody, since all come to points of the same names. KEYS: the words, the slices that have ended.
 * ARGV: the point, the slice, its word or nothing, for how long, all slices of the batch.
 */
const MEET = `
local function field(slice) return ARGV[1] .. ' ' .. slice end
if ARGV[3] ~= '' then
  redis.call('HSETNX', KEYS[1], field(ARGV[2]), ARGV[3])
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
local settling = ARGV[1] .. '@' .. ARGV[5]
local settled = redis.call('HGET', KEYS[1], settling)
if not settled then
  settled = ' '
  for at = 5, #ARGV do
    if redis.call('HEXISTS', KEYS[1], field(ARGV[at])) == 1 then settled = settled .. ARGV[at] .. ' '
    elseif redis.call('SISMEMBER', KEYS[2], ARGV[at]) == 0 then return nil end
  end
  redis.call('HSET', KEYS[1], settling, settled)
end
local words = {}
for at = 5, #ARGV do
  local isIn = string.find(settled, ' ' .. ARGV[at] .. ' ', 1, true)
  words[at - 4] = isIn and redis.call('HGET', KEYS[1], field(ARGV[at])) or ''
end
return words`

/** What slices of a batch have to say to each other, of one run. */
export class Meetings {
  readonly #redis: Redis
  readonly #seal: Seal
  readonly #run: string

  constructor(redis: Redis, seal: Seal, run: string) {
    this.#redis = redis
    this.#seal = seal
    this.#run = run
  }

  /**
   * Says a word at a point, and gives the words of all, in the order of `slices`, when all have come there or have ended:
   * undefined for one that has ended before. `rung` waits until something may be new.
   */
  async meet(
    slice: string,
    slices: readonly string[],
    point: string,
    word: string,
    rung: () => Promise<void>,
  ): Promise<readonly (string | undefined)[]> {
    const name = this.#seal.name(point)
    const said = await this.#seal.sealText(this.#placeOf(name, slice), JSON.stringify([point, word]))
    let answer = await this.#ask(name, slice, said, slices)
    if (slices.length > 1) await this.#redis.publish(places.bell(this.#run), 'met')
    while (answer === null) {
      await rung()
      answer = await this.#ask(name, slice, '', slices)
    }
    const words = answer
    return Promise.all(
      slices.map(async (one, at) =>
        words[at] === '' ? undefined : (await this.#open(name, one, words[at]!))[1],
      ),
    )
  }

  /** Keeps what a slice has noted by a chunk, as it was sealed for `notesPlace`. */
  async note(slice: string, attempt: number, number: number, sealed: string): Promise<void> {
    const key = places.meeting(this.#run)
    await this.#redis.multi().hset(key, `@${attempt}.${number} ${slice}`, sealed).expire(key, KEPT).exec()
  }

  /** What a slice has said or noted, by point; what it said first where it was asked twice. */
  async saidBefore(slice: string): Promise<(readonly [point: string, word: string])[]> {
    const found = new Map<string, string>()
    let cursor = '0'
    do {
      const [next, pairs] = await this.#redis.hscan(places.meeting(this.#run), cursor, 'MATCH', `* ${slice}`)
      for (let at = 0; at < pairs.length; at += 2) found.set(pairs[at]!.split(' ')[0]!, pairs[at + 1]!)
      cursor = next
    } while (cursor !== '0')
    const said = await Promise.all([...found].map(([name, word]) => this.#all(name, slice, word)))
    return said.flat()
  }

  async #all(name: string, slice: string, word: string): Promise<(readonly [point: string, word: string])[]> {
    if (!name.startsWith('@')) return [await this.#open(name, slice, word)]
    const [attempt = 0, number = 0] = name.slice(1).split('.').map(Number)
    return JSON.parse(await this.#seal.openText(notesPlace(this.#run, { slice, attempt, number }), word))
  }

  async #open(name: string, slice: string, word: string): Promise<readonly [point: string, word: string]> {
    return JSON.parse(await this.#seal.openText(this.#placeOf(name, slice), word))
  }

  #ask(point: string, slice: string, word: string, slices: readonly string[]): Promise<string[] | null> {
    const keys = [places.meeting(this.#run), places.ended(this.#run)]
    const words = [point, slice, word, KEPT, ...slices]
    return evaluate(this.#redis, MEET, keys, words) as Promise<string[] | null>
  }

  #placeOf(point: string, slice: string): string {
    return `word ${this.#run} ${point} ${slice}`
  }
}
