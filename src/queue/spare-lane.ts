import { Lane } from './lane.ts'
import type { LaneData } from './lane-messages.ts'

/**
 * A thread that waits for the next run, with all loaded that it needs. A new one is made when a run is over: while one goes
 * on, both would take memory.
 */
export class SpareLane {
  readonly #data: LaneData
  #lane: Lane | undefined
  #isClosed = false

  constructor(data: LaneData) {
    this.#data = data
    this.#lane = new Lane(data)
  }

  /** A thread for a run: the one that waits, or another. */
  take(): Lane {
    const lane = this.#lane ?? new Lane(this.#data)
    this.#lane = undefined
    return lane
  }

  /** A run is over. */
  renew(): void {
    if (!this.#isClosed) this.#lane ??= new Lane(this.#data)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#lane?.close()
    this.#lane = undefined
  }
}
