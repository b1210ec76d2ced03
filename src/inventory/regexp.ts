/** A shell wildcard (*, ?, [abc], [!abc]) as an expression for the whole of a name. */
export function globToRegExp(glob: string): RegExp {
  const source = glob.replace(/\[(!?)(\]?[^\]]*)\]|[\s\S]/g, (piece, not?: string, set?: string) => {
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\^[\]]/g, '\\$&')}]`
    if (piece === '*') return '[\\s\\S]*'
    if (piece === '?') return '[\\s\\S]'
    return piece.replace(/[\\^$.|+()[\]{}]/, '\\$&')
  })
  return new RegExp(`^${source}$`)
}

/** A regular expression in Python's syntax. Throws an Error when it is none. */
export function pythonToRegExp(pattern: string): RegExp {
  const [leading = '', letters = ''] = /^\(\?([aimsux]+)\)/.exec(pattern) ?? []
  const source = pattern
    .slice(leading.length)
    .replace(
      /\\A|\\Z|\(\?P<|\(\?P=(\w+)\)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]/g,
      (piece, name?: string) => {
        if (piece === '\\A') return '^'
        if (piece === '\\Z') return '$'
        if (piece === '(?P<') return '(?<'
        return name === undefined ? piece.replace(/^(\[\^?)\]/, '$1\\]') : `\\k<${name}>`
      },
    )
  return new RegExp(source, letters.replace(/[^ims]/g, ''))
}
