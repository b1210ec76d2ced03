import { unicodeClass, unicodeEscape } from './regexp-unicode.ts'

/**
 * A regular expression in Python's syntax (docs.python.org/3/library/re.html). `flags` are JavaScript's letters
 * and add to those the pattern sets itself with `(?i)`. With `u` letters, digits and blanks are those of all scripts,
 * and a character is one, as in Python; on texts of ASCII that makes no difference but in time. Raises an Error with a
 * sentence.
 */
export function pythonRegExp(pattern: string, flags = ''): RegExp {
  const inline = /^(?:\(\?[a-zA-Z]+\))*/.exec(pattern)![0]
  const letters = new Set(flags)
  for (const letter of inline.replace(/\W/g, '')) {
    if ('imsx'.includes(letter)) letters.add(letter)
    else if (!'ua'.includes(letter))
      throw new Error(`the flag (?${letter}) of a regular expression is not known here`)
  }
  const written = pattern.slice(inline.length)
  const body = letters.delete('x') ? withoutBlanks(written) : written
  try {
    return new RegExp(translate(body, letters), [...letters].join(''))
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: .*: /s, '').toLowerCase()
    throw new Error(`"${pattern}" is not a regular expression: ${reason}`)
  }
}

/** Under the flag x blanks and comments mean nothing outside of classes. */
function withoutBlanks(pattern: string): string {
  const pieces = /(\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\])|\s+|#[^\n]*/g
  return pattern.replace(pieces, (_, kept: string | undefined) => kept ?? '')
}

// In this order: escapes, classes, groups that start with (?, repetitions, braces and brackets that mean themselves, and
// the three that mean lines.
const PIECE =
  /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?(?:P<|P=\w+\)|#[^)]*\)|\(|[a-zA-Z-]+[:)])|\{(?:\d+(?:,\d*)?|,\d*)\}|[{}\]]|[.^$]/g

const END = '(?![\\s\\S])'

function translate(pattern: string, flags: ReadonlySet<string>): string {
  const [multiline, dotAll, unicode] = [flags.has('m'), flags.has('s'), flags.has('u')]
  return pattern.replace(PIECE, (piece) => {
    if (piece.startsWith('\\')) return translateEscape(piece, unicode)
    if (piece.startsWith('[')) return unicode ? unicodeClass(piece) : translateClass(piece)
    if (/^\{.+\}$/.test(piece)) return piece.replace('{,', '{0,')
    switch (piece) {
      // JavaScript's own ., ^ and $ know more line ends than \n, and its $ does not pass over a last one.
      case '.':
        return dotAll ? '[\\s\\S]' : '[^\\n]'
      case '^':
        return multiline ? '(?<![^\\n])' : '(?<![\\s\\S])'
      case '$':
        return multiline ? `(?=\\n|${END})` : `(?=\\n?${END})`
      case '{':
      case '}':
      case ']':
        return `\\${piece}`
      case '(?P<':
        return '(?<'
      default:
        break
    }
    if (piece.startsWith('(?P=')) return `\\k<${piece.slice(4, -1)}>`
    if (piece.startsWith('(?#')) return ''
    throw new Error(`${piece} is not known here`)
  })
}

function translateEscape(written: string, unicode: boolean): string {
  switch (written) {
    case '\\A':
      return '(?<![\\s\\S])'
    case '\\Z':
      return END
    case '\\a':
      return '\\x07'
    default:
      break
  }
  if (written.startsWith('\\U') && !unicode) return codePoint(written)
  if (/^\\[a-zA-Z]$/.test(written) && !'bBdDsSwWnrtfv'.includes(written[1]!)) {
    throw new Error(`${written} means nothing in it`)
  }
  return unicode ? unicodeEscape(written) : written
}

/** In Python a ] that comes first is one of the characters. */
function translateClass(text: string): string {
  return text.replace(/^(\[\^?)\]/, '$1\\]').replace(/\\(?:U[0-9a-fA-F]{8}|[\s\S])/g, (written) => {
    if (written === '\\a') return '\\x07'
    return written.length > 2 ? codePoint(written) : written
  })
}

/** `\U0001f600` as the UTF-16 units that a regular expression without the flag u knows. */
function codePoint(written: string): string {
  const units = String.fromCodePoint(Number.parseInt(written.slice(2), 16)).split('')
  return units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
}

/** What takes the place of a match, for `replace` and `replaceAll`. */
/** What is wrong with the regular expressions of options: a sentence each, which begins with the name of the option. */
export function regexpProblems(
  given: Iterable<readonly [option: string, pattern: string | undefined]>,
): string[] {
  const found: string[] = []
  for (const [option, pattern] of given) {
    try {
      if (pattern !== undefined) pythonRegExp(pattern)
    } catch (error) {
      found.push(`${option}: ${(error as Error).message}`)
    }
  }
  return found
}

export type Replacement = (match: string, ...rest: unknown[]) => string

/**
 * A replacement in Python's syntax: `\1`, `\g<1>` and `\g<name>` stand for groups, `\n` and the like for what
 * they do in texts. A `$` means nothing. Raises an Error with a sentence, also when there is no such group.
 */
export function pythonReplacement(text: string): Replacement {
  const pieces = text.split(/(\\g<\w+>|\\[1-9]\d?|\\[\s\S])/)
  const parts = pieces.map((piece, index) => (index % 2 === 0 ? piece : replacementPart(piece)))
  return (match, ...rest) => {
    const groups = groupsOf(match, rest)
    return parts.map((part) => (typeof part === 'string' ? part : groups(part.group))).join('')
  }
}

const CONTROL: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
}

function replacementPart(piece: string): string | { group: string } {
  const group = /^\\(?:g<(\w+)>|([1-9]\d?))$/.exec(piece)
  if (group !== null) return { group: group[1] ?? group[2]! }
  const letter = piece[1]!
  if (letter === '\\') return '\\'
  const control = CONTROL[letter]
  if (control === undefined && /[a-zA-Z]/.test(letter))
    throw new Error(`${piece} means nothing in a replacement`)
  return control ?? piece
}

/** The arguments that `replace` hands on: the match, its groups, the offset, the text, and the named groups. */
function groupsOf(match: string, rest: readonly unknown[]): (name: string) => string {
  const last = rest.at(-1)
  const named = typeof last === 'object' ? (last as Record<string, string | undefined>) : undefined
  const numbered = [match, ...rest.slice(0, named === undefined ? -2 : -3)] as (string | undefined)[]
  return (name) => {
    const known = /^\d+$/.test(name) ? Number(name) < numbered.length : named !== undefined && name in named
    if (!known) throw new Error(`the regular expression has no group ${name}`)
    return (/^\d+$/.test(name) ? numbered[Number(name)] : named![name]) ?? ''
  }
}
