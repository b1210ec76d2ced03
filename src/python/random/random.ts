import { createHash, randomBytes } from 'node:crypto'
import { Float } from '../../values/float.ts'
import { readOutside } from '../../values/outside.ts'
import { hashOfFloat } from './float-hash.ts'
import { MersenneTwister } from './mersenne-twister.ts'

/** What Python's random.Random takes as a seed. */
export type Seed = string | number | bigint | boolean | Float

/** Draws as Python 3.11's `random.Random(seed)` does; without a seed, as `random.SystemRandom`. */
export class Random {
  readonly #word: () => number

  constructor(seed?: Seed | null) {
    if (seed === undefined || seed === null) {
      readOutside()
      this.#word = () => randomBytes(4).readUInt32LE()
    } else {
      const twister = new MersenneTwister(wordsOf(numberOf(seed)))
      this.#word = () => twister.next()
    }
  }

  /** A whole number from 0 below the limit, which is at least 1 (`_randbelow`). */
  below(limit: bigint): bigint {
    const count = limit.toString(2).length
    for (;;) {
      const drawn = this.#bits(count)
      if (drawn < limit) return drawn
    }
  }

  /** A whole number from `start` below `stop`, by steps (`randrange`). */
  range(start: bigint, stop: bigint, step = 1n): bigint {
    if (step === 0n) throw new Error('the step of random may not be 0')
    const towards = step > 0n ? 1n : -1n
    const count = (stop - start + step - towards) / step
    if (count <= 0n) throw new Error(`there is no number from ${start} to ${stop} by steps of ${step}`)
    return start + step * this.below(count)
  }

  /** One of the items, of which there is at least one. */
  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('there is nothing to choose from')
    return items[this.#index(items.length)]!
  }

  /** The items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const list = [...items]
    for (let at = list.length - 1; at > 0; at -= 1) {
      const other = this.#index(at + 1)
      const item = list[at]!
      list[at] = list[other]!
      list[other] = item
    }
    return list
  }

  #index(length: number): number {
    return Number(this.below(BigInt(length)))
  }

  #bits(count: number): bigint {
    let bits = 0n
    for (let at = 0; at < count; at += 32) {
      const word = this.#word() >>> Math.max(0, 32 - (count - at))
      bits |= BigInt(word) << BigInt(at)
    }
    return bits
  }
}

/** A text of so many characters, each drawn from those given: the candidates of Ansible's `password` lookup. */
export function randomText(length: number, characters: string, seed?: Seed | null): string {
  const random = new Random(seed)
  const choices = Array.from(characters)
  return Array.from({ length }, () => random.choice(choices)).join('')
}

/** The number that a seed stands for; a text stands for itself and its SHA-512. */
function numberOf(seed: Seed): bigint {
  if (typeof seed === 'string') {
    const text = Buffer.from(seed)
    return BigInt(`0x${text.toString('hex')}${createHash('sha512').update(text).digest('hex')}`)
  }
  if (typeof seed === 'bigint') return seed < 0n ? -seed : seed
  if (typeof seed !== 'number' && typeof seed !== 'boolean' && !(seed instanceof Float))
    throw new Error('a seed is a text or a number')
  const value = Number(seed)
  if (typeof seed === 'object' || !Number.isInteger(value)) return BigInt.asUintN(64, hashOfFloat(value))
  return BigInt(Math.abs(value))
}

/** A number as 32-bit words, the lowest first; 0 is one word. */
function wordsOf(value: bigint): number[] {
  const words: number[] = []
  for (let rest = value; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn))
  return words.length === 0 ? [0] : words
}
