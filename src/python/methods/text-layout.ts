import { mapOf } from '../../values/keys.ts'
import { keyOf } from '../equality.ts'
import { PythonError } from '../errors.ts'
import { formatFields } from '../format/fields.ts'
import { character } from '../format/value.ts'
import { checkLength } from '../limits.ts'
import { itemsOf, textLength } from '../sequence.ts'
import { itemOf } from '../slices.ts'
import { isDict, typeName } from '../type-name.ts'
import type { PyDict } from '../types.ts'
import { intArgument, type Methods, method, textArgument } from './define.ts'

type Padding = (missing: number, width: number) => readonly [number, number]

const justified = (padding: Padding) =>
  method('width fillchar? /', (text: string, width: unknown, fillchar: unknown = ' ') => {
    const wide = intArgument(width)
    const fill = textArgument(fillchar, 'the fill character')
    if (textLength(fill) !== 1)
      throw new PythonError('TypeError', 'The fill character must be exactly one character long')
    const missing = wide - textLength(text)
    if (missing <= 0) return text
    checkLength(wide, 'characters')
    const [left, right] = padding(missing, wide)
    return fill.repeat(left) + text + fill.repeat(right)
  })

export const layoutMethods: Methods<string> = {
  ljust: justified((missing) => [0, missing]),
  rjust: justified((missing) => [missing, 0]),
  center: justified((missing, width) => {
    const left = Math.floor(missing / 2) + (missing & width & 1)
    return [left, missing - left]
  }),
  zfill: method('width /', (text: string, width: unknown) => {
    const wide = intArgument(width)
    checkLength(wide, 'characters')
    const sign = /^[+-]/.exec(text)?.[0] ?? ''
    return sign + '0'.repeat(Math.max(0, wide - textLength(text))) + text.slice(sign.length)
  }),
  expandtabs: method('tabsize?', (text: string, tabsize: unknown = 8) =>
    expandTabs(text, intArgument(tabsize)),
  ),
  format: (text, args, named) => formatFields(text, { args, named }),
  format_map: method('mapping /', (text: string, mapping: unknown) => {
    if (isDict(mapping)) return formatFields(text, { args: [], named: mapping })
    throw new PythonError('TypeError', `'${typeName(mapping)}' object is not subscriptable`)
  }),
  // There are no bytes here: texts are encoded where they are written.
  encode: method('encoding? errors?', (text: string) => text),
  maketrans: method('x y? z? /', (_: string, from: unknown, to: unknown = null, without: unknown = '') =>
    table(from, to, without),
  ),
  translate: method('table /', (text: string, codes: unknown) =>
    Array.from(text, (char) => translated(char, itemOf(codes, char.codePointAt(0)))).join(''),
  ),
}

function expandTabs(text: string, size: number): string {
  let column = 0
  let length = 0
  return text.replace(/\t|[\n\r]|[^\t\n\r]+/g, (piece) => {
    if (piece === '\n' || piece === '\r') column = 0
    if (piece !== '\t') {
      if (piece !== '\n' && piece !== '\r') column += textLength(piece)
      return piece
    }
    const blanks = size > 0 ? size - (column % size) : 0
    column += blanks
    length += blanks
    checkLength(length, 'characters')
    return ' '.repeat(blanks)
  })
}

/** What `maketrans` gives for `translate`: by code point another one, a text, or None for what is left out. */
function table(from: unknown, to: unknown, without: unknown): PyDict {
  if (to === null) {
    if (!isDict(from))
      throw new PythonError('TypeError', 'if you give only one argument to maketrans it must be a dict')
    return mapOf(Object.entries(from as PyDict).map(([char, by]) => [char.codePointAt(0)!, by] as const))
  }
  const [olds, news] = [from, to].map(
    (part) => itemsOf(textArgument(part, 'an argument of maketrans')) as string[],
  )
  if (olds!.length !== news!.length)
    throw new PythonError('ValueError', 'the first two maketrans arguments must have equal length')
  const left = itemsOf(textArgument(without, 'the third argument of maketrans')) as string[]
  return mapOf([
    ...olds!.map((old, at) => [keyOf(old.codePointAt(0)), news![at]!.codePointAt(0)!] as const),
    ...left.map((char) => [keyOf(char.codePointAt(0)), null] as const),
  ])
}

function translated(char: string, by: unknown): string {
  if (by === undefined) return char
  if (by === null) return ''
  return typeof by === 'number' ? character(by) : textArgument(by, 'what a character is translated to')
}
