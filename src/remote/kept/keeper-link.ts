import { randomBytes } from 'node:crypto'
import { existsSync, lstatSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { errorOfWords, KeeperLost, wordsOfError } from './errors.ts'
import { KIND, receive, sendWords } from './wire.ts'
import type { Asked, FromKeeper, FromRun, Opening, Question } from './words.ts'

/** What a run waits for, in ms. */
export const PATIENCE = {
  /** Until a keeper that is there says so: no run waits longer for it than for a login. */
  welcome: 500,
  /** Between signs of life that it is asked for while logins of it are used, and until one comes. */
  every: 5000,
  within: 15_000,
}

/** Nobody listens: a keeper can be started. */
export class NobodyThere extends Error {}

/** Hears what the keeper says of something that it was asked for, and answers its questions. */
export interface Listening {
  readonly onGreeting?: () => void
  readonly onDebug?: (message: string) => void
  readonly onQuestion?: (question: Question) => Promise<string>
}

interface Waiting extends Listening {
  readonly resolve: (given: unknown) => void
  readonly reject: (error: Error) => void
}

/** A run's way to the keeper. */
export class KeeperLink {
  readonly #path: string
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  readonly #onLost = new Map<number, (error: Error) => void>()
  readonly #channels = new Set<Socket>()
  #asks = 0
  #token = ''
  #isLost = false
  #timer: NodeJS.Timeout | undefined

  private constructor(path: string, socket: Socket) {
    this.#path = path
    this.#socket = socket
    socket.once('close', () => this.#end())
    socket.on('error', () => {})
  }

  /** To the keeper that is there. Raises an Error, NobodyThere if nobody listens. */
  static async to(path: string): Promise<KeeperLink> {
    if (!isThere(path)) throw new NobodyThere()
    const socket = connect(path)
    const link = new KeeperLink(path, socket)
    const proof = join(dirname(path), randomBytes(16).toString('hex'))
    const late = setTimeout(() => socket.destroy(), PATIENCE.welcome)
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve)
        socket.once('error', ({ code }: NodeJS.ErrnoException) =>
          reject(
            code === 'ECONNREFUSED' || code === 'ENOENT'
              ? new NobodyThere()
              : new Error(`it cannot be asked (${code})`),
          ),
        )
        socket.once('close', () => reject(silent()))
      })
      writeFileSync(proof, '', { flag: 'wx', mode: 0o600 })
      await link.#meet(proof.slice(-32))
      if (existsSync(proof)) throw new Error('it has not shown that it is this user')
      return link
    } catch (error) {
      socket.destroy()
      throw error
    } finally {
      clearTimeout(late)
      rmSync(proof, { force: true })
    }
  }

  get isLost(): boolean {
    return this.#isLost
  }

  /** Rejects with what the keeper says, and with KeeperLost. */
  ask<T>(asked: Asked, listening: Listening = {}): Promise<T> {
    this.#asks += 1
    const ask = this.#asks
    return new Promise((resolve, reject) => {
      if (this.#isLost) return reject(new KeeperLost())
      this.#waiting.set(ask, { ...listening, resolve: resolve as (given: unknown) => void, reject })
      this.#say({ ask, asked })
    })
  }

  /** Calls `onLost` when a login that is used ends, or the keeper does. */
  use(login: number, onLost: (error: Error) => void): void {
    this.#onLost.set(login, onLost)
    this.#timer ??= setInterval(() => this.#look(), PATIENCE.every).unref()
  }

  /** The login is kept for the next run; with `isDiscarded` it is not. */
  leave(login: number, isDiscarded: boolean): void {
    this.#onLost.delete(login)
    this.#say(isDiscarded ? { discard: login } : { release: login })
  }

  /** A socket for one channel of a login. Rejects with KeeperLost. */
  channel(about: Omit<Opening, 'token'>): Promise<Socket> {
    return new Promise((resolve, reject) => {
      if (this.#isLost) return reject(new KeeperLost())
      const socket = connect(this.#path)
      this.#channels.add(socket)
      socket.once('close', () => this.#channels.delete(socket))
      socket.once('connect', () => {
        sendWords(socket, { token: this.#token, ...about } satisfies Opening)
        resolve(socket)
      })
      socket.on('error', () => reject(new KeeperLost()))
    })
  }

  /** All that the run has asked for is over. */
  close(): void {
    this.#socket.destroy()
  }

  #meet(proof: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('close', () => reject(silent()))
      receive(this.#socket, (kind, bytes) => {
        if (kind !== KIND.words) return
        const said: FromKeeper = JSON.parse(bytes.toString())
        if ('token' in said) {
          this.#token = said.token
          resolve()
        } else this.#hear(said)
      })
      sendWords(this.#socket, { proof })
    })
  }

  #hear(said: Exclude<FromKeeper, { readonly token: string }>): void {
    if ('lost' in said) {
      this.#onLost.get(said.lost)?.(errorOfWords(said.error))
      return
    }
    const waiting = this.#waiting.get(said.to)
    if (waiting === undefined) return
    if ('greeting' in said) waiting.onGreeting?.()
    else if ('debug' in said) waiting.onDebug?.(said.debug)
    else if ('question' in said) this.#answer(said.question, said.about, waiting)
    else {
      this.#waiting.delete(said.to)
      if ('error' in said) waiting.reject(errorOfWords(said.error))
      else waiting.resolve(said.given)
    }
  }

  #answer(answer: number, about: Question, { onQuestion }: Waiting): void {
    const asked = onQuestion?.(about) ?? Promise.reject(new Error('nobody answers'))
    asked.then(
      (value) => this.#say({ answer, value }),
      (error: Error) => this.#say({ answer, error: wordsOfError(error) }),
    )
  }

  #say(words: FromRun): void {
    sendWords(this.#socket, words)
  }

  /** One that has frozen holds all that goes over it. */
  #look(): void {
    const late = setTimeout(() => this.#socket.destroy(), PATIENCE.within).unref()
    const over = () => clearTimeout(late)
    this.ask({ alive: true }).then(over, over)
  }

  #end(): void {
    this.#isLost = true
    clearInterval(this.#timer)
    for (const socket of this.#channels) socket.destroy()
    for (const { reject } of this.#waiting.values()) reject(new KeeperLost())
    this.#waiting.clear()
    for (const lost of this.#onLost.values()) lost(new KeeperLost())
    this.#onLost.clear()
  }
}

/** Raises an Error for a socket that is not this user's. */
function isThere(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats !== undefined && stats.uid !== process.getuid!())
    throw new Error(`${path} belongs to another user (id ${stats.uid})`)
  return stats !== undefined
}

function silent(): Error {
  return new Error(`it did not answer within ${PATIENCE.welcome} ms`)
}
