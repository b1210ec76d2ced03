import { LONGEST_TIMER } from '../interrupt.ts'
import { StepFailed } from './run-module.ts'

/**
 * Gives a task's work so many seconds, without end if they are 0. When they are over, `onLate` is called and
 * StepFailed raised; the work goes on by itself, but to it the run seems stopped, so that it begins nothing more.
 */
export async function withTimeout<T>(
  seconds: number,
  stop: AbortSignal,
  work: (stop: AbortSignal) => Promise<T>,
  onLate: () => void,
): Promise<T> {
  if (seconds <= 0) return work(stop)
  const over = new AbortController()
  const end = () => over.abort()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        reject(new StepFailed(`timed out: the task took longer than ${seconds} s`))
        end()
        onLate()
      },
      Math.min(seconds * 1000, LONGEST_TIMER),
    )
  })
  // AbortSignal.any would do, but for what it leaves at the run's signal until the run ends.
  if (stop.aborted) end()
  else stop.addEventListener('abort', end)
  try {
    return await Promise.race([work(over.signal), late])
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', end)
  }
}
