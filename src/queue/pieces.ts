import type { Seal } from './key.ts'

/** Bytes of a file that travel at a time. */
export const PIECE = 1024 * 1024
/** How long a piece stays in Redis that nobody takes, in ms. */
export const PIECE_STAYS = 30_000

/** Which piece of which content: "NAME.7". */
export type PieceName = string

export function pieceNames(name: string, size: number): PieceName[] {
  return Array.from({ length: Math.ceil(size / PIECE) }, (_, at) => `${name}.${at}`)
}

/** The content, and the number, that a piece's name tells. */
export function readPieceName(piece: PieceName): { name: string; number: number } {
  const dot = piece.lastIndexOf('.')
  return { name: piece.slice(0, dot), number: Number(piece.slice(dot + 1)) }
}

/** The name of a content by its digest. */
export function contentName(seal: Seal, sha256: string): string {
  return seal.name(`content ${sha256}`)
}

const CONTENT = Buffer.from([0])
const REFUSAL = Buffer.from([1])

/** A piece as it goes through Redis: its bytes, or why it cannot be had. */
export function sealPiece(seal: Seal, run: string, piece: PieceName, of: Buffer | string): Promise<Buffer> {
  const plain = typeof of === 'string' ? [REFUSAL, Buffer.from(of)] : [CONTENT, of]
  return seal.seal(placeOf(run, piece), Buffer.concat(plain))
}

/** Raises NotOurs. */
export async function openPiece(
  seal: Seal,
  run: string,
  piece: PieceName,
  sealed: Buffer,
): Promise<Buffer | string> {
  const plain = await seal.open(placeOf(run, piece), sealed)
  const of = plain.subarray(1)
  return plain[0] === REFUSAL[0] ? of.toString() : of
}

function placeOf(run: string, piece: PieceName): string {
  return `piece ${run} ${piece}`
}
