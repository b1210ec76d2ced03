import * as crypto from 'node:crypto'
import { hash64 } from './hash64.ts'

/** Which of the two: SHA-256 ("$5$") or SHA-512 ("$6$"). */
export type ShaCrypt = 'sha256' | 'sha512'

/**
 * The hash of a password after "Unix crypt using SHA-256 and SHA-512" (Drepper, 0.6), without the prefix that names salt
 * and rounds.
 */
export function shaCrypt(kind: ShaCrypt, password: string, salt: string, rounds: number): string {
  const [word, grain] = [Buffer.from(password), Buffer.from(salt)]
  const hash = (...parts: readonly Uint8Array[]) => digestOf(kind, Buffer.concat(parts))

  const other = hash(word, grain, word)
  const start = hash(
    word,
    grain,
    filled(other, word.length),
    ...bitsOf(word.length).map((bit) => (bit ? other : word)),
  )
  const passwords = filled(hash(filled(word, word.length ** 2)), word.length)
  const salts = filled(hash(filled(grain, grain.length * (16 + start[0]!))), grain.length)

  const digest = stretched(kind, start, passwords, salts, rounds)
  return hash64(digest, kind === 'sha512' ? ORDER_512 : ORDER_256)
}

/** A digest hashed again and again, each time with password and salt in another pattern. */
function stretched(kind: ShaCrypt, start: Buffer, word: Buffer, salt: Buffer, rounds: number): Buffer {
  let digest = start
  const patterns = Array.from({ length: PATTERNS }, (_, round) => pattern(round, word, salt, start.length))
  for (let round = 0; round < rounds; round += 1) {
    const { text, hole } = patterns[round % PATTERNS]!
    digest.copy(text, hole)
    digest = digestOf(kind, text)
  }
  return digest
}

/** One call does it where Node.js has it: half the time of a hash object. */
const digestOf = (kind: ShaCrypt, text: Uint8Array): Buffer =>
  crypto.hash === undefined
    ? crypto.createHash(kind).update(text).digest()
    : crypto.hash(kind, text, 'buffer')

/** What is hashed in a round, with a hole for the digest of the round before. */
function pattern(round: number, word: Buffer, salt: Buffer, size: number): { text: Buffer; hole: number } {
  const odd = round % 2 === 1
  const middle = [...(round % 3 === 0 ? [] : [salt]), ...(round % 7 === 0 ? [] : [word])]
  const digest = Buffer.alloc(size)
  const text = Buffer.concat(odd ? [word, ...middle, digest] : [digest, ...middle, word])
  return { text, hole: odd ? text.length - size : 0 }
}

/** Bytes over and over, up to a length. */
function filled(bytes: Buffer, length: number): Buffer {
  return bytes.length === 0 ? bytes : Buffer.alloc(length, bytes)
}

/** The bits of a number, the lowest first. */
function bitsOf(value: number): boolean[] {
  return value === 0 ? [] : Array.from(value.toString(2), (bit) => bit === '1').reverse()
}

/** Triples that follow from the first by turning it, each further byte one on. */
function turning(first: readonly [number, number, number], count: number, turn: 1 | 2): number[][] {
  const [one, two, three] = first
  return Array.from({ length: count }, (_, at) => {
    const triple = [one + at, two + at, three + at]
    const from = (at * turn) % 3
    return [...triple.slice(from), ...triple.slice(0, from)]
  })
}

const ORDER_512 = [...turning([0, 21, 42], 21, 1), [63]]
const ORDER_256 = [...turning([0, 10, 20], 10, 2), [31, 30]]
/** After so many rounds the patterns come again: 2, 3 and 7 meet. */
const PATTERNS = 42
