import { setImmediate } from 'node:timers/promises'

/** How long the process may be held, in ms: signals, the screen and other hosts wait meanwhile. */
const HOLD = 20

let since = 0

/** Lets all that waits have its turn, when nothing has had one for long. For loops that may not wait for any host. */
export async function breathe(): Promise<void> {
  if (performance.now() - since < HOLD) return
  await setImmediate()
  since = performance.now()
}
