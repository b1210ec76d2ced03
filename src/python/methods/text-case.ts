import { type Methods, method } from './define.ts'

/** Runs of letters: what lies between them starts a new word for `title`. */
const CASED = /[\p{Uppercase}\p{Lowercase}\p{Lt}]+/gu
const DIGRAPHS: { readonly [char: string]: string } = {
  ǆ: 'ǅ',
  Ǆ: 'ǅ',
  ǉ: 'ǈ',
  Ǉ: 'ǈ',
  ǌ: 'ǋ',
  Ǌ: 'ǋ',
  ǳ: 'ǲ',
  Ǳ: 'ǲ',
}

export const caseMethods: Methods<string> = {
  upper: method('', (text: string) => text.toUpperCase()),
  lower: method('', (text: string) => text.toLowerCase()),
  casefold: method('', (text: string) => casefold(text)),
  capitalize: method('', (text: string) => capitalized(text)),
  title: method('', (text: string) => text.replace(CASED, capitalized)),
  swapcase: method('', (text: string) =>
    text.replace(/\p{Uppercase}+|\p{Lowercase}+/gu, (run) =>
      /^\p{Uppercase}/u.test(run) ? run.toLowerCase() : run.toUpperCase(),
    ),
  ),
  islower: method('', (text: string) => /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text)),
  isupper: method('', (text: string) => /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text)),
  istitle: method('', (text: string) => {
    const words = text.match(CASED) ?? []
    return words.length > 0 && words.every((word) => /^[\p{Uppercase}\p{Lt}]\p{Lowercase}*$/u.test(word))
  }),
}

function capitalized(text: string): string {
  if (text === '') return text
  const initial = String.fromCodePoint(text.codePointAt(0)!)
  const upper = DIGRAPHS[initial] ?? titled(initial.toUpperCase())
  return upper + text.toLowerCase().slice(initial.toLowerCase().length)
}

/** ß becomes Ss where it comes first. */
function titled(upper: string): string {
  const [first = '', ...rest] = upper
  return first + rest.join('').toLowerCase()
}

function casefold(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase()
  return Array.from(text, (char) => (char === 'ı' ? char : char.toUpperCase().toLowerCase())).join('')
}
