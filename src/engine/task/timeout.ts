import type { Interrupt } from '../interrupt.ts'
import { StepFailed } from './run-module.ts'

/** What a timer can count, in ms: with more it would be over at once. */
const LONGEST = 2 ** 31 - 1

/**
 * Gives a task's work so many seconds, without end if they are 0. When they are over, `onLate` is called and
 * StepFailed raised; the work goes on by itself, but to it the run seems interrupted, so that it begins nothing more.
 */
export async function withTimeout<T>(
  seconds: number,
  interrupt: Pick<Interrupt, 'requested'>,
  work: (interrupt: Pick<Interrupt, 'requested'>) => Promise<T>,
  onLate: () => void,
): Promise<T> {
  if (seconds <= 0) return work(interrupt)
  let timer: NodeJS.Timeout | undefined
  let isLate = false
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        isLate = true
        onLate()
        reject(new StepFailed(`timed out: the task took longer than ${seconds} s`))
      },
      Math.min(seconds * 1000, LONGEST),
    )
  })
  const untilLate = {
    get requested() {
      return isLate || interrupt.requested
    },
  }
  try {
    return await Promise.race([work(untilLate), late])
  } finally {
    clearTimeout(timer)
  }
}
