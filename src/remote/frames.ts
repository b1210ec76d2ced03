import type { Readable } from 'node:stream'
import { Unreachable } from './channel.ts'

/** Of one frame, in bytes, if nothing else is said. */
export const KEPT_AT_MOST = 64 * 1024 * 1024
/** Says that an output was longer than the limit. */
export function tooMuch(most: number): string {
  return `it printed more than ${most / 1024 / 1024} MiB, the most that is kept of one output (max_output in playssh.yml)`
}

/** A number behind the mark: an exit status, a process group. */
const NUMBER = /^\d{1,10}$/
const NUMBER_AT_MOST = 10

/** One answer from the host. */
export interface Frame {
  readonly bytes: Buffer
  /** More came than was kept: then nothing is. */
  readonly isCut: boolean
  readonly code: number
}

export interface Want {
  /** Is called with what the frame holds, as it comes. */
  readonly onBytes?: ((bytes: Buffer) => void) | undefined
  /** Whether the frame's bytes are kept, too; true if nothing is said. */
  readonly keeps?: boolean
  /** No mark ends it, only `cutOff`: all is handed on as it comes. */
  readonly isRaw?: boolean
}

interface Waiting extends Want {
  readonly resolve: (frame: Frame) => void
  readonly reject: (error: Error) => void
}

/**
 * Cuts a stream into the frames that `NONCE CODE\n` ends, whatever pieces it comes in. A frame that nobody waits for is
 * dropped. A mark without a number fails whoever waits, and nothing behind it is read.
 */
export class FrameReader {
  readonly #mark: Buffer
  readonly #most: number
  readonly #waiting: Waiting[] = []
  #kept = new Bytes()
  #size = 0
  #tail: Buffer = Buffer.alloc(0)
  #isBroken = false
  #received = 0
  #end!: () => void
  /** Nothing more can come. */
  readonly over = new Promise<void>((resolve) => {
    this.#end = resolve
  })

  /** `most` bytes of a frame are kept. */
  constructor(nonce: string, most = KEPT_AT_MOST) {
    this.#mark = Buffer.from(`${nonce} `)
    this.#most = most
  }

  read(stream: Readable): void {
    stream.on('data', (chunk: Buffer) => this.#take(chunk))
    stream.on('error', () => {})
    stream.once('end', this.#end)
    stream.once('close', this.#end)
    stream.resume()
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Bytes that have come. */
  get received(): number {
    return this.#received
  }

  /** The next frame that nobody waits for yet. */
  next(want: Want = {}): Promise<Frame> {
    return new Promise((resolve, reject) => this.#waiting.push({ ...want, resolve, reject }))
  }

  /** Whoever waits for a frame meets this error. */
  fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  /** Ends the frame that is waited for, if one is, with what has come of it: its mark will not come. */
  cutOff(code: number): void {
    this.#keep(this.#tail)
    this.#tail = Buffer.alloc(0)
    this.#finish(code)
  }

  #take(chunk: Buffer): void {
    this.#received += chunk.length
    if (this.#isBroken) return
    let rest = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk])
    for (;;) {
      if (this.#waiting[0]?.isRaw) {
        this.#tail = Buffer.alloc(0)
        this.#keep(rest)
        return
      }
      const at = rest.indexOf(this.#mark)
      if (at === -1) break
      const start = at + this.#mark.length
      const end = rest.indexOf('\n', start)
      this.#keep(rest.subarray(0, at))
      if (end === -1 && rest.length - start <= NUMBER_AT_MOST) {
        this.#tail = rest.subarray(at)
        return
      }
      const number = rest.toString('latin1', start, end === -1 ? start + NUMBER_AT_MOST + 1 : end)
      if (!NUMBER.test(number)) {
        this.#break()
        return
      }
      this.#finish(Number(number))
      rest = rest.subarray(end + 1)
    }
    const free = rest.length - beginning(rest, this.#mark)
    this.#keep(rest.subarray(0, free))
    this.#tail = rest.subarray(free)
  }

  #break(): void {
    this.#isBroken = true
    this.#kept = new Bytes()
    this.fail(new Unreachable('the host answered with what no shell says'))
  }

  #finish(code: number): void {
    const frame = { bytes: this.#kept.all(), isCut: this.#size > this.#most, code }
    this.#kept = new Bytes()
    this.#size = 0
    this.#waiting.shift()?.resolve(frame)
  }

  /** Drops what is too much, but reads on: what is not read would stall the connection. */
  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return
    const [first] = this.#waiting
    first?.onBytes?.(bytes)
    if (first?.keeps === false) return
    this.#size += bytes.length
    if (this.#size <= this.#most) this.#kept.add(bytes)
    else this.#kept = new Bytes()
  }
}

/** How many bytes at the end of `bytes` are the beginning of `mark`, which is not in it as a whole. */
function beginning(bytes: Buffer, mark: Buffer): number {
  const [first] = mark
  let at = bytes.indexOf(first!, Math.max(0, bytes.length - mark.length + 1))
  while (at !== -1 && bytes.compare(mark, 0, bytes.length - at, at) !== 0) at = bytes.indexOf(first!, at + 1)
  return at === -1 ? 0 : bytes.length - at
}

/** Bytes that come in pieces, however small, in no more than a few times their size. */
class Bytes {
  #buffer: Buffer = Buffer.alloc(0)
  #length = 0

  add(bytes: Buffer): void {
    const length = this.#length + bytes.length
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#buffer.length))
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    bytes.copy(this.#buffer, this.#length)
    this.#length = length
  }

  all(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }
}
