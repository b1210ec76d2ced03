import { spread } from './wildcard.ts'

/** A shell wildcard (*, ?, [abc], [!abc]) as an expression for the whole of a name. */
export function globToRegExp(glob: string): RegExp {
  const pieces = ['']
  for (const [piece, not, set] of glob.matchAll(/\[(!?)(\]?[^\]]*)\]|[\s\S]/g)) {
    if (piece === '*') pieces.push('')
    else pieces.push(pieces.pop() + sourceOf(piece, not, set))
  }
  return new RegExp(spread(pieces, '[\\s\\S]'))
}

function sourceOf(piece: string, not?: string, set?: string): string {
  if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\^[\]]/g, '\\$&')}]`
  return piece === '?' ? '[\\s\\S]' : piece.replace(/[\\^$.|+()[\]{}]/, '\\$&')
}
