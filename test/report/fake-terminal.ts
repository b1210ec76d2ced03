import stringWidth from 'string-width'
import type { Clock } from '../../src/report/live/screen.ts'

/** A terminal's screen as far as the reports use one: text, line ends, cursor up, clearing, hiding the cursor. */
export class FakeTerminal {
  columns: number
  rows: number
  writes = 0
  bytes = 0
  cursorHidden = false
  /** Everything above and on the screen; the last `rows` of them are visible. */
  #lines: string[] = ['']
  #row = 0
  #column = 0

  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
  }

  write(text: string): void {
    this.writes++
    this.bytes += text.length
    for (const [part] of text.matchAll(/\x1b\[[?\d;]*[A-Za-z]|[^\x1b]/gu)) {
      if (part.startsWith('\x1b')) this.#control(part)
      else this.#put(part)
    }
  }

  /** The lines ever shown, without colours; blank ones at the end left out. */
  get text(): string {
    return this.#lines.join('\n').trimEnd()
  }

  get visible(): string[] {
    return this.#lines.slice(-this.rows)
  }

  /** Makes the terminal narrower or wider; what is on it is wrapped anew, as terminals do. */
  resize(columns: number, rows: number): void {
    const before = this.#lines
    this.#lines = before.flatMap((line) => pieces(line, columns))
    this.#row = before.slice(0, this.#row).flatMap((line) => pieces(line, columns)).length
    this.columns = columns
    this.rows = rows
  }

  #control(sequence: string): void {
    const number = Number(/\d+/.exec(sequence)?.[0] ?? 1)
    switch (sequence.at(-1)) {
      case 'A':
        this.#row = Math.max(0, this.#lines.length - this.rows, this.#row - number)
        return
      case 'J':
        this.#lines.length = this.#row + 1
        this.#lines[this.#row] = this.#lines[this.#row]!.slice(0, this.#column)
        return
      case 'K':
        this.#lines[this.#row] = this.#lines[this.#row]!.slice(0, this.#column)
        return
      case 'm':
        return
      case 'h':
      case 'l':
        if (sequence.startsWith('\x1b[?25')) this.cursorHidden = sequence.endsWith('l')
        return
      default:
        throw new Error(`a sequence that is not known here: ${JSON.stringify(sequence)}`)
    }
  }

  #put(character: string): void {
    if (character === '\r') {
      this.#column = 0
      return
    }
    if (character === '\n') {
      this.#down()
      return
    }
    if (character < ' ') throw new Error(`a control character: ${JSON.stringify(character)}`)
    const wide = stringWidth(character)
    if (this.#column + wide > this.columns) this.#down()
    const line = this.#lines[this.#row]!
    this.#lines[this.#row] =
      line.slice(0, this.#column).padEnd(this.#column) + character + line.slice(this.#column + 1)
    this.#column += wide
  }

  #down(): void {
    this.#row++
    this.#column = 0
    if (this.#row === this.#lines.length) this.#lines.push('')
  }
}

function pieces(line: string, columns: number): string[] {
  if (line.length <= columns) return [line]
  return [line.slice(0, columns), ...pieces(line.slice(columns), columns)]
}

/** Time that passes when it is told to. */
export class FakeClock implements Clock {
  #now = 0
  readonly #calls = new Map<() => void, { every: number; next: number }>()

  now(): number {
    return this.#now
  }

  every(milliseconds: number, call: () => void): () => void {
    this.#calls.set(call, { every: milliseconds, next: this.#now + milliseconds })
    return () => this.#calls.delete(call)
  }

  /** Lets time pass in which the process is busy: no timer comes to its turn. */
  stall(milliseconds: number): void {
    this.#now += milliseconds
  }

  pass(milliseconds: number): void {
    const end = this.#now + milliseconds
    while (true) {
      const [soonest] = [...this.#calls].sort(([, a], [, b]) => a.next - b.next)
      if (soonest === undefined || soonest[1].next > end) break
      const [call, timer] = soonest
      this.#now = timer.next
      timer.next += timer.every
      call()
    }
    this.#now = end
  }
}
