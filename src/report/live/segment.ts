import type { Style, Theme } from '../paint.ts'
import { fit, width } from '../text.ts'

/** A part of a row, not yet painted. */
export type Segment = readonly [text: string, style?: Style]

/** Paints pieces one after the other, cutting what would not fit. */
export function row(pieces: readonly Segment[], wide: number, look: Theme): string {
  let left = wide
  let painted = ''
  // Spaces that nothing follows are not cut: a mark would say that there is more.
  const last = pieces.findLastIndex(([text]) => text.trim() !== '')
  for (const [at, [piece, style]] of pieces.entries()) {
    if (at > last) break
    const text = at === last ? piece.trimEnd() : piece
    const fitting = fit(text, left, look.symbols.cut)
    left -= width(fitting)
    painted += style === undefined ? fitting : look.paint(style, fitting)
    if (fitting !== text) break
  }
  return painted.trimEnd()
}

/** Milliseconds as `7 s`, `1:05`, `1:02:03`. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  const two = (number: number): string => String(number).padStart(2, '0')
  const minutes = `${Math.floor(seconds / 60) % 60}`
  if (seconds < 3600) return `${minutes}:${two(seconds % 60)}`
  return `${Math.floor(seconds / 3600)}:${minutes.padStart(2, '0')}:${two(seconds % 60)}`
}
