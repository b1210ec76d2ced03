/** What stands between braces in a template. */
export interface Expression {
  /** Offsets into the template: what stands behind the opening and in front of the end, signs left out. */
  readonly start: number
  readonly end: number
  readonly kind: 'expression' | 'statement'
}

const TAG = /\{\{[-+]?|\{%[-+]?|\{#/g

/** The expressions and statements of a template; undefined where one does not end, or `raw` stands around some. */
export function expressionsIn(text: string): Expression[] | undefined {
  const found: Expression[] = []
  TAG.lastIndex = 0
  for (let tag = TAG.exec(text); tag !== null; tag = TAG.exec(text)) {
    const start = tag.index + tag[0].length
    if (tag[0] === '{#') {
      const end = text.indexOf('#}', start)
      if (end === -1) return undefined
      TAG.lastIndex = end + 2
      continue
    }
    const kind = tag[0].startsWith('{{') ? 'expression' : 'statement'
    const end = endOf(text, start, kind === 'expression' ? '}}' : '%}')
    if (end === undefined) return undefined
    const inner = /[-+]$/.test(text.slice(start, end)) ? end - 1 : end
    if (kind === 'statement' && /^\s*raw\b/.test(text.slice(start, end))) return undefined
    found.push({ start, end: inner, kind })
    TAG.lastIndex = end + 2
  }
  return found
}

/** Where the tag ends, quotes and brackets passed over. */
function endOf(text: string, start: number, end: string): number | undefined {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at]!
    if (depth === 0 && text.startsWith(end, at)) return at
    if (sign === '"' || sign === "'") {
      at = closing(text, at)
      if (at === -1) return undefined
    } else if ('([{'.includes(sign)) depth += 1
    else if (')]}'.includes(sign)) depth -= 1
  }
  return undefined
}

function closing(text: string, at: number): number {
  const quote = text[at]
  for (let next = at + 1; next < text.length; next += 1) {
    if (text[next] === '\\') next += 1
    else if (text[next] === quote) return next
  }
  return -1
}

interface Piece {
  readonly type: 'word' | 'number' | 'text' | 'operator' | 'open' | 'close'
  readonly text: string
}

const PIECE =
  /\s*(?:("(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*')|(\d[\w.]*)|([\p{L}_][\p{L}\p{N}_]*)|(\*\*|\/\/|==|!=|>=|<=|[-+*/%~|<>=.,:])|([([{])|([)\]}]))/uy

function piecesOf(text: string): Piece[] | undefined {
  const pieces: Piece[] = []
  const types = ['text', 'number', 'word', 'operator', 'open', 'close'] as const
  const end = text.trimEnd().length
  PIECE.lastIndex = 0
  while (PIECE.lastIndex < end) {
    const match = PIECE.exec(text)
    if (match === null) return undefined
    const index = match.findIndex((group, at) => at > 0 && group !== undefined)
    pieces.push({ type: types[index - 1]!, text: match[index]! })
  }
  return pieces
}

/** Words behind which a value begins. */
const BEFORE_VALUE = new Set([
  'and',
  'or',
  'not',
  'in',
  'is',
  'if',
  'else',
  'elif',
  'for',
  'set',
  'do',
  'with',
  'return',
  'lambda',
  'recursive',
])

/**
 * An expression as Python's people write it: one blank around operators, none within brackets and in front of commas, one
 * behind them. Undefined where it is none that can be told, or one over several lines, or one that no Python is (`a ~ b`,
 * `a if b`): those stay as they are.
 */
export function spaced(text: string): string | undefined {
  if (text.includes('\n')) return undefined
  const pieces = piecesOf(text)
  if (pieces === undefined || !isPython(pieces)) return undefined
  const brackets: { text: string; isSlice: boolean }[] = []
  let made = ''
  pieces.forEach((piece, index) => {
    const before = pieces[index - 1]
    if (piece.type === 'close') brackets.pop()
    made +=
      before === undefined || !isApart(before, pieces[index - 2], piece, pieces[index + 1], brackets)
        ? piece.text
        : ` ${piece.text}`
    if (piece.type === 'open')
      brackets.push({ text: piece.text, isSlice: piece.text === '[' && isValue(before) })
  })
  return made
}

/** `~` is a sign of Jinja's alone, `is odd 3` too, and a choice without else. */
function isPython(pieces: readonly Piece[]): boolean {
  let choices = 0
  for (const [index, { type, text }] of pieces.entries()) {
    const before = pieces[index - 1]
    if (type === 'operator' && text === '~') return false
    if (type === 'word' && text === 'if' && index > 0) choices += 1
    if (type === 'word' && text === 'else') choices -= 1
    if (
      isValue(before) &&
      (type === 'word'
        ? !BETWEEN.has(text)
        : type === 'number' || (type === 'text' && before?.type !== 'text'))
    )
      return false
    if (text === ',' && pieces[index + 1]?.type === 'close') return false
  }
  return choices === 0
}

const BETWEEN = new Set(['and', 'or', 'in', 'is', 'not', 'if', 'else', 'for'])

function isValue(piece: Piece | undefined): boolean {
  if (piece === undefined) return false
  if (piece.type === 'word') return !BEFORE_VALUE.has(piece.text)
  return piece.type === 'number' || piece.type === 'text' || piece.type === 'close'
}

function isApart(
  before: Piece,
  second: Piece | undefined,
  piece: Piece,
  next: Piece | undefined,
  brackets: readonly { readonly text: string; readonly isSlice: boolean }[],
): boolean {
  const around = brackets.at(-1)
  if (before.type === 'open' || piece.type === 'close') return false
  if (piece.text === ',' || piece.text === '.' || before.text === '.') return false
  if (before.text === ',') return true
  if (piece.text === '=' || before.text === '=') return around?.text !== '('
  if (piece.type === 'open') return piece.text === '{' || !isValue(before) ? !isSign(before, second) : false
  if (piece.text === ':') return false
  if (before.text === ':') return around?.text === '{' || around === undefined
  if (isSign(before, second)) return false
  // Powers of simple values stand without blanks.
  if (piece.text === '**' || before.text === '**')
    return (
      !(isSimple(before) || before.text === '**') ||
      !(next === undefined || isSimple(piece) || piece.text === '**')
    )
  return true
}

/** A minus or plus in front of a value. */
function isSign({ text }: Piece, before: Piece | undefined): boolean {
  return (text === '-' || text === '+') && !isValue(before)
}

function isSimple({ type }: Piece): boolean {
  return type === 'word' || type === 'number'
}
