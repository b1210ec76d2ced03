import type { Socket } from 'node:net'
import { Duplex, type Readable, type Writable } from 'node:stream'
import type { Channel } from '../channel.ts'
import { wordsOfError } from './errors.ts'
import { KIND, type Kind, PIECE, receive, send, sendWords, WINDOW } from './wire.ts'

/** What both ends of a channel of SSH give and take. */
interface Ends {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr?: Readable
  readonly exited?: Promise<number>
  close(): void
}

/** Hands on what a program, or a stream to another host, says and is told, until either side ends. */
export function bridge(socket: Socket, ends: Channel | Duplex): void {
  const { stdin, stdout, stderr, exited, close } = endsOf(ends)
  let onTheWay = 0
  receive(socket, (kind, bytes) => {
    if (kind === KIND.inputEnd) stdin.end()
    if (kind !== KIND.input || stdin.destroyed || stdin.writableEnded) return
    onTheWay += bytes.length
    // Whoever sends more than it was told to is none of ours.
    if (onTheWay > 2 * WINDOW) socket.destroy()
    else
      stdin.write(bytes, (error) => {
        onTheWay -= bytes.length
        if (!error) send(socket, KIND.taken, Buffer.from(String(bytes.length)))
      })
  })
  const streams = [stdout, ...(stderr === undefined ? [] : [stderr])]
  const handOn = (stream: Readable, kind: Kind, end: Kind) => {
    stream.on('data', (chunk: Buffer) => {
      if (!inPieces(socket, kind, chunk)) for (const one of streams) one.pause()
    })
    stream.once('end', () => send(socket, end))
  }
  handOn(stdout, KIND.output, KIND.outputEnd)
  if (stderr !== undefined) handOn(stderr, KIND.errors, KIND.errorsEnd)
  socket.on('drain', () => {
    for (const one of streams) one.resume()
  })
  exited?.then(
    (code) => sendWords(socket, { code }),
    (error: Error) => sendWords(socket, { lost: wordsOfError(error) }),
  )
  let isOver = false
  const over = () => {
    // What stderr still holds goes first; it ends by itself, as its connection does.
    if (stderr !== undefined && !stderr.readableEnded && !stderr.destroyed && stderr.readableLength > 0) {
      stderr.once('end', over)
      return
    }
    if (isOver) return
    isOver = true
    setImmediate(() => {
      send(socket, KIND.closed)
      socket.end()
    })
  }
  stdout.once('close', over)
  if (stdout.closed) over()
  socket.once('close', () => {
    isOver = true
    close()
  })
}

function endsOf(ends: Channel | Duplex): Ends {
  if (!(ends instanceof Duplex)) return { ...ends, close: () => ends.close() }
  return { stdin: ends, stdout: ends, close: () => ends.destroy() }
}

/** Sends bytes in messages that are not too long; false when the socket has more waiting than it should. */
function inPieces(socket: Socket, kind: Kind, bytes: Buffer): boolean {
  let goesOn = true
  for (let at = 0; at < bytes.length; at += PIECE)
    goesOn = send(socket, kind, bytes.subarray(at, at + PIECE)) && goesOn
  return goesOn
}
