import { descriptorsOf, type Footprint } from './controller.ts'
import type { Outcome } from './round.ts'
import type { State } from './trouble.ts'

/** The first rounds load and compile: what is held is compared with what they leave. */
export const WARM_UP = 3
/** The last round may hold so many MB more than the first warm one. */
const HEAP = 15

/** All rounds together. */
export class Tally {
  readonly #footprints: Footprint[] = []
  readonly #states: Record<string, number> = {}
  readonly #endings: Record<string, number> = {}
  #wrong = 0
  #orphans = 0

  add(states: ReadonlyMap<unknown, State>, { endings, told, orphans }: Outcome, now: Footprint): void {
    for (const state of states.values()) this.#states[state] = (this.#states[state] ?? 0) + 1
    for (const [ending, number] of Object.entries(endings))
      this.#endings[ending] = (this.#endings[ending] ?? 0) + number
    this.#wrong += told.length
    this.#orphans += orphans
    this.#footprints.push(now)
  }

  /** Prints the counts; gives the exit status. */
  close(): number {
    const warm = this.#footprints.slice(WARM_UP - 1)
    const [first, last] = [warm[0], warm.at(-1)]
    const list = (counts: Record<string, number>) =>
      Object.entries(counts)
        .map(([what, number]) => `${number} ${what}`)
        .join(', ')
    const total = Object.values(this.#states).reduce((sum, number) => sum + number, 0)
    console.log(`\n${this.#footprints.length} rounds, ${total} runs of a host: ${list(this.#states)}`)
    console.log(`ended ${list(this.#endings)}; ${this.#orphans} files left by killed writers`)
    console.log(`wrong: ${this.#wrong}`)
    if (first === undefined || last === undefined) return 1
    const grown = last.heap - first.heap > HEAP
    console.log(
      `heap ${first.heap.toFixed(1)} MB first, ${last.heap.toFixed(1)} MB last${grown ? ': it has grown' : ''}; ` +
        `rss ${first.rss.toFixed(0)} and ${last.rss.toFixed(0)} MB; ` +
        `descriptors ${descriptorsOf(first)} and ${descriptorsOf(last)}`,
    )
    return this.#wrong === 0 && !grown ? 0 : 1
  }
}
