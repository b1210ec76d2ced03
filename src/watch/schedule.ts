import { setTimeout as sleep } from 'node:timers/promises'

/** When checks are made, in ms. */
export interface Times {
  /** From the beginning of one to that of the next. */
  readonly every: number
  /** By how much each is put off at most, by chance. */
  readonly splay: number
}

/** Says when the next check is to be made. One that takes longer than the interval leaves out those that it covers. */
export class Schedule {
  readonly #times: Times
  readonly #began = performance.now()
  #turn = -1
  #wake = new AbortController()
  /** When the next check is to begin, in ms since 1970; undefined while one is made. */
  next: number | undefined

  constructor(times: Times) {
    this.#times = times
  }

  /** The next check is made now, or right after the present one. */
  wake(): void {
    this.#wake.abort()
  }

  /** Waits for the time of the next check; the first is at once, but for the splay. Ends early when `end` is aborted. */
  async wait(end: AbortSignal): Promise<void> {
    const { every, splay } = this.#times
    const now = performance.now()
    this.#turn = Math.max(this.#turn + 1, this.#turn < 0 ? 0 : Math.ceil((now - this.#began) / every))
    const delay = Math.max(0, this.#began + this.#turn * every - now) + Math.random() * splay
    this.next = Date.now() + delay
    const over = () => this.#wake.abort()
    end.addEventListener('abort', over)
    if (end.aborted) over()
    try {
      await sleep(delay, undefined, { signal: this.#wake.signal }).catch(() => {})
    } finally {
      end.removeEventListener('abort', over)
      this.next = undefined
      this.#wake = new AbortController()
    }
  }
}
