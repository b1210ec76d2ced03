import { didYouMean } from '../values/problem.ts'
import type { Style } from './paint.ts'

/** Ansible's names of colours, and the parameters of their control sequences (ECMA-48, 8.3.117). */
const NAMES: Readonly<Record<string, string>> = {
  black: '30',
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  purple: '35',
  magenta: '35',
  cyan: '36',
  'bright gray': '37',
  'dark gray': '1;30',
  'bright red': '1;31',
  'bright green': '1;32',
  'bright yellow': '1;33',
  'bright blue': '1;34',
  'bright purple': '1;35',
  'bright magenta': '1;35',
  'bright cyan': '1;36',
  white: '1;37',
  normal: '',
}

/**
 * What begins a colour on a terminal: by a name of Ansible's, or `rgbRGB` with digits from 0 to 5, `grayN` with N from 0
 * to 23, `colorN` with N from 0 to 255. Raises an Error that says what is expected.
 */
export function readColor(text: string): string {
  const word = text.trim().toLowerCase().replace(/\s+/g, ' ')
  const named = Object.hasOwn(NAMES, word) ? NAMES[word] : undefined
  if (named !== undefined) return named
  const [, kind, digits] = /^(rgb|gray|color)(\d+)$/.exec(word) ?? []
  const number = digits === undefined ? Number.NaN : numberOf(kind!, digits)
  if (number >= 0) return `38;5;${number}`
  const hint = didYouMean(word, Object.keys(NAMES))
  const known = `${Object.keys(NAMES).join(', ')}, rgb000 to rgb555, gray0 to gray23, or color0 to color255`
  throw new Error(`a colour is expected${hint === undefined ? `: ${known}` : `; ${hint}`}`)
}

/** The number of a colour among the 256 of terminals; -1 if there is none. */
function numberOf(kind: string, digits: string): number {
  const number = Number(digits)
  if (kind === 'color') return number < 256 ? number : -1
  if (kind === 'gray') return number < 24 ? 232 + number : -1
  return /^[0-5]{3}$/.test(digits) ? 16 + Number.parseInt(digits, 6) : -1
}

/** Which styles Ansible's setting of a colour is for. */
const STYLES: Readonly<Record<string, readonly Style[]>> = {
  ok: ['ok'],
  changed: ['changed'],
  skip: ['skipped'],
  error: ['failed'],
  unreachable: ['unreachable'],
  warn: ['warning'],
  deprecate: ['deprecated'],
  highlight: ['bold'],
  console_prompt: ['prompt'],
  verbose: ['verbose'],
  debug: ['debug'],
  diff_add: ['added'],
  diff_remove: ['removed'],
  diff_lines: ['hunk'],
}

/** The codes of styles for which a colour is set; `colors` has them by the names of Ansible's settings. */
export function styleCodes(colors: Readonly<Record<string, string>>): ReadonlyMap<Style, string> {
  const codes = Object.entries(colors).flatMap(([name, code]) =>
    (STYLES[name] ?? []).map((style): [Style, string] => [style, code]),
  )
  return new Map(codes)
}
