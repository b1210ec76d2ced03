import { ESCAPE_LETTERS } from '../values/escapes.ts'
import { SyntaxFault } from './syntax-error.ts'

const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  ...ESCAPE_LETTERS,
}
const DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const CODE = /([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})/y

/** A text as Python reads it between quotes; what it has no meaning for stays as it is. `start`: where it stands. */
export function unescapeText(text: string, start: number): string {
  let made = ''
  let at = 0
  for (let slash = text.indexOf('\\'); slash !== -1; slash = text.indexOf('\\', at)) {
    made += text.slice(at, slash)
    const sign = text[slash + 1]!
    at = slash + 2
    if (Object.hasOwn(SIMPLE, sign)) {
      made += SIMPLE[sign]
      continue
    }
    CODE.lastIndex = slash + 1
    const code = CODE.exec(text)
    if (code !== null) {
      const [written, octal, ...hexadecimal] = code
      const number = octal === undefined ? hexadecimal.find((digits) => digits !== undefined)! : octal
      made += character(Number.parseInt(number, octal === undefined ? 16 : 8), `\\${written}`, start + slash)
      at = CODE.lastIndex
    } else if (Object.hasOwn(DIGITS, sign)) {
      const place = start + slash
      throw new SyntaxFault(`\\${sign} needs ${DIGITS[sign]} hexadecimal digits`, place, place + 2)
    } else made += `\\${sign}`
  }
  return made + text.slice(at)
}

function character(code: number, written: string, at: number): string {
  if (code <= 0x10ffff) return String.fromCodePoint(code)
  throw new SyntaxFault(`there is no character ${written}`, at, at + written.length)
}
