/** A word of a line, its quotes taken off, and where it stood in the line. */
export interface Word {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** A character behind a backslash, a quoted stretch, or characters that stand for themselves. */
const PIECE = /\\([\s\S])|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|([^\s'"\\#]+|[^'"\\])/y

/**
 * Splits a line into words as Python's shlex.split does, which is POSIX sh without expansions. With `comments`,
 * a # outside of quotes ends the line. Throws an Error when a quote is not closed.
 */
export function splitWords(line: string, { comments = false } = {}): Word[] {
  const found: Word[] = []
  let word: string | undefined
  let start = 0
  let at = 0
  const finish = () => {
    if (word !== undefined) found.push({ text: word, start, end: at })
    word = undefined
  }
  while (at < line.length && !(comments && line[at] === '#')) {
    if (/\s/.test(line[at]!)) {
      finish()
      at += 1
      continue
    }
    PIECE.lastIndex = at
    const piece = PIECE.exec(line)
    if (piece === null)
      throw new Error(
        line[at] === '\\' ? 'nothing follows the last backslash' : `the quote ${line[at]} is not closed`,
      )
    if (word === undefined) start = at
    const [, escaped, single, double, plain] = piece
    word = (word ?? '') + (escaped ?? single ?? double?.replace(/\\([\\"])/g, '$1') ?? plain)
    at += piece[0].length
  }
  finish()
  return found
}

/** The first word of a line, and what is behind it as it is written. */
export function firstWord(line: string): { word: string; rest: string } {
  const written = /^\s*(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|[^\s'"\\])*/.exec(line)![0]
  return { word: splitWords(written)[0]?.text ?? '', rest: line.slice(written.length).trim() }
}
