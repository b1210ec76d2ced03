import { onExit } from 'signal-exit'
import { width } from './text.ts'

/** The part of a terminal's stream that is needed; `columns` and `rows` are its size. */
export interface Terminal {
  write(text: string): unknown
  readonly columns?: number
  readonly rows?: number
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

/** Time, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since any moment. */
  now(): number
  /** Calls again and again every so many milliseconds; the function it returns ends that. */
  every(milliseconds: number, call: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  every(milliseconds, call) {
    const timer = setInterval(call, milliseconds).unref()
    return () => clearInterval(timer)
  },
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** Milliseconds between frames. */
const frame = 100
const hideCursor = '\x1b[?25l'
const showCursor = '\x1b[?25h'
const clearBelow = '\x1b[J'
const clearLine = '\x1b[2K'

/**
 * Permanent lines that scroll up, and below them live rows that are repainted in place: at most ten times a
 * second, only rows that changed, each time in one write. Live rows must be narrower than the terminal and fewer
 * than its rows; `draw` is told how much there is.
 */
export class Screen {
  readonly #terminal: Terminal
  readonly #draw: (size: Size) => string[]
  readonly #clock: Clock
  #permanent: string[] = []
  #drawn: string[] = []
  #resized = false
  #leave: (() => void) | undefined

  constructor(terminal: Terminal, draw: (size: Size) => string[], clock: Clock) {
    this.#terminal = terminal
    this.#draw = draw
    this.#clock = clock
  }

  get size(): Size {
    return { columns: this.#terminal.columns || 80, rows: this.#terminal.rows || 24 }
  }

  /** Begins to paint. The cursor comes back with close(), at exit, and when a signal ends the process. */
  open(): void {
    if (this.#leave !== undefined) return
    const resized = (): void => {
      this.#resized = true
    }
    const stopped = (): void => {
      this.close()
      process.once('SIGCONT', () => this.open())
      process.kill(process.pid, 'SIGSTOP')
    }
    const leave = [
      onExit(() => this.close()),
      this.#clock.every(frame, () => this.paint()),
      () => this.#terminal.off('resize', resized),
      () => process.off('SIGTSTP', stopped),
    ]
    this.#terminal.on('resize', resized)
    process.on('SIGTSTP', stopped)
    this.#leave = () => {
      for (const each of leave) each()
    }
    this.#terminal.write(hideCursor)
  }

  /** Leaves the terminal to somebody else for a while, if it is in use. */
  async aside<T>(talk: () => Promise<T>): Promise<T> {
    if (this.#leave === undefined) return talk()
    this.close()
    try {
      return await talk()
    } finally {
      this.open()
    }
  }

  /** Lines that stay; they appear with the next frame. */
  say(lines: readonly string[]): void {
    this.#permanent.push(...lines)
  }

  /** Writes what is still to be said, takes the live rows away and gives the cursor back. */
  close(): void {
    const text = this.#top() + (this.#drawn.length > 0 ? clearBelow : '') + this.#said()
    this.#drawn = []
    if (this.#leave === undefined) {
      if (text !== '') this.#terminal.write(text)
      return
    }
    this.#leave()
    this.#leave = undefined
    this.#terminal.write(text + showCursor)
  }

  /** Brings the terminal up to date; writes nothing when there is nothing new. */
  paint(): void {
    const rows = this.#draw(this.size)
    const text = this.#permanent.length > 0 || this.#resized ? this.#whole(rows) : this.#changed(rows)
    this.#drawn = rows
    this.#resized = false
    if (text !== '') this.#terminal.write(text)
  }

  #whole(rows: readonly string[]): string {
    return this.#top() + clearBelow + this.#said() + rows.map((row) => `${row}\n`).join('')
  }

  #changed(rows: readonly string[]): string {
    const before = this.#drawn
    const first = rows.findIndex((row, index) => row !== before[index])
    if (first === -1 && rows.length === before.length) return ''
    const lines = rows.map((row, index) => (row === before[index] ? '\n' : `${clearLine}${row}\n`))
    return this.#top() + lines.join('') + (rows.length < before.length ? clearBelow : '')
  }

  /** To the first live row. A terminal that became narrower has wrapped rows that were drawn before. */
  #top(): string {
    const { columns } = this.size
    const lines = this.#drawn.reduce((sum, row) => sum + Math.max(1, Math.ceil(width(row) / columns)), 0)
    return lines === 0 ? '' : `\x1b[${lines}A\r`
  }

  #said(): string {
    const text = this.#permanent.map((line) => `${line}\n`).join('')
    this.#permanent = []
    return text
  }
}
