/**
 * The source of an expression for a whole text in which anything may stand between pieces, which are sources too and
 * hold no groups. A piece is taken where it fits first, which leaves most room for the others, and never anywhere else:
 * `a*a*a*b` would otherwise try all ways to lay three pieces over a long name.
 */
export function spread(pieces: readonly string[], anything: string): string {
  const [first = '', ...others] = pieces
  const last = others.pop()
  if (last === undefined) return `^${first}$`
  const between = others
    .filter((piece) => piece !== '')
    .map((piece, index) => `(?=(${anything}*?${piece}))\\${index + 1}`)
  return `^${first}${between.join('')}${anything}*${last}$`
}
