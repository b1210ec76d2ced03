import { INTERRUPTED } from '../../signals.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Works without being ended by a signal halfway. Gives the exit status, which says whether one came. */
export async function held(work: () => Promise<void>): Promise<number> {
  let came = false
  const note = () => {
    came = true
  }
  for (const signal of SIGNALS) process.on(signal, note)
  try {
    await work()
  } finally {
    for (const signal of SIGNALS) process.off(signal, note)
  }
  return came ? INTERRUPTED : 0
}

/** The same for work that goes on for as long as a program has the terminal: Ctrl-C is for that one. */
export async function withProgram<T>(work: (end: AbortSignal) => Promise<T>): Promise<T> {
  const end = new AbortController()
  const stop = () => end.abort()
  const ignore = () => {}
  process.on('SIGINT', ignore)
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  try {
    return await work(end.signal)
  } finally {
    process.off('SIGINT', ignore)
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, stop)
  }
}
