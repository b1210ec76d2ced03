// Python's \w, \d and \s know the letters, digits and blanks of all scripts; JavaScript's know ASCII's, and other blanks.
const WORD = '\\p{L}\\p{N}_'
const SETS: Readonly<Record<string, string>> = {
  w: WORD,
  d: '\\p{Nd}',
  s: '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000',
}
const IS_WORD = `[${WORD}]`
const EDGE = `(?:(?<=${IS_WORD})(?!${IS_WORD})|(?<!${IS_WORD})(?=${IS_WORD}))`
const NO_EDGE = `(?:(?<=${IS_WORD})(?=${IS_WORD})|(?<!${IS_WORD})(?!${IS_WORD}))`

/** An escape of Python's, outside of a class, for an expression of JavaScript's with the flag u. */
export function unicodeEscape(written: string): string {
  const letter = written[1]!
  if (letter === 'b') return EDGE
  if (letter === 'B') return NO_EDGE
  if (Object.hasOwn(SETS, letter)) return `[${SETS[letter]}]`
  const set = SETS[letter.toLowerCase()]
  return set === undefined ? plainEscape(written) : `[^${set}]`
}

/** A class `[...]` of Python's for an expression with the flag u. What it leaves out (`\W`) is an alternative of its own. */
export function unicodeClass(text: string): string {
  const negated = text.startsWith('[^')
  const parts = text.slice(negated ? 2 : 1, -1).match(PART) ?? []
  const members: string[] = []
  const others: string[] = []
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at]!
    const [dash, end] = [parts[at + 1], parts[at + 2]]
    if (setOf(part) !== undefined) (part[1]! < 'a' ? others : members).push(setOf(part)!)
    else if (dash === '-' && end !== undefined && setOf(end) === undefined) {
      members.push(`${plainEscape(part)}-${plainEscape(end)}`)
      at += 2
    } else members.push(plainEscape(part))
  }
  if (others.length === 0) return `[${negated ? '^' : ''}${members.join('')}]`
  const any = [
    ...(members.length === 0 ? [] : [`[${members.join('')}]`]),
    ...others.map((set) => `[^${set}]`),
  ].join('|')
  return negated ? `(?:(?!${any})[\\s\\S])` : `(?:${any})`
}

const PART = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[\s\S])|[\s\S]/gu

function setOf(part: string): string | undefined {
  return /^\\[wdsWDS]$/.test(part) ? SETS[part[1]!.toLowerCase()] : undefined
}

/** One character, escaped as the flag u wants it. */
function plainEscape(part: string): string {
  if (part.startsWith('\\U')) return `\\u{${part.slice(2)}}`
  if (part === '\\a') return '\\x07'
  const sign = part.startsWith('\\') && part.length > 1 ? part.slice(1) : part
  if (sign !== part && /^[a-z0-9]/i.test(sign)) return part
  return /^[\^$\\.*+?()[\]{}|/-]$/.test(sign) ? `\\x${sign.charCodeAt(0).toString(16)}` : sign
}
