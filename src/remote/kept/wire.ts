import type { Socket } from 'node:net'

/**
 * What passes over the sockets between a run and the keeper: messages of a kind, a byte, and their length, four bytes,
 * the highest first, and so many bytes.
 */
export const KIND = {
  /** JSON. */
  words: 1,
  /** What goes to a program, and no more of it. */
  input: 2,
  inputEnd: 3,
  /** How many bytes of it the program's stream has taken: a number as a text. */
  taken: 4,
  /** What a program prints, and no more of it. */
  output: 5,
  outputEnd: 6,
  errors: 7,
  errorsEnd: 8,
  /** The channel has ended as channels do: the end of the socket is no accident. */
  closed: 9,
} as const

export type Kind = (typeof KIND)[keyof typeof KIND]

/** Of one message, in bytes. */
const AT_MOST = 4 * 1024 * 1024
const HEAD = 5

/** So much may be on its way to a program and not taken by it, in bytes. */
export const WINDOW = 1024 * 1024
/** So much of it is one message, in bytes. */
export const PIECE = 256 * 1024

/** Sends a message; false when the socket has more waiting than it should. */
export function send(socket: Socket, kind: Kind, bytes: Buffer = Buffer.alloc(0)): boolean {
  if (socket.destroyed || !socket.writable) return true
  const head = Buffer.alloc(HEAD)
  head[0] = kind
  head.writeUInt32BE(bytes.length, 1)
  socket.cork()
  socket.write(head)
  const goesOn = bytes.length === 0 ? !socket.writableNeedDrain : socket.write(bytes)
  socket.uncork()
  return goesOn
}

export function sendWords(socket: Socket, words: object): boolean {
  return send(socket, KIND.words, Buffer.from(JSON.stringify(words)))
}

/**
 * Calls `take` with each message as it is whole; with `isOnce` only with the first, and the rest is for who receives
 * next. A message that cannot be one ends the socket.
 */
export function receive(socket: Socket, take: (kind: Kind, bytes: Buffer) => void, isOnce = false): void {
  let rest: Buffer = Buffer.alloc(0)
  const hear = (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (rest.length - at >= HEAD) {
      const length = rest.readUInt32BE(at + 1)
      if (length > AT_MOST) {
        socket.destroy()
        return
      }
      const start = at + HEAD
      if (rest.length < start + length) break
      const kind = rest[at] as Kind
      at = start + length
      if (isOnce) {
        socket.off('data', hear)
        socket.pause()
        if (at < rest.length) socket.unshift(rest.subarray(at))
        take(kind, rest.subarray(start, at))
        socket.resume()
        return
      }
      take(kind, rest.subarray(start, at))
    }
    rest = rest.subarray(at)
  }
  socket.on('data', hear)
}
