import { type FileHandle, open } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { digestOf } from './digest.ts'
import type { Seal } from './key.ts'
import { PIECE, PIECE_STAYS, type PieceName, readPieceName, sealPiece } from './pieces.ts'
import { HEARTBEAT, places } from './places.ts'

/** Pieces of a run that lie in Redis at most. */
const MOST = 32
/** Between two looks whether some have been taken, in ms. */
const LOOK = 100

/** A file of this machine that workers may ask for. */
export interface Supplied {
  readonly path: string
  /** Hexadecimal: what it was when the run began. */
  readonly sha256: string
}

/** Gives workers the files of a run that they ask for, a piece at a time, as long as it is their coordinator's. */
export class Supply {
  readonly #redis: Redis
  readonly #bell: Redis
  readonly #seal: Seal
  readonly #run: string
  readonly #files: ReadonlyMap<string, Supplied>
  /** By the name of a content: what its file was when its digest was last seen to be right. */
  readonly #seen = new Map<string, string>()
  readonly #timer: NodeJS.Timeout
  #lying: PieceName[] = []
  #isServing = false
  #isAskedAgain = false
  #isClosed = false

  /** `files` by the names of their contents. */
  constructor(redis: Redis, seal: Seal, run: string, files: ReadonlyMap<string, Supplied>) {
    this.#redis = redis
    this.#seal = seal
    this.#run = run
    this.#files = files
    this.#bell = redis.duplicate({ connectionName: 'playssh coordinator files', lazyConnect: false })
    this.#bell.on('error', () => {})
    this.#bell.on('message', () => this.#serve())
    void this.#bell.subscribe(places.wanted(run)).catch(() => {})
    // What is said while Redis is away, nobody hears.
    this.#timer = setInterval(() => this.#serve(), HEARTBEAT)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#isClosed = true
    this.#bell.disconnect()
  }

  #serve(): void {
    this.#isAskedAgain = true
    if (this.#isServing) return
    this.#isServing = true
    this.#serveAll()
      // Redis is away: whoever waits asks again.
      .catch(() => {})
      .finally(() => {
        this.#isServing = false
      })
  }

  async #serveAll(): Promise<void> {
    while (this.#isAskedAgain && !this.#isClosed) {
      this.#isAskedAgain = false
      for (;;) {
        await this.#room()
        const piece = this.#isClosed ? null : await this.#redis.spop(places.wanted(this.#run))
        if (piece === null) break
        await this.#put(piece)
      }
    }
  }

  /** Waits until workers have taken enough of what lies there. */
  async #room(): Promise<void> {
    while (this.#lying.length >= MOST && !this.#isClosed) {
      const asked = this.#redis.pipeline()
      for (const piece of this.#lying) asked.exists(places.piece(this.#run, piece))
      const answers = (await asked.exec())!
      this.#lying = this.#lying.filter((_, at) => answers[at]![1] === 1)
      if (this.#lying.length >= MOST) await sleep(LOOK)
    }
  }

  /** Puts a piece there for those who wait for it: they ask again, though it is on its way to them or has come. */
  async #put(piece: PieceName): Promise<void> {
    const [place, takers] = [places.piece(this.#run, piece), places.takers(this.#run, piece)]
    const [lies, waiting] = await Promise.all([this.#redis.exists(place), this.#redis.scard(takers)])
    if (waiting === 0) return
    if (lies === 0) {
      const sealed = await sealPiece(this.#seal, this.#run, piece, await this.#contentOf(piece))
      await this.#redis.set(place, sealed, 'PX', PIECE_STAYS)
      this.#lying.push(piece)
    }
    await this.#redis.publish(places.pieces(this.#run), piece)
  }

  /** The bytes of a piece, or why they cannot be had. */
  async #contentOf(piece: PieceName): Promise<Buffer | string> {
    const { name, number } = readPieceName(piece)
    const known = this.#files.get(name)
    if (known === undefined) return 'is no file of this run'
    let file: FileHandle | undefined
    try {
      file = await open(known.path)
      if (!(await this.#isAsItWas(file, name, known)))
        return `is on ${hostname()} not what it was when the run began`
      const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE), 0, PIECE, number * PIECE)
      return buffer.subarray(0, bytesRead)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return `is not on ${hostname()}, which coordinates the run`
      return `cannot be read on ${hostname()}, which coordinates the run (${code ?? message})`
    } finally {
      await file?.close()
    }
  }

  async #isAsItWas(file: FileHandle, name: string, { sha256 }: Supplied): Promise<boolean> {
    const stamp = await stampOf(file)
    if (this.#seen.get(name) === stamp) return true
    if (digestOf(file.fd) !== sha256 || (await stampOf(file)) !== stamp) return false
    this.#seen.set(name, stamp)
    return true
  }
}

async function stampOf(file: FileHandle): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await file.stat({ bigint: true })
  return `${size} ${mtimeNs} ${ctimeNs} ${ino}`
}
