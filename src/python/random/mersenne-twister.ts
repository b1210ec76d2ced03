/**
 * The Mersenne Twister MT19937 of Matsumoto and Nishimura, seeded by an array of 32-bit words: what Python's random
 * draws from.
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE)
  #at = SIZE

  constructor(key: readonly number[]) {
    this.#fill(19650218)
    this.#mix(key)
  }

  /** The next 32 bits. */
  next(): number {
    if (this.#at === SIZE) this.#twist()
    let word = this.#state[this.#at]!
    this.#at += 1
    word ^= word >>> 11
    word ^= (word << 7) & 0x9d2c5680
    word ^= (word << 15) & 0xefc60000
    return (word ^ (word >>> 18)) >>> 0
  }

  #fill(seed: number): void {
    this.#state[0] = seed
    for (let at = 1; at < SIZE; at += 1) this.#state[at] = Math.imul(1812433253, this.#folded(at - 1)) + at
  }

  #mix(key: readonly number[]): void {
    const state = this.#state
    let at = 1
    const step = () => {
      at += 1
      if (at < SIZE) return
      state[0] = state[SIZE - 1]!
      at = 1
    }
    for (let turn = 0; turn < Math.max(SIZE, key.length); turn += 1) {
      const from = turn % key.length
      state[at] = (state[at]! ^ Math.imul(this.#folded(at - 1), 1664525)) + key[from]! + from
      step()
    }
    for (let turn = 1; turn < SIZE; turn += 1) {
      state[at] = (state[at]! ^ Math.imul(this.#folded(at - 1), 1566083941)) - at
      step()
    }
    state[0] = 0x80000000
  }

  #folded(at: number): number {
    const word = this.#state[at]!
    return word ^ (word >>> 30)
  }

  #twist(): void {
    const state = this.#state
    for (let at = 0; at < SIZE; at += 1) {
      const mixed = (state[at]! & 0x80000000) | (state[(at + 1) % SIZE]! & 0x7fffffff)
      state[at] = state[(at + MIDDLE) % SIZE]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0)
    }
    this.#at = 0
  }
}

const SIZE = 624
const MIDDLE = 397
