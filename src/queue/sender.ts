import type { Event } from '../protocol/event.ts'
import { EventPacker } from '../split/packed-events.ts'
import { type Chunk, chunkPlace, notesPlace } from './chunks.ts'
import type { Seal } from './key.ts'
import type { FromLane } from './lane-messages.ts'

/**
 * How long events wait for others to go with them, in ms: as long as the run has lasted, within these bounds. With so many
 * characters they wait no longer.
 */
const SHORTEST = 100
const LONGEST = 1_000
const FULL = 128 * 1024
/** Characters that may be on their way to Redis before those who make more of them have to wait. */
const MOST = 2 * 1024 * 1024

type ChunkMessage = Extract<FromLane, { type: 'chunk' }>

/** Sends the events of one attempt at a slice in sealed chunks, in their order. */
export class Sender {
  readonly #seal: Seal
  readonly #run: string
  readonly #about: Pick<ChunkMessage, 'name' | 'slice' | 'attempt'>
  readonly #post: (message: ChunkMessage) => void
  readonly #worker: string
  readonly #began: number
  readonly #events = new EventPacker()
  #notes: (readonly [point: string, word: string])[] = []
  #length = 0
  #onTheWay = 0
  #number = 0
  #taken = 0
  #timer: NodeJS.Timeout | undefined
  #sealing: Promise<void> = Promise.resolve()
  #waiting: (() => void)[] = []
  #isGivenUp = false

  /** `began`: when the run has begun here, as performance.now() says. */
  constructor(
    seal: Seal,
    { run, began }: { readonly run: string; readonly began: number },
    about: Pick<ChunkMessage, 'name' | 'slice' | 'attempt'>,
    worker: string,
    post: (message: ChunkMessage) => void,
  ) {
    this.#seal = seal
    this.#run = run
    this.#began = began
    this.#about = about
    this.#worker = worker
    this.#post = post
  }

  emit(event: Event): void {
    const length = this.#events.add(event)
    this.#length += length
    this.#onTheWay += length
    if (this.#length >= FULL) this.#flush()
    else this.#flushSoon()
  }

  /** Keeps a word of the slice, behind the events before it. */
  note(point: string, word: string): void {
    this.#notes.push([point, word])
    this.#flushSoon()
  }

  /** All that was emitted and noted goes its way before what follows. */
  async flushed(): Promise<void> {
    if (!this.#events.isEmpty || this.#notes.length > 0) this.#flush()
    await this.#sealing
  }

  /** Waits while too much is on its way: nobody takes it as quickly as it is made. */
  async ready(): Promise<void> {
    while (this.#onTheWay > MOST) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Waits until all that was emitted and noted is in Redis, or the slice is given up. */
  async kept(): Promise<void> {
    await this.flushed()
    const number = this.#number
    while (this.#taken < number && !this.#isGivenUp)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** A chunk of so many characters has gone. */
  taken(length: number): void {
    this.#onTheWay -= length
    this.#taken += 1
    for (const go of this.#waiting.splice(0)) go()
  }

  /** Lets everybody go who waits: what they make is not sent any more. */
  giveUp(): void {
    clearTimeout(this.#timer)
    this.#onTheWay = Number.NEGATIVE_INFINITY
    this.#isGivenUp = true
    this.taken(0)
  }

  /** Sends what is left and how the slice has ended. */
  async end(ending: Pick<Chunk, 'result' | 'lost'>): Promise<void> {
    this.#flush(ending)
    await this.#sealing
  }

  #flushSoon(): void {
    if (this.#timer !== undefined) return
    const lasted = performance.now() - this.#began
    this.#timer = setTimeout(() => this.#flush(), Math.min(LONGEST, Math.max(SHORTEST, lasted)))
  }

  #flush(ending?: Pick<Chunk, 'result' | 'lost'>): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const number = this.#number
    this.#number += 1
    const events = this.#events.take()
    const notes = this.#notes.splice(0)
    const bytes = this.#length
    this.#length = 0
    const rest = { ...(number === 0 && { worker: this.#worker }), ...ending }
    const members = JSON.stringify(rest).slice(1)
    const plain = `{"events":${events}${members === '}' ? '' : ','}${members}`
    this.#sealing = this.#sealing.then(async () => {
      const sealed = await this.#seal.seal(chunkPlace(this.#run, { ...this.#about, number }), plain)
      const place = notesPlace(this.#run, { ...this.#about, number })
      const noted = notes.length > 0 ? await this.#seal.sealText(place, JSON.stringify(notes)) : undefined
      const isLast = ending !== undefined
      this.#post({ type: 'chunk', ...this.#about, number, isLast, sealed, bytes, ...(noted && { noted }) })
    })
  }
}
