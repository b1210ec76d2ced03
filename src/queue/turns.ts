/** How often it is looked whether there is time for another slice, in ms, and how much of it threads may have needed. */
const LOOK = 1_000
const BUSY = 0.7

/**
 * How many slices a worker carries out at a time: another one begins while it waits for hosts more than it works, for two
 * would take its thread as long as one after the other, and more memory.
 */
export class Turns {
  readonly #most: number
  readonly #load: () => Promise<number>
  readonly #onRoom: () => void
  readonly #timer: NodeJS.Timeout
  readonly #next: ((isTurn: boolean) => void)[] = []
  #allowed = 1
  #working = 0
  #waiting = 0
  /** When it was last looked, as performance.now() says. */
  #looked = performance.now()
  /** How long slices were worked on since, in ms, but for those that are, and since when they are. */
  #worked = 0
  #since: number | undefined
  #isOver = false

  /**
   * `load`: which part of the time since it was last called the busiest thread has worked, 0 to 1. `onRoom` is called when
   * there is room for another number of slices than before.
   */
  constructor(most: number, load: () => Promise<number>, onRoom: () => void) {
    this.#most = most
    this.#load = load
    this.#onRoom = onRoom
    this.#timer = setInterval(() => void this.#look(), LOOK)
  }

  /** Slices that have begun, and those of them that wait for others. */
  get begun(): number {
    return this.#working + this.#waiting
  }

  get waiting(): number {
    return this.#waiting
  }

  /** For how many slices there is room, with those that have begun: others may take what this one has none for. */
  get room(): number {
    return this.#allowed + this.#waiting
  }

  /** Waits until a slice may begin; false if it is not to begin any more. */
  async begin(): Promise<boolean> {
    if (this.#isOver) return false
    const turn = new Promise<boolean>((resolve) => this.#next.push(resolve))
    this.#give()
    return turn
  }

  end(): void {
    this.#work(-1)
    this.#give()
  }

  /** Lets a slice wait for others. It takes nobody's turn: they could wait for it. */
  async wait<T>(others: () => Promise<T>): Promise<T> {
    this.#waiting += 1
    this.end()
    this.#tellRoom()
    try {
      return await others()
    } finally {
      this.#waiting -= 1
      this.#work(1)
      this.#tellRoom()
    }
  }

  /** No slice begins any more. */
  close(): void {
    this.#isOver = true
    clearInterval(this.#timer)
    for (const tell of this.#next.splice(0)) tell(false)
  }

  async #look(): Promise<void> {
    const load = await this.#load()
    const now = performance.now()
    const [elapsed, worked] = [now - this.#looked, this.#takeWorked()]
    this.#looked = now
    // A slice has begun or ended meanwhile, and most of the time there was none.
    if (worked > 0 && worked < elapsed / 2) return
    const isBusy = worked === 0 || (load * elapsed) / worked > BUSY
    const allowed = isBusy ? 1 : Math.min(this.#most, this.#working + 1)
    if (allowed === this.#allowed) return
    this.#allowed = allowed
    this.#tellRoom()
    this.#give()
  }

  #work(more: 1 | 0 | -1): void {
    const now = performance.now()
    this.#worked += now - (this.#since ?? now)
    this.#working += more
    this.#since = this.#working > 0 ? now : undefined
  }

  #takeWorked(): number {
    this.#work(0)
    const worked = this.#worked
    this.#worked = 0
    return worked
  }

  #tellRoom(): void {
    if (!this.#isOver) this.#onRoom()
  }

  #give(): void {
    while (this.#working < this.#allowed && this.#next.length > 0) {
      this.#work(1)
      this.#next.shift()!(true)
    }
  }
}
