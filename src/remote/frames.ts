import type { Readable } from 'node:stream'

/** Of one script's output, in bytes. */
export const KEPT_AT_MOST = 64 * 1024 * 1024

/** One answer from the host. */
export interface Frame {
  readonly bytes: Buffer
  /** More came than was kept. */
  readonly isCut: boolean
  readonly code: number
}

/** Cuts a stream into the frames that `\nNONCE CODE\n` ends, whatever pieces it comes in. */
export class FrameReader {
  readonly #mark: Buffer
  readonly #waiting: { resolve: (frame: Frame) => void; reject: (error: Error) => void }[] = []
  #chunks: Buffer[] = []
  #size = 0
  #tail: Buffer = Buffer.alloc(0)

  constructor(nonce: string) {
    this.#mark = Buffer.from(`\n${nonce} `)
  }

  read(stream: Readable): void {
    stream.on('data', (chunk: Buffer) => this.#take(chunk))
    stream.on('error', () => {})
    stream.resume()
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** The next frame that nobody waits for yet. */
  next(): Promise<Frame> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** Whoever waits for a frame meets this error. */
  fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  #take(chunk: Buffer): void {
    this.#tail = Buffer.concat([this.#tail, chunk])
    for (;;) {
      const at = this.#tail.indexOf(this.#mark)
      const end = at === -1 ? -1 : this.#tail.indexOf('\n', at + this.#mark.length)
      if (end === -1) break
      this.#keep(this.#tail.subarray(0, at))
      const bytes = Buffer.concat(this.#chunks)
      const isCut = this.#size > KEPT_AT_MOST
      const code = Number(this.#tail.subarray(at + this.#mark.length, end).toString())
      this.#chunks = []
      this.#size = 0
      this.#tail = this.#tail.subarray(end + 1)
      this.#waiting.shift()?.resolve({ bytes, isCut, code })
    }
    // Only the end of what has come can hold the beginning of a mark: the rest need not be searched again.
    const keep = this.#mark.length + 8
    if (this.#tail.length > keep && this.#tail.indexOf(this.#mark) === -1) {
      this.#keep(this.#tail.subarray(0, -keep))
      this.#tail = this.#tail.subarray(-keep)
    }
  }

  /** Drops what is too much, but reads on: what is not read would stall the connection. */
  #keep(bytes: Buffer): void {
    this.#size += bytes.length
    if (this.#size <= KEPT_AT_MOST) this.#chunks.push(bytes)
    else this.#chunks = []
  }
}
