import { Lane } from './lane.ts'
import type { LaneData } from './lane-messages.ts'

/** How long a thread is kept for a run like the one before, in ms: it knows all secrets of that run. */
const STAYS = 120_000

/**
 * Threads that wait for the next run, with all loaded that it needs. A new one is made when a run is over: while one goes
 * on, both would take memory. That of the last run is kept as well, for one that is read from the very same: its code is
 * as quick as it comes to be by being used.
 */
export class SpareLanes {
  readonly #data: LaneData
  #lane: Lane | undefined
  #used: { readonly of: string; readonly lane: Lane; readonly timer: NodeJS.Timeout } | undefined
  #isClosed = false

  constructor(data: LaneData) {
    this.#data = data
    this.#lane = new Lane(data)
  }

  /** A thread for a run, by a name that all have that are read from the same. */
  take(of: string): Lane {
    if (this.#used?.of === of) {
      const { lane, timer } = this.#used
      clearTimeout(timer)
      this.#used = undefined
      if (!lane.isBroken) return lane
    }
    void this.#drop()
    const lane = this.#lane ?? new Lane(this.#data)
    this.#lane = undefined
    return lane
  }

  /** A run is over: another is made for the next. */
  renew(): void {
    if (!this.#isClosed) this.#lane ??= new Lane(this.#data)
  }

  /** A run is over that came to its end: the next may be like it. */
  keep(of: string, lane: Lane): void {
    void this.#drop()
    if (this.#isClosed) return void lane.close()
    lane.rest()
    this.#used = { of, lane, timer: setTimeout(() => void this.#drop(), STAYS).unref() }
    this.renew()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#drop()
    await this.#lane?.close()
    this.#lane = undefined
  }

  async #drop(): Promise<void> {
    const used = this.#used
    this.#used = undefined
    clearTimeout(used?.timer)
    await used?.lane.close()
  }
}
