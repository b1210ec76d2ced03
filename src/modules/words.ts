/**
 * Splits a command line into words as Ansible does: blanks separate, quotes and backslashes protect, nothing is
 * expanded (Python's shlex.split). Raises an Error with a sentence for a quote that does not end.
 */
export function splitWords(line: string): string[] {
  const found: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!
    if (/\s/.test(char)) {
      if (word !== undefined) found.push(word)
      word = undefined
    } else if (char === "'" || char === '"') {
      const quoted = char === "'" ? singleQuoted(line, at) : doubleQuoted(line, at)
      word = (word ?? '') + quoted.text
      at = quoted.end
    } else if (char === '\\') {
      at += 1
      if (at === line.length) throw new Error('the command ends with a lone backslash')
      word = (word ?? '') + line[at]
    } else word = (word ?? '') + char
  }
  if (word !== undefined) found.push(word)
  return found
}

/** The first word of a command line, read as `splitWords` does, and what is behind it as it is written. */
export function firstWord(line: string): { word: string; rest: string } {
  const written = /^\s*(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|[^\s'"\\])*/.exec(line)![0]
  return { word: splitWords(written)[0] ?? '', rest: line.slice(written.length).trim() }
}

interface Quoted {
  readonly text: string
  /** Where the closing quote stands. */
  readonly end: number
}

function singleQuoted(line: string, start: number): Quoted {
  const end = line.indexOf("'", start + 1)
  if (end === -1) throw new Error(`no closing quote in the command: ${line.slice(start)}`)
  return { text: line.slice(start + 1, end), end }
}

function doubleQuoted(line: string, start: number): Quoted {
  let text = ''
  for (let at = start + 1; at < line.length; at++) {
    const char = line[at]!
    if (char === '"') return { text, end: at }
    const protects = char === '\\' && (line[at + 1] === '"' || line[at + 1] === '\\')
    if (protects) at += 1
    text += protects ? line[at] : char
  }
  throw new Error(`no closing quote in the command: ${line.slice(start)}`)
}
