/** Reads a probe's output piece by piece, in the order in which the probe printed it. */
export class Output {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** The next line, without its end. */
  line(): string {
    return this.#until(0x0a).toString()
  }

  /** What comes before the next NUL. */
  field(): string {
    return this.#until(0).toString()
  }

  /** The next `count` bytes. Raises an Error when there are fewer. */
  take(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) throw cutShort()
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  /** Nothing is left. */
  get done(): boolean {
    return this.#at === this.#bytes.length
  }

  /** All that is left. */
  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at)
  }

  #until(end: number): Buffer {
    const at = this.#bytes.indexOf(end, this.#at)
    if (at === -1) throw cutShort()
    const piece = this.#bytes.subarray(this.#at, at)
    this.#at = at + 1
    return piece
  }
}

function cutShort(): Error {
  return new Error('the host answered less than was asked for: something changed while it was looked at')
}
