import { PythonError } from '../errors.ts'
import { checkLength } from '../limits.ts'
import { itemsOf } from '../sequence.ts'
import { isTruthy } from '../truth.ts'
import { Tuple } from '../tuple.ts'
import { typeName } from '../type-name.ts'
import { Undefined } from '../undefined.ts'
import { intArgument, type Methods, method, textArgument } from './define.ts'

// What Python takes for a blank, and for the end of a line.
const BLANK = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const BLANKS = new RegExp(`${BLANK}+`)
const BLANKS_FIRST = new RegExp(`^${BLANK}+`)
const NOT_BLANK = new RegExp(`(?!${BLANK})[\\s\\S]`)
const IS_BLANK = new RegExp(`^${BLANK}+$`)
const LINE = /[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|$)/g

export const splitMethods: Methods<string> = {
  split: method('sep? maxsplit?', (text: string, sep: unknown = null, maxsplit: unknown = -1) => {
    const most = intArgument(maxsplit)
    return sep === null ? splitBlanks(text, most) : split(text, separator(sep), most)
  }),
  rsplit: method('sep? maxsplit?', (text: string, sep: unknown = null, maxsplit: unknown = -1) => {
    const most = intArgument(maxsplit)
    return sep === null ? splitBlanksFromEnd(text, most) : splitFromEnd(text, separator(sep), most)
  }),
  splitlines: method('keepends?', (text: string, keepends: unknown = false) => {
    const lines = text.match(LINE)!.filter((line) => line !== '')
    if (isTruthy(keepends)) return lines
    return lines.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ''))
  }),
  partition: method('sep /', (text: string, sep: unknown) => {
    const mark = separator(sep)
    const at = text.indexOf(mark)
    if (at === -1) return Tuple.of(text, '', '')
    return Tuple.of(text.slice(0, at), mark, text.slice(at + mark.length))
  }),
  rpartition: method('sep /', (text: string, sep: unknown) => {
    const mark = separator(sep)
    const at = text.lastIndexOf(mark)
    if (at === -1) return Tuple.of('', '', text)
    return Tuple.of(text.slice(0, at), mark, text.slice(at + mark.length))
  }),
  join: method('iterable /', (text: string, iterable: unknown) => {
    const items = itemsOf(iterable)
    let length = 0
    for (let at = 0; at < items.length; at += 1) {
      const item = items[at]
      if (item instanceof Undefined) item.fail()
      if (typeof item !== 'string')
        throw new PythonError(
          'TypeError',
          `sequence item ${at}: expected str instance, ${typeName(item)} found`,
        )
      length += item.length + text.length
    }
    checkLength(length, 'characters')
    return items.join(text)
  }),
  strip: method('chars? /', (text: string, chars: unknown = null) => strip(text, chars, true, true)),
  lstrip: method('chars? /', (text: string, chars: unknown = null) => strip(text, chars, true, false)),
  rstrip: method('chars? /', (text: string, chars: unknown = null) => strip(text, chars, false, true)),
  isspace: method('', (text: string) => IS_BLANK.test(text)),
}

function separator(given: unknown): string {
  const text = textArgument(given, 'the separator')
  if (text === '') throw new PythonError('ValueError', 'empty separator')
  return text
}

function split(text: string, mark: string, most: number): string[] {
  const parts = text.split(mark)
  if (most < 0 || parts.length - 1 <= most) return parts
  return [...parts.slice(0, most), parts.slice(most).join(mark)]
}

function splitFromEnd(text: string, mark: string, most: number): string[] {
  const parts: string[] = []
  let end = text.length
  for (let at = text.lastIndexOf(mark); at !== -1 && (most < 0 || parts.length < most); ) {
    parts.unshift(text.slice(at + mark.length, end))
    end = at
    at = end < mark.length ? -1 : text.lastIndexOf(mark, end - mark.length)
  }
  return [text.slice(0, end), ...parts]
}

function splitBlanks(text: string, most: number): string[] {
  if (most < 0) return text.split(BLANKS).filter((part) => part !== '')
  const parts: string[] = []
  let rest = text.replace(BLANKS_FIRST, '')
  while (rest !== '' && parts.length < most) {
    const end = rest.search(BLANKS)
    if (end === -1) break
    parts.push(rest.slice(0, end))
    rest = rest.slice(end).replace(BLANKS_FIRST, '')
  }
  return rest === '' ? parts : [...parts, rest]
}

function splitBlanksFromEnd(text: string, most: number): string[] {
  const back = (part: string) => [...part].reverse().join('')
  return splitBlanks(back(text), most).map(back).reverse()
}

function strip(text: string, chars: unknown, left: boolean, right: boolean): string {
  const isStripped = chars === null ? undefined : new Set(textArgument(chars, 'the characters to strip'))
  if (isStripped === undefined) return stripBlanks(text, left, right)
  const characters = itemsOf(text) as string[]
  let [from, to] = [0, characters.length]
  while (left && from < to && isStripped.has(characters[from]!)) from += 1
  while (right && to > from && isStripped.has(characters[to - 1]!)) to -= 1
  return characters.slice(from, to).join('')
}

function stripBlanks(text: string, left: boolean, right: boolean): string {
  const from = left ? text.search(NOT_BLANK) : 0
  if (from === -1) return ''
  let to = text.length
  while (right && to > from && BLANKS.test(text[to - 1]!)) to -= 1
  return text.slice(from, to)
}
