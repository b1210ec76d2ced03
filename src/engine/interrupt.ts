import { setTimeout } from 'node:timers/promises'
import { breathe } from './breath.ts'

/** A step was not begun, or not applied, because the run is being interrupted. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted')
    this.name = 'Interrupted'
  }
}

/** What a timer can count, in ms: with more it would be over at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Waits so many seconds, and no longer than until somebody stops the run; all else has a turn even when there is
 * nothing to wait. Raises Interrupted.
 */
export async function waitSeconds(time: number, stop: AbortSignal | undefined): Promise<void> {
  await breathe()
  for (const end = performance.now() + time * 1000; ; ) {
    if (stop?.aborted) throw new Interrupted()
    const left = end - performance.now()
    if (left <= 0) return
    await setTimeout(Math.min(left, LONGEST_TIMER), undefined, { signal: stop }).catch(ignoreAbort)
  }
}

/** The wait itself sees that it was stopped. */
function ignoreAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error
}
