import type { HostState } from '../engine/host.ts'
import type { Others, Word } from '../engine/together.ts'
import type { Slice, SliceHost } from './contract.ts'
import { packWord, unpackWord } from './words.ts'

/**
 * The meetings of a slice: after each step its hosts have come to, with the other slices of its batch or alone. What is said
 * there is kept by whoever carries slices out, so that a slice that is carried out again knows what is done.
 */
export class Meetings implements Others {
  readonly #slice: Slice
  readonly #host: SliceHost
  readonly #own: ReadonlySet<string>
  /** How many points there were: by the name of the only host that came to them, or "" for several. */
  readonly #points = new Map<string, number>()
  #turns = 0

  constructor(slice: Slice, host: SliceHost) {
    this.#slice = slice
    this.#host = host
    this.#own = new Set(slice.hosts)
  }

  isHere({ name }: HostState): boolean {
    return this.#own.has(name)
  }

  said(hosts: readonly HostState[]): Word | undefined {
    const text = this.#host.said?.get(this.#pointOf(hosts))
    return text === undefined ? undefined : unpackWord(text)
  }

  async meet(hosts: readonly HostState[], word: Word): Promise<readonly Word[]> {
    const point = this.#pointOf(hosts)
    const key = keyOf(hosts)
    this.#points.set(key, (this.#points.get(key) ?? 0) + 1)
    const words = await this.#host.meet(point, packWord(word))
    return words.filter((text) => text !== undefined).map(unpackWord)
  }

  note(round: readonly HostState[], { name }: HostState, word: Word): void {
    this.#host.note?.(`${this.#pointOf(round)} of ${name}`, packWord(word))
  }

  noted(round: readonly HostState[], { name }: HostState): Word | undefined {
    const text = this.#host.said?.get(`${this.#pointOf(round)} of ${name}`)
    return text === undefined ? undefined : unpackWord(text)
  }

  async inTurn(work: () => Promise<unknown>): Promise<void> {
    this.#turns += 1
    for (const [at, id] of this.#slice.batchSlices.entries()) {
      if (id === this.#slice.id) await work()
      await this.#host.meet(`turn ${this.#turns}.${at + 1}`, '')
    }
  }

  /** Under free hosts go on alone, and each comes to points of its own. */
  #pointOf(hosts: readonly HostState[]): string {
    const key = keyOf(hosts)
    return `${key} ${(this.#points.get(key) ?? 0) + 1}`.trim()
  }
}

function keyOf(hosts: readonly HostState[]): string {
  return hosts.length === 1 ? hosts[0]!.name : ''
}
