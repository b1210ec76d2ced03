import type { LimitFunction } from 'p-limit'

/** A place among those of a limit: held, given up while its holder only waits, and held again. */
export class Place {
  readonly #limit: LimitFunction
  #free: (() => void) | undefined

  constructor(limit: LimitFunction) {
    this.#limit = limit
  }

  /** Waits for a place, unless one is held. */
  async take(): Promise<void> {
    if (this.#free !== undefined) return
    this.#free = await new Promise<() => void>((taken) => {
      void this.#limit(() => new Promise<void>((free) => taken(free)))
    })
  }

  /** The place is the next one's. */
  leave(): void {
    this.#free?.()
    this.#free = undefined
  }
}

/** How long a peer may say nothing before others need not wait for it, in ms. */
const LONG = 2000

/** Calls `onLong` when `work` takes long, but not once it has called `over`. */
export async function noticing<T>(onLong: () => void, work: (over: () => void) => Promise<T>): Promise<T> {
  const late = setTimeout(onLong, LONG)
  const over = () => clearTimeout(late)
  try {
    return await work(over)
  } finally {
    over()
  }
}
