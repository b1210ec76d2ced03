import { setImmediate } from 'node:timers/promises'
import type { Prepared } from '../../src/engine/run.ts'
import { carryOut } from '../../src/split/carry-out.ts'
import type { Slice, SliceHooks, SliceResult, SliceRunner } from '../../src/split/contract.ts'
import { EventPacker, tellEvents } from '../../src/split/packed-events.ts'

/** Carries out slices in this process, as so many workers would, each with what it has prepared itself. */
export class SlicesHere implements SliceRunner {
  readonly isHere = true
  readonly slices: Slice[] = []
  readonly #workers: readonly Prepared[]
  readonly #kept = new Map<string, string>()
  readonly #words = new Map<string, Map<string, string>>()
  readonly #ended = new Set<string>()
  readonly #dies: (slice: Slice) => number

  /** `dies`: after how many words, the last of which is kept, a slice is killed, once; 0: never. */
  constructor(workers: readonly Prepared[], dies: (slice: Slice) => number = () => 0) {
    this.#workers = workers
    this.#dies = dies
  }

  async claim(): Promise<void> {}

  async partition(hosts: readonly string[]): Promise<readonly (readonly string[])[]> {
    const parts = this.#workers.map((): string[] => [])
    for (const host of hosts) parts[this.#workerOf(host)]!.push(host)
    return parts.filter((part) => part.length > 0)
  }

  async run(slice: Slice, hooks: SliceHooks): Promise<SliceResult> {
    this.slices.push(slice)
    try {
      return await this.#carriedOut(slice, hooks, this.#dies(slice)).catch((error) => {
        if (error instanceof Killed) return this.#carriedOut(slice, hooks, 0)
        throw error
      })
    } finally {
      this.#ended.add(slice.id)
    }
  }

  async remember(key: string, text: string): Promise<void> {
    this.#kept.set(key, text)
  }

  async recall(key: string): Promise<string | undefined> {
    return this.#kept.get(key)
  }

  async #carriedOut(slice: Slice, { emit, stop, cut }: SliceHooks, lives: number): Promise<SliceResult> {
    const worker = this.#workers[this.#workerOf(slice.hosts[0]!)]!
    let words = 0
    let isDead = false
    const keep = (point: string, word: string) => {
      if (isDead) throw new Killed()
      this.#keep(slice, point, word)
      words += 1
      isDead = words === lives
      if (isDead) throw new Killed()
    }
    const packer = new EventPacker()
    const send = () => tellEvents(JSON.parse(packer.take()), emit)
    const result = await carryOut(worker, asText(slice), {
      emit: (event) => {
        if (isDead) return
        packer.add(event)
        if (event.type === 'task-finished') send()
      },
      stop,
      cut,
      said: new Map(this.#saidBy(slice.id)),
      note: (point, word) => {
        send()
        keep(point, word)
      },
      kept: async () => {},
      meet: async (point, word) => {
        send()
        keep(point, word)
        return this.#meet(slice, point)
      },
      holds: () => {
        if (isDead) throw new Killed()
      },
    })
    send()
    return asText(result)
  }

  #keep({ id }: Slice, point: string, word: string): void {
    const own = this.#saidBy(id)
    if (!own.has(point)) own.set(point, word)
  }

  async #meet(slice: Slice, point: string): Promise<(string | undefined)[]> {
    const isHere = (id: string) => this.#ended.has(id) || this.#saidBy(id).has(point)
    while (!slice.batchSlices.every(isHere)) await setImmediate()
    return slice.batchSlices.map((id) => this.#saidBy(id).get(point))
  }

  #saidBy(id: string): Map<string, string> {
    const words = this.#words.get(id) ?? new Map<string, string>()
    this.#words.set(id, words)
    return words
  }

  #workerOf(host: string): number {
    return [...host].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0) % this.#workers.length
  }
}

/** A worker is not there any more. */
class Killed extends Error {}

/** As it is when it has been sent. */
function asText<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}
