import { isPrintable } from '../text.ts'
import { type Methods, method } from './define.ts'

const matches = (pattern: () => RegExp) => method('', (text: string) => pattern().test(text))

/** Digits that are none of a number in decimals: ², ①. */
const DIGIT = '\\p{Nd}\\xb2\\xb3\\xb9\\u1369-\\u1371\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468'
const NUMERIC = '\\p{N}一二三四五六七八九十百千万億'

export const kindMethods: Methods<string> = {
  isalpha: matches(() => /^\p{L}+$/u),
  isalnum: matches(() => new RegExp(`^[\\p{L}${NUMERIC}]+$`, 'u')),
  isdecimal: matches(() => /^\p{Nd}+$/u),
  isdigit: matches(() => new RegExp(`^[${DIGIT}]+$`, 'u')),
  isnumeric: matches(() => new RegExp(`^[${NUMERIC}]+$`, 'u')),
  isidentifier: matches(() => /^[\p{XID_Start}_]\p{XID_Continue}*$/u),
  isascii: matches(() => /^[\x00-\x7f]*$/),
  isprintable: method('', (text: string) => isPrintable(text)),
}
