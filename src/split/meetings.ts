import type { HostState } from '../engine/host.ts'
import type { Others, Word } from '../engine/together.ts'
import type { Slice, SliceHost } from './contract.ts'
import { packWord, unpackWord } from './words.ts'

/** So many things found, on hosts and in steps that changed nothing, are held back until they are kept. */
const HELD = 4096

/**
 * The meetings of a slice: after each step its hosts have come to, with the other slices of its batch or alone. What is said
 * there is kept by whoever carries slices out, so that a slice that is carried out again knows what is done. What a slice
 * that meets nobody has found while it did nothing is kept before it does something: without that, it finds it again.
 */
export class Meetings implements Others {
  readonly #slice: Slice
  readonly #host: SliceHost
  readonly #own: ReadonlySet<string>
  readonly #isAlone: boolean
  /** How many points there were: by the name of the only host that came to them, or "" for several. */
  readonly #points = new Map<string, number>()
  /** Hosts on which something was done since they were last met. */
  readonly #touched = new Set<string>()
  /** What was said of steps that have done nothing, and how many things that is. */
  #held: (readonly [point: string, word: Word])[] = []
  #count = 0
  #keeping: Promise<void> | undefined
  #turns = 0

  constructor(slice: Slice, host: SliceHost) {
    this.#slice = slice
    this.#host = host
    this.#own = new Set(slice.hosts)
    this.#isAlone = slice.batchSlices.length === 1
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
    if (this.#isAlone) {
      await this.#hold(hosts, point, word)
      return [word]
    }
    for (const { name } of hosts) this.#touched.delete(name)
    const words = await this.#host.meet(point, packWord(word))
    return words.filter((text) => text !== undefined).map(unpackWord)
  }

  /** Waits until what must be known should something be done for a host now is kept. */
  async begins(name: string): Promise<void> {
    this.#touched.add(name)
    if (this.#tell()) this.#keeping = this.#host.kept()
    await this.#keeping
  }

  note(round: readonly HostState[], { name }: HostState, word: () => Word, isChanged: boolean): void {
    // By what was done for it in a turn before.
    if (isChanged) this.#touched.add(name)
    if (this.#touched.has(name)) this.#host.note(`${this.#pointOf(round)} of ${name}`, packWord(word()))
  }

  noted(round: readonly HostState[], { name }: HostState): Word | undefined {
    const text = this.#host.said?.get(`${this.#pointOf(round)} of ${name}`)
    return text === undefined ? undefined : unpackWord(text)
  }

  async inTurn(work: () => Promise<unknown>): Promise<void> {
    this.#turns += 1
    for (const [at, id] of this.#slice.batchSlices.entries()) {
      if (id === this.#slice.id) await work()
      if (!this.#isAlone) await this.#host.meet(`turn ${this.#turns}.${at + 1}`, '')
    }
  }

  /** Keeps what was said where something was done, and waits for it; else it can wait. */
  async #hold(hosts: readonly HostState[], point: string, word: Word): Promise<void> {
    if (!this.#host.said?.has(point)) {
      this.#held.push([point, word])
      this.#count += word.of.length
    }
    const touched = hosts.filter(({ name }) => this.#touched.delete(name))
    if (touched.length === 0 && this.#count < HELD) return
    this.#tell()
    if (touched.length > 0) await this.#host.kept()
  }

  /** Has all kept that was held back; false where there was nothing. */
  #tell(): boolean {
    const held = this.#held.splice(0)
    this.#count = 0
    for (const [point, word] of held) this.#host.note(point, packWord(word))
    return held.length > 0
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
