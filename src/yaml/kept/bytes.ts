/** Bytes that grow: numbers of seven bits a byte, the lowest first, and texts in UTF-8 or, where that loses, UTF-16. */
export class BytesWriter {
  #bytes = new Uint8Array(1024)
  #length = 0

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1)
    this.#bytes[this.#length] = value
    this.#length += 1
  }

  /** A whole number from 0 to 2^31 - 1. */
  number(value: number): void {
    let left = value
    for (; left > 0x7f; left >>>= 7) this.byte((left & 0x7f) | 0x80)
    this.byte(left)
  }

  /** A whole number that may be negative, of at most 30 bits. */
  difference(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value)
  }

  text(value: string): void {
    // Half of a pair of surrogates, which JSON and escapes can make, has no UTF-8.
    const bytes = Buffer.from(value, value.isWellFormed() ? 'utf8' : 'utf16le')
    this.byte(value.isWellFormed() ? 0 : 1)
    this.stretch(bytes)
  }

  /** Bytes, and before them how many they are. */
  stretch(bytes: Uint8Array): void {
    this.number(bytes.length)
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #grow(by: number): void {
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + by))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

/** Reads what a BytesWriter has written. */
export class BytesReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Where the next byte is; may be set to where it was before. */
  get at(): number {
    return this.#at
  }

  set at(at: number) {
    this.#at = at
  }

  byte(): number {
    return this.#bytes[this.#at++]!
  }

  number(): number {
    let value = this.#bytes[this.#at++]!
    if (value < 0x80) return value
    value &= 0x7f
    for (let shift = 7; ; shift += 7) {
      const next = this.#bytes[this.#at++]!
      value |= (next & 0x7f) << shift
      if (next < 0x80) return value
    }
  }

  difference(): number {
    const value = this.number()
    return value & 1 ? -((value + 1) >>> 1) : value >>> 1
  }

  text(): string {
    const encoding = this.byte() === 0 ? 'utf8' : 'utf16le'
    const length = this.number()
    const start = this.#at
    this.#at += length
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, length).toString(encoding)
  }
}
