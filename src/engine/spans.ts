import type { Listener, Phase, TaskInfo } from '../protocol/event.ts'

/** Does a piece of work, which may take its time, and gives what it gives; how long it took may be reported. */
export type Timed = <T>(phase: Phase, work: () => T, what?: string) => T

export const untimed: Timed = (_phase, work) => work()

/** Reports how long work took when it has ended, failed work too. Without a turn it is the runner's own. */
export function timing(tell: Listener, turn?: { readonly task: TaskInfo; readonly host: string }): Timed {
  return (phase, work, what) => {
    const began = seconds()
    const end = () =>
      tell({ type: 'span', phase, ...(what && { what }), ...turn, began, seconds: seconds() - began })
    let isPromise = false
    try {
      const result = work()
      isPromise = result instanceof Promise
      return (isPromise ? (result as Promise<unknown>).finally(end) : result) as typeof result
    } finally {
      if (!isPromise) end()
    }
  }
}

/** Seconds since the process began. */
export function seconds(): number {
  return performance.now() / 1000
}
