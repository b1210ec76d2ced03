import type { Socket } from 'node:net'
import { Duplex, Readable, Writable } from 'node:stream'
import { type Channel, Unreachable } from '../channel.ts'
import { errorOfWords, KeeperLost } from './errors.ts'
import { KIND, PIECE, receive, send, WINDOW } from './wire.ts'
import type { ErrorWords } from './words.ts'

/** What the keeper says on the socket of a channel. */
type Said =
  | { readonly opened: true }
  | { readonly refused: ErrorWords }
  | { readonly code: number }
  | { readonly lost: ErrorWords }

/** The run's end of a channel that the keeper has opened. Rejects as Transport.open does, and with KeeperLost. */
export function channelOn(socket: Socket): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const more = () => socket.resume()
    const stdout = new Readable({ read: more })
    const stderr = new Readable({ read: more })
    const stdin = new Input(socket)
    let isClosed = false
    let settle!: { resolve: (code: number) => void; reject: (error: Error) => void }
    const exited = new Promise<number>((resolve, reject) => {
      settle = { resolve, reject }
    })
    // Whoever waits sees the failure; nobody waiting is no reason to end the process.
    exited.catch(() => {})
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {})
    const close = () => socket.destroy()
    const ended = new Set<Readable>()
    const end = (stream: Readable) => {
      if (!ended.has(stream)) stream.push(null)
      ended.add(stream)
    }
    const words = (said: Said) => {
      if ('opened' in said) resolve({ stdin, stdout, stderr, exited, close })
      else if ('refused' in said) reject(errorOfWords(said.refused))
      else if ('code' in said) settle.resolve(said.code)
      else {
        const error = errorOfWords(said.lost)
        stdin.destroy(error)
        settle.reject(error)
      }
    }
    receive(socket, (kind, bytes) => {
      switch (kind) {
        case KIND.words:
          return words(JSON.parse(bytes.toString()))
        case KIND.output:
          if (!stdout.push(bytes)) socket.pause()
          return
        case KIND.errors:
          if (!stderr.push(bytes)) socket.pause()
          return
        case KIND.outputEnd:
          return end(stdout)
        case KIND.errorsEnd:
          return end(stderr)
        case KIND.taken:
          return stdin.taken(Number(bytes.toString()))
        case KIND.closed:
          isClosed = true
      }
    })
    socket.once('close', () => {
      const error = isClosed
        ? new Unreachable('the server ended a program without its exit status')
        : new KeeperLost()
      reject(error)
      settle.reject(error)
      stdin.destroy(new Error('the program no longer reads'))
      for (const stream of [stdout, stderr]) end(stream)
    })
  })
}

/** The run's end of a stream to another host. Rejects as `channelOn` does. */
export async function streamOn(socket: Socket): Promise<Duplex> {
  const { stdin, stdout, close } = await channelOn(socket)
  const stream = Duplex.from({ readable: stdout, writable: stdin })
  stream.on('error', () => {})
  stream.once('close', close)
  return stream
}

/** What goes to a program: no more than it takes. */
class Input extends Writable {
  readonly #socket: Socket
  #onTheWay = 0
  #go: (() => void) | undefined

  constructor(socket: Socket) {
    super()
    this.#socket = socket
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const from = (start: number) => {
      for (let at = start; at < chunk.length; at += PIECE) {
        if (this.#onTheWay >= WINDOW) {
          this.#go = () => from(at)
          return
        }
        const piece = chunk.subarray(at, at + PIECE)
        this.#onTheWay += piece.length
        send(this.#socket, KIND.input, piece)
      }
      done()
    }
    from(0)
  }

  override _final(done: () => void): void {
    send(this.#socket, KIND.inputEnd)
    done()
  }

  /** The program's stream has taken so many bytes. */
  taken(bytes: number): void {
    this.#onTheWay -= bytes
    if (this.#onTheWay >= WINDOW) return
    const go = this.#go
    this.#go = undefined
    go?.()
  }
}
