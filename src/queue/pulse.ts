import { setMaxListeners } from 'node:events'
import { SliceLost } from '../split/contract.ts'
import type { Coordination } from './coordination.ts'
import { HEARTBEAT } from './places.ts'
import { within } from './redis.ts'

/** When it is said that Redis does not answer, in ms. */
const SLOW = 5_000

export const UNKNOWN = 'what was done on them is not known'

interface PulseOptions {
  /** How long Redis may be away, in ms. */
  readonly patience: number
  readonly warn: (message: string) => void
  /** Is called after each beat; `silent`: how long Redis had not answered before it, in ms. */
  readonly beaten: (silent: number) => Promise<void>
}

/** Keeps saying that the coordinator of a run is there, and notices when it cannot go on. */
export class Pulse {
  readonly #run: Coordination
  readonly #options: PulseOptions
  readonly #timer: NodeJS.Timeout
  readonly #failing = new AbortController()
  #heard = performance.now()
  #isTold = false

  constructor(run: Coordination, options: PulseOptions) {
    this.#run = run
    this.#options = options
    // Each slice listens.
    setMaxListeners(0, this.#failing.signal)
    this.#timer = setInterval(() => void this.#beat(), HEARTBEAT)
  }

  /** Why the run cannot go on. */
  get fault(): SliceLost | undefined {
    return this.#failing.signal.reason
  }

  close(): void {
    clearInterval(this.#timer)
  }

  fail(fault: SliceLost): void {
    this.#failing.abort(fault)
  }

  /** What Redis answers. Raises SliceLost when the run cannot go on, though nothing is answered. */
  orFault<T>(answer: Promise<T>): Promise<T> {
    const { signal } = this.#failing
    const failed = new Promise<never>((_, reject) => {
      const fail = () => reject(signal.reason)
      if (signal.aborted) fail()
      signal.addEventListener('abort', fail)
      answer.catch(() => {}).finally(() => signal.removeEventListener('abort', fail))
    })
    return Promise.race([answer, failed])
  }

  onFault(hear: () => void): void {
    this.#failing.signal.addEventListener('abort', hear)
  }

  async #beat(): Promise<void> {
    const silent = performance.now() - this.#heard
    const { patience, warn, beaten } = this.#options
    if (silent > patience)
      return this.fail(new SliceLost(`Redis has not answered for ${Math.round(silent / 1000)} s; ${UNKNOWN}`))
    if (silent > SLOW && !this.#isTold) {
      warn(`Redis does not answer; waiting for it up to ${patience / 1000} s`)
      this.#isTold = true
    }
    try {
      if (!(await within(HEARTBEAT * 2, this.#run.beat())))
        return this.fail(new SliceLost('another has taken up the run, and coordinates it'))
      this.#heard = performance.now()
      if (this.#isTold) warn('Redis answers again')
      this.#isTold = false
      await beaten(silent)
    } catch {
      // Said above, when it has lasted.
    }
  }
}
