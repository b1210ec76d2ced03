import { Unreachable } from '../../remote/channel.ts'
import type { Slot } from '../../remote/slot.ts'
import type { Target } from '../../remote/target.ts'
import type { Args } from '../../sdk/module.ts'
import { waitSeconds } from '../interrupt.ts'
import { failedResult, type Outcome } from '../results.ts'
import type { Run } from '../run.ts'

/**
 * Connects anew until the host answers a command, or the time is up; while it does not answer its slot is given up.
 * Raises Interrupted.
 */
export async function waitForConnection(args: Args, target: Target, slot: Slot, run: Run): Promise<Outcome> {
  const { delay, sleep, timeout } = args as { delay: number; sleep: number; timeout: number }
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  await waitSeconds(delay, run.stop)
  for (;;) {
    try {
      const session = await run.pool.session(target, undefined, () => slot.release())
      await slot.acquire()
      await session.sh(':')
      return { status: 'ok', changes: [], values: { changed: false, elapsed: Math.round(elapsed()) } }
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      slot.release()
      await run.pool.drop(target)
      if (elapsed() >= timeout) {
        return failedResult(`timed out after ${timeout} s: ${error.message}`, {}, error.advice)
      }
      await waitSeconds(sleep, run.stop)
    }
  }
}
