import type { LimitFunction } from 'p-limit'

/** A place among those of a limit: held, given up while its holder only waits, and held again. */
export class Slot {
  readonly #limit: LimitFunction
  #free: (() => void) | undefined

  constructor(limit: LimitFunction) {
    this.#limit = limit
  }

  /** Waits for a place, unless one is held. */
  async acquire(): Promise<void> {
    if (this.#free !== undefined) return
    this.#free = await new Promise<() => void>((taken) => {
      void this.#limit(() => new Promise<void>((free) => taken(free)))
    })
  }

  /** The place is the next one's. */
  release(): void {
    this.#free?.()
    this.#free = undefined
  }
}

/** Does something when there is a slot for it; what takes long gives its slot to the next. */
export async function withSlot<T>(limit: LimitFunction, work: () => Promise<T>): Promise<T> {
  const slot = new Slot(limit)
  await slot.acquire()
  try {
    return await withSlowNotice(() => slot.release(), work)
  } finally {
    slot.release()
  }
}

/** How long a peer may say nothing before others need not wait for it, in ms. */
const LONG = 2000

/** Calls `onLong` when `work` takes long, but not once it has called `over`. */
export async function withSlowNotice<T>(
  onLong: () => void,
  work: (over: () => void) => Promise<T>,
): Promise<T> {
  const late = setTimeout(onLong, LONG)
  const over = () => clearTimeout(late)
  try {
    return await work(over)
  } finally {
    over()
  }
}
