/** How long what runs may go on after SIGTERM or SIGHUP, in ms: there is nobody to press Ctrl-C again. */
const LAST_WORK = 5_000
/** How long hosts may take then to end what is cut off, in ms. */
const LAST_WORDS = 30_000

/** The exit status of what a signal has ended. */
export const INTERRUPTED = 99

export interface Interruption {
  /** Aborted by the first signal. */
  readonly stop: AbortSignal
  /** Aborted by the second. */
  readonly cut: AbortSignal
  /** Listens to signals no longer. */
  end(): void
}

/**
 * Has signals interrupt a run. The first lets what runs come to its end, the second cuts it off, the third ends this
 * process; of SIGTERM and SIGHUP one is enough for all three, each in its time.
 */
export function listenToSignals(): Interruption {
  const stop = new AbortController()
  const cut = new AbortController()
  const timers: NodeJS.Timeout[] = []
  let times = 0
  const ask = () => {
    times += 1
    if (times > 2) process.exit(INTERRUPTED)
    if (times === 1) stop.abort()
    else cut.abort()
  }
  const askUpTo = (most: number) => {
    if (times < most) ask()
  }
  const end = () => {
    ask()
    if (timers.length > 0) return
    timers.push(setTimeout(askUpTo, LAST_WORK, 2), setTimeout(askUpTo, LAST_WORK + LAST_WORDS, 3))
  }
  process.on('SIGINT', ask)
  for (const signal of ENDS) process.on(signal, end)
  return {
    stop: stop.signal,
    cut: cut.signal,
    end: () => {
      process.off('SIGINT', ask)
      for (const signal of ENDS) process.off(signal, end)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

const ENDS = ['SIGTERM', 'SIGHUP'] as const
