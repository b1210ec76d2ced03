import { onExit } from 'signal-exit'
import { width } from '../text.ts'

/** The part of a terminal's stream that is needed; `columns` and `rows` are its size at present. */
export interface Terminal {
  write(text: string): unknown
  readonly columns?: number
  readonly rows?: number
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
const clearRest = '\x1b[K'
/** Terminals that know these show what stands between them at once; others ignore them. */
const begin = '\x1b[?2026h'
const end = '\x1b[?2026l'

/**
 * Permanent lines that scroll up, and below them live rows that are repainted in place: at most ten times a
 * second, only rows that changed, each time in one write. Live rows must be narrower than the terminal and fewer
 * than its rows; `draw` is given how much there is.
 */
export class Screen {
  readonly #terminal: Terminal
  readonly #draw: (size: Size) => string[]
  readonly #clock: Clock
  #permanent: string[] = []
  #drawn: string[] = []
  /** The terminal's size when the rows were drawn. */
  #drawnFor: Size = { columns: 0, rows: 0 }
  /** When a frame was last drawn, by the clock. */
  #painted = 0
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
    const stopped = (): void => {
      this.close()
      process.once('SIGCONT', () => this.open())
      process.kill(process.pid, 'SIGSTOP')
    }
    const leave = [
      onExit(() => this.close()),
      this.#clock.every(frame, () => this.paintIfDue()),
      () => process.off('SIGTSTP', stopped),
    ]
    process.on('SIGTSTP', stopped)
    this.#painted = this.#clock.now()
    this.#leave = () => {
      for (const each of leave) each()
    }
    this.#terminal.write(hideCursor)
  }

  /** Leaves the terminal to somebody else for a while, if it is in use. */
  async suspend<T>(talk: () => Promise<T>): Promise<T> {
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

  /**
   * Brings the terminal up to date when the time for a frame has come; writes nothing when there is nothing new.
   * To be called at events too: while the process is busy, no timer comes to its turn.
   */
  paintIfDue(): void {
    const now = this.#clock.now()
    // A timer may come a little early.
    if (this.#leave === undefined || now - this.#painted < frame - 1) return
    this.#painted = now
    const { size } = this
    const rows = this.#draw(size)
    const resized = size.columns !== this.#drawnFor.columns || size.rows !== this.#drawnFor.rows
    const text = resized || this.#permanent.length > 0 ? this.#whole(rows) : this.#changed(rows)
    this.#drawn = rows
    this.#drawnFor = size
    if (text !== '') this.#terminal.write(text)
  }

  #whole(rows: readonly string[]): string {
    const live = rows.map((row) => `${row}\n`).join('')
    return begin + this.#top() + clearBelow + this.#said() + live + end
  }

  #changed(rows: readonly string[]): string {
    const before = this.#drawn
    const first = rows.findIndex((row, index) => row !== before[index])
    if (first === -1 && rows.length === before.length) return ''
    const lines = rows.map((row, index) => (row === before[index] ? '\n' : `${row}${clearRest}\n`))
    return this.#top() + lines.join('') + (rows.length < before.length ? clearBelow : '')
  }

  /** To the first live row. A terminal that became narrower has wrapped rows that were drawn before. */
  #top(): string {
    const { columns } = this.size
    const wrapped = (row: string): number => Math.max(1, Math.ceil(width(row) / columns))
    const lines =
      columns < this.#drawnFor.columns
        ? this.#drawn.reduce((sum, row) => sum + wrapped(row), 0)
        : this.#drawn.length
    return lines === 0 ? '' : `\x1b[${lines}A\r`
  }

  #said(): string {
    const text = this.#permanent.map((line) => `${line}\n`).join('')
    this.#permanent = []
    return text
  }
}
