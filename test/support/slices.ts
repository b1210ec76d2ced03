import type { Prepared } from '../../src/engine/run.ts'
import { carryOut } from '../../src/split/carry-out.ts'
import type { Slice, SliceHooks, SliceResult, SliceRunner } from '../../src/split/contract.ts'

/** Carries out slices in this process, as so many workers would, each with what it has prepared itself. */
export class SlicesHere implements SliceRunner {
  readonly slices: Slice[] = []
  readonly #workers: readonly Prepared[]
  readonly #kept = new Map<string, string>()

  constructor(workers: readonly Prepared[]) {
    this.#workers = workers
  }

  async partition(hosts: readonly string[]): Promise<readonly (readonly string[])[]> {
    const parts = this.#workers.map((): string[] => [])
    for (const host of hosts) parts[this.#workerOf(host)]!.push(host)
    return parts.filter((part) => part.length > 0)
  }

  async run(slice: Slice, { emit, stop, cut }: SliceHooks): Promise<SliceResult> {
    this.slices.push(slice)
    const worker = this.#workers[this.#workerOf(slice.hosts[0]!)]!
    const result = await carryOut(worker, asText(slice), {
      emit: (event) => emit(asText(event)),
      stop,
      cut,
      meet: async () => [],
      holds: () => {},
    })
    return asText(result)
  }

  async remember(key: string, text: string): Promise<void> {
    this.#kept.set(key, text)
  }

  async recall(key: string): Promise<string | undefined> {
    return this.#kept.get(key)
  }

  #workerOf(host: string): number {
    return [...host].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0) % this.#workers.length
  }
}

/** As it is when it has been sent. */
function asText<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}
