import { SyntaxFault } from './syntax-error.ts'

const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const ESCAPE = /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g

/** A text as Python reads it between quotes; what it has no meaning for stays as it is. `start`: where it stands. */
export function unescapeText(text: string, start: number): string {
  return text.replace(ESCAPE, (written, octal, byte, unit, point, other, offset: number) => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
    const code = byte ?? unit ?? point
    if (code !== undefined) return character(Number.parseInt(code, 16), written, start + offset)
    if (Object.hasOwn(SIMPLE, other)) return SIMPLE[other]!
    if (Object.hasOwn(DIGITS, other)) {
      throw new SyntaxFault(
        `\\${other} needs ${DIGITS[other]} hexadecimal digits`,
        start + offset,
        start + offset + 2,
      )
    }
    return written
  })
}

function character(code: number, written: string, at: number): string {
  if (code <= 0x10ffff) return String.fromCodePoint(code)
  throw new SyntaxFault(`there is no character ${written}`, at, at + written.length)
}
