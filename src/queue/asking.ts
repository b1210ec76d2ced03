import type { Redis } from 'ioredis'
import { ContentMissing, type LaterFile } from '../values/later-file.ts'
import type { Seal } from './key.ts'
import { openPiece, PIECE_STAYS, type PieceName, pieceNames } from './pieces.ts'
import { PRESENCE, places } from './places.ts'
import { evaluateBytes } from './redis.ts'

/** Pieces of a file that are asked for before they are needed. */
const AHEAD = 4
/** After so many ms a piece is asked for again: what is said while Redis is away, nobody hears. */
const AGAIN = 1_000

/**
 * Takes a piece, or asks for it: the piece; 1 when nobody has asked for it before, or else 0. It stays until all who have
 * asked for it have taken it. KEYS: the piece, who waits for it, the pieces that are wanted. ARGV: the piece, who asks, how
 * long that is remembered, in ms.
 */
const TAKE = `
local piece = redis.call('GET', KEYS[1])
if piece then
  redis.call('SREM', KEYS[2], ARGV[2])
  if redis.call('SCARD', KEYS[2]) == 0 then redis.call('DEL', KEYS[1]) end
  return piece
end
redis.call('SADD', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
local isNew = redis.call('SADD', KEYS[3], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return isNew`

export interface AskingOptions {
  readonly redis: Redis
  readonly seal: Seal
  readonly run: string
  /** Who asks: no two at a time have the same. */
  readonly taker: string
  /** How long nothing may come, in ms. */
  readonly patience: number
  /** Nobody needs anything any more. */
  readonly given: AbortSignal
}

/** Asks the coordinator of a run for its files. */
export class Asking {
  readonly #options: AskingOptions
  readonly #waiting = new Map<PieceName, () => void>()
  readonly #paths = new Set<string>()
  #came = performance.now()

  constructor(options: AskingOptions) {
    this.#options = options
  }

  /** The run that it asks for. */
  get run(): string {
    return this.#options.run
  }

  /** Which files on the coordinator are waited for, to stand behind a sentence; "" for none. */
  get missing(): string {
    return [...this.#paths].map((path) => `; ${path} has not come`).join('')
  }

  /** A piece has been put into Redis. */
  ring(piece: PieceName): void {
    this.#waiting.get(piece)?.()
  }

  /** The pieces of a content in their order. Raises ContentMissing. */
  async *pieces(path: string, name: string, { size }: LaterFile): AsyncGenerator<Buffer> {
    const names = pieceNames(name, size)
    this.#came = performance.now()
    const coming: Promise<Buffer>[] = []
    this.#paths.add(path)
    try {
      for (let at = 0; at < names.length; at += 1) {
        while (coming.length < AHEAD && at + coming.length < names.length) {
          const piece = this.#piece(path, names[at + coming.length]!)
          // It is looked at when it is its turn.
          piece.catch(() => {})
          coming.push(piece)
        }
        yield await coming.shift()!
      }
    } finally {
      this.#paths.delete(path)
    }
  }

  async #piece(path: string, piece: PieceName): Promise<Buffer> {
    const { redis, seal, run, taker, given, patience } = this.#options
    const keys = [places.piece(run, piece), places.takers(run, piece), places.wanted(run)]
    const words = [piece, taker, PIECE_STAYS]
    for (;;) {
      const rung = this.#rung(piece)
      const answer = await evaluateBytes(redis, TAKE, keys, words)
      if (answer instanceof Buffer) {
        this.#waiting.get(piece)?.()
        this.#came = performance.now()
        const of = await openPiece(seal, run, piece, answer)
        if (typeof of === 'string') throw new ContentMissing(path, of)
        return of
      }
      if (answer === 1) await redis.publish(places.wanted(run), '')
      const isRung = await rung
      if (given.aborted) throw new ContentMissing(path, 'did not come before the run was given up')
      // Whoever has no coordinator is given up by the worker as a whole, and goes on when there is one again.
      if (!isRung && !(await redis.exists(places.coordinator(run)))) this.#came = performance.now()
      const silent = performance.now() - this.#came
      if (silent > patience + PRESENCE)
        throw new ContentMissing(
          path,
          `did not come within ${Math.round(silent / 1000)} s from the coordinator`,
        )
    }
  }

  /** Waits for a bell, and no longer than a second: whether there was one. */
  #rung(piece: PieceName): Promise<boolean> {
    return new Promise((resolve) => {
      const wake = (isRung: boolean) => {
        clearTimeout(timer)
        this.#waiting.delete(piece)
        resolve(isRung)
      }
      const timer = setTimeout(() => wake(false), AGAIN)
      this.#waiting.set(piece, () => wake(true))
    })
  }
}
