import type { Redis } from 'ioredis'
import type { Seal } from './key.ts'
import { KEPT, places } from './places.ts'

/** Texts that are kept in Redis for as long as a run goes on, by their names. */
export class KeptTexts {
  readonly #redis: Redis
  readonly #seal: Seal
  readonly #run: string

  constructor(redis: Redis, seal: Seal, run: string) {
    this.#redis = redis
    this.#seal = seal
    this.#run = run
  }

  async remember(key: string, text: string): Promise<void> {
    const name = this.#seal.name(key)
    const sealed = await this.#seal.seal(this.#placeOf(name), text)
    await this.#redis
      .multi()
      .hset(places.kept(this.#run), name, sealed)
      .expire(places.kept(this.#run), KEPT)
      .exec()
  }

  async recall(key: string): Promise<string | undefined> {
    const name = this.#seal.name(key)
    const sealed = await this.#redis.hgetBuffer(places.kept(this.#run), name)
    return sealed === null ? undefined : (await this.#seal.open(this.#placeOf(name), sealed)).toString()
  }

  #placeOf(name: string): string {
    return `kept ${this.#run} ${name}`
  }
}
