import pLimit from 'p-limit'
import { onceARun } from '../../values/of-run.ts'
import { waitSeconds } from '../interrupt.ts'

/** For how long something is tried again that others keep changing, in ms, and how long they are given, in seconds. */
const RESTLESS = 5_000
const PAUSE = 0.05

/** All hosts may delegate changes of one file to one machine: all at once, they would keep each other from it. */
const turns = onceARun(() => pLimit(1))

/**
 * What comes of an attempt that others may disturb: undefined where they have, and it may be made `again`. From the second on
 * attempts are made one after the other in the whole run. Raises what an attempt does, and Interrupted.
 */
export async function undisturbed<T>(
  attempt: (again: () => boolean, isFirst: boolean) => Promise<T | undefined>,
  stop: AbortSignal | undefined,
): Promise<T> {
  const first = await attempt(() => true, true)
  if (first !== undefined) return first
  return turns()(async () => {
    const end = performance.now() + RESTLESS
    for (;;) {
      await waitSeconds(Math.random() * PAUSE, stop)
      const result = await attempt(() => performance.now() < end, false)
      if (result !== undefined) return result
    }
  })
}
