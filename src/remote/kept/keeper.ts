import { randomBytes } from 'node:crypto'
import { lstatSync, unlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { Unreachable } from '../channel.ts'
import { bridge } from './bridge.ts'
import { wordsOfError } from './errors.ts'
import { KeptLogins } from './kept-logins.ts'
import { checkFolder, listenAt, PROOF } from './place.ts'
import { ServedRun } from './served-run.ts'
import { KIND, type Kind, receive, sendWords } from './wire.ts'
import type { Hello, Letter, Opening } from './words.ts'

/** How long one that has nothing to keep waits for a run, in ms. */
const IDLE = 5000
/** How long a socket may take to say what it wants, in ms. */
const PATIENCE = 10_000
/** How often it is looked at whether there is something to do, in ms, at most: a machine may have slept. */
const LOOK_EVERY = 30_000

/** For how long nobody has asked for anything when it is taken for idle, in ms. */
const BREATH = 1500

interface KeeperEvents {
  /** It has nothing more to do. */
  readonly onEnd: () => void
  /** No run has needed it for a while. */
  readonly onIdle: () => void
}

/** Holds logins for the runs of one user, which ask for them over a socket. */
export class Keeper {
  readonly #path: string
  readonly #events: KeeperEvents
  #idle: NodeJS.Timeout | undefined
  readonly #logins = new KeptLogins(() => this.#look())
  /** Sockets of runs by what each has to show for another socket. */
  readonly #tokens = new Map<string, Socket>()
  readonly #server: Server
  #inode: number | undefined
  #timer: NodeJS.Timeout | undefined
  #idleSince = Date.now()
  #isOver = false

  /** `path` is that of its socket. */
  constructor(path: string, events: KeeperEvents) {
    this.#path = path
    this.#events = events
    this.#server = createServer((socket) => this.#serve(socket))
  }

  /** Rejects when there can be no socket. */
  async listen(): Promise<void> {
    this.#inode = await listenAt(this.#path, this.#server)
    this.#look()
  }

  /** Goes on behind a run, which has made the socket, and leaves its logins. Rejects when there can be none. */
  async inherit(socket: number, { inode, logins }: Letter, firstConnection: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ fd: socket }, resolve)
    })
    this.#inode = inode
    for (const [index, login] of logins.entries()) this.#logins.inherit(login, firstConnection + index)
    this.#look()
  }

  /** Ends all logins, and itself. */
  async end(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#server.close()
    if (this.#isInPlace()) unlinkSync(this.#path)
    await this.#logins.end()
    this.#events.onEnd()
  }

  /** Whether its socket is the one that runs find. */
  #isInPlace(): boolean {
    return lstatSync(this.#path, { throwIfNoEntry: false })?.ino === this.#inode
  }

  #serve(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    const late = setTimeout(() => socket.destroy(), PATIENCE)
    socket.once('close', () => clearTimeout(late))
    const first = (kind: Kind, bytes: Buffer) => {
      clearTimeout(late)
      try {
        if (kind !== KIND.words) throw new Error('no words')
        checkFolder(dirname(this.#path))
        this.#meet(socket, JSON.parse(bytes.toString()))
      } catch {
        socket.destroy()
      }
    }
    receive(socket, first, true)
  }

  #meet(socket: Socket, said: Hello | Opening): void {
    if ('proof' in said) this.#welcome(socket, said)
    else void this.#open(socket, said)
  }

  /**
   * Node does not tell who is at the other end (SO_PEERCRED). The run has made a file in the folder that only this user
   * may enter: its owner is who it is. That it is gone then shows the run that we may write there too.
   */
  #welcome(socket: Socket, { proof }: Hello): void {
    if (!PROOF.test(proof)) throw new Error('no name of a proof')
    const path = join(dirname(this.#path), proof)
    const stats = lstatSync(path)
    if (!stats.isFile() || stats.uid !== process.getuid!()) throw new Error('another user')
    unlinkSync(path)
    const token = randomBytes(16).toString('hex')
    this.#tokens.set(token, socket)
    clearTimeout(this.#idle)
    socket.once('close', () => {
      this.#tokens.delete(token)
      this.#idleSince = Date.now()
      this.#look()
      clearTimeout(this.#idle)
      if (this.#tokens.size === 0) this.#idle = setTimeout(() => this.#events.onIdle(), BREATH)
    })
    new ServedRun(socket, this.#logins)
    sendWords(socket, { token })
    this.#look()
  }

  async #open(socket: Socket, { token, login: number, command, forward }: Opening): Promise<void> {
    const run = this.#tokens.get(token)
    if (run === undefined) {
      socket.destroy()
      return
    }
    // What a run has opened ends with it.
    const end = () => socket.destroy()
    run.once('close', end)
    socket.once('close', () => run.off('close', end))
    socket.pause()
    try {
      const login = this.#logins.get(number)
      if (login === undefined) throw new Unreachable('the login has been ended meanwhile')
      const ends = forward === undefined ? await login.open(command ?? '') : await login.forward(forward)
      if (socket.destroyed) {
        if ('close' in ends) ends.close()
        else ends.destroy()
        return
      }
      sendWords(socket, { opened: true })
      bridge(socket, ends)
      socket.resume()
    } catch (error) {
      sendWords(socket, { refused: wordsOfError(error as Error) })
      socket.end()
      socket.resume()
    }
  }

  /** Ends what is over, and looks again when the next thing is. */
  #look(): void {
    if (this.#isOver) return
    clearTimeout(this.#timer)
    const next = this.#logins.expire()
    // Two runs that end at the same time may each leave a keeper: nobody finds the first one any more.
    if (this.#tokens.size === 0 && !this.#isInPlace()) {
      void this.end()
      return
    }
    const isIdle = this.#logins.size === 0 && this.#tokens.size === 0
    const end = isIdle ? this.#idleSince + IDLE : undefined
    if (end !== undefined && Date.now() >= end) {
      void this.end()
      return
    }
    const due = Math.min(next ?? Number.POSITIVE_INFINITY, end ?? Number.POSITIVE_INFINITY)
    const wait = Math.min(Math.max(due - Date.now(), 10), LOOK_EVERY)
    this.#timer = setTimeout(() => this.#look(), wait)
  }
}
