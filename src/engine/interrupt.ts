import { breathe } from './breath.ts'

/** What the user's Ctrl-C has asked for so far: first to start nothing more, then to cut what runs. */
export class Interrupt {
  #times = 0
  readonly #listeners: ((again: boolean) => void)[] = []

  get requested(): boolean {
    return this.#times > 0
  }

  /** Called at every request; `again` is false for the first. */
  onRequest(listener: (again: boolean) => void): void {
    this.#listeners.push(listener)
  }

  request(): void {
    this.#times += 1
    for (const listener of this.#listeners) listener(this.#times > 1)
  }
}

/** A step was not begun, or not applied, because the run is being interrupted. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted')
    this.name = 'Interrupted'
  }
}

/** How often a wait looks whether it is interrupted, in ms. */
const LOOK_UP = 250

/**
 * Waits so many seconds, and no longer than until somebody interrupts the run; all else has a turn even when there is
 * nothing to wait. Raises Interrupted.
 */
export async function waitSeconds(
  time: number,
  interrupt: Pick<Interrupt, 'requested'> | undefined,
): Promise<void> {
  await breathe()
  for (const end = performance.now() + time * 1000; ; ) {
    if (interrupt?.requested) throw new Interrupted()
    const left = end - performance.now()
    if (left <= 0) return
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, LOOK_UP)))
  }
}
