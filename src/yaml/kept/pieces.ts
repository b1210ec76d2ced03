import type { BytesReader, BytesWriter } from './bytes.ts'

/** What follows a piece that stands in the file; or the piece is a text of its own. */
const NOTHING = 0
const SPACE = 1
const NEWLINE = 2
const OWN = 3

/** Characters that may stand between two pieces: indentation, quotes, comments behind the head of a block. */
const BETWEEN_AT_MOST = 200

/**
 * A text that is written otherwise than it reads (a block, a folded text, one with escapes), as places of its lines and
 * words in the stretch of the file where it is written. Only what is not found there is kept as a text.
 */
export function writePieces(out: BytesWriter, value: string, written: string): void {
  const pieces = [...piecesOf(value, written)]
  out.number(pieces.length)
  let at = 0
  for (const { text, start, behind } of pieces) {
    if (start === undefined) {
      out.number(OWN)
      out.text(text + BEHIND[behind]!)
      continue
    }
    out.number(text.length * 4 + behind)
    out.number(start - at)
    at = start + text.length
  }
}

export function readPieces(input: BytesReader, written: string): string {
  let value = ''
  let at = 0
  for (let left = input.number(); left > 0; left -= 1) {
    const head = input.number()
    const behind = head & 3
    if (behind === OWN) {
      value += input.text()
      continue
    }
    const start = at + input.number()
    at = start + (head >>> 2)
    value += written.slice(start, at) + BEHIND[behind]!
  }
  return value
}

const BEHIND = ['', ' ', '\n']

interface Piece {
  readonly text: string
  /** Where it is written; undefined where it is not. */
  readonly start: number | undefined
  readonly behind: typeof NOTHING | typeof SPACE | typeof NEWLINE
}

function* piecesOf(value: string, written: string): Generator<Piece> {
  let at = 0
  const found = (text: string, behind: Piece['behind']): Piece | undefined => {
    const near = written.slice(at, at + text.length + BETWEEN_AT_MOST).indexOf(text)
    if (near === -1) return undefined
    const start = at + near
    at = start + text.length
    return { text, start, behind }
  }
  const lines = value.split('\n')
  for (const [number, line] of lines.entries()) {
    const behind = number < lines.length - 1 ? NEWLINE : NOTHING
    const whole = found(line, behind)
    if (whole !== undefined) yield whole
    else {
      const words = line.split(' ')
      for (const [nth, word] of words.entries()) {
        const next = nth < words.length - 1 ? SPACE : behind
        yield found(word, next) ?? { text: word, start: undefined, behind: next }
      }
    }
  }
}
