import { StringDecoder } from 'node:string_decoder'

/** A longer line is sent in pieces, in characters. */
const ONE_LINE_AT_MOST = 1024 * 1024

/** Cuts what comes in pieces into lines. */
export class Lines {
  readonly #onLine: (line: string) => void
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  take(bytes: Buffer): void {
    const [end, ...lines] = this.#decoder.write(bytes).split('\n')
    lines.unshift(this.#rest + end)
    this.#rest = lines.pop()!
    for (const line of lines) this.#onLine(line)
    if (this.#rest.length < ONE_LINE_AT_MOST) return
    this.#onLine(this.#rest)
    this.#rest = ''
  }

  /** The last line may have no end. */
  end(): void {
    const rest = this.#rest + this.#decoder.end()
    if (rest !== '') this.#onLine(rest)
  }
}
