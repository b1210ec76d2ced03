import { itemsOf } from '../python/sequence.ts'
import { integer, text } from './given.ts'

const BLANK = /[\s\x1c-\x1f\x85]/
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/

/** A method of Python's str, by its name. */
export function method(value: string, name: string, ...args: readonly unknown[]): unknown {
  const does = METHODS[name]
  if (does === undefined) throw new Error(`texts have no method "${name}"`)
  return does(value, ...args)
}

const METHODS: Readonly<Record<string, (value: string, ...args: readonly unknown[]) => unknown>> = {
  upper: (value) => value.toUpperCase(),
  lower: (value) => value.toLowerCase(),
  islower: (value) => value !== value.toUpperCase() && value === value.toLowerCase(),
  isupper: (value) => value !== value.toLowerCase() && value === value.toUpperCase(),
  capitalize: (value) => {
    const [first = '', ...rest] = itemsOf(value) as string[]
    const [initial = '', ...more] = itemsOf(first.toUpperCase()) as string[]
    return initial + (more.join('') + rest.join('')).toLowerCase()
  },
  splitlines: (value) => {
    const lines = value.split(LINE_END)
    if (lines.at(-1) === '') lines.pop()
    return lines
  },
  strip: (value, chars) => {
    const isOut = (sign: string) => (chars === null ? BLANK.test(sign) : text(chars).includes(sign))
    const signs = itemsOf(value) as string[]
    const from = signs.findIndex((sign) => !isOut(sign))
    return from === -1 ? '' : signs.slice(from, signs.findLastIndex((sign) => !isOut(sign)) + 1).join('')
  },
  replace: (value, old, other, count) => {
    const most = integer(count) < 0 ? Number.POSITIVE_INFINITY : integer(count)
    if (old === '') {
      const signs = itemsOf(value) as string[]
      return [...signs, ''].map((sign, index) => (index < most ? text(other) + sign : sign)).join('')
    }
    let done = 0
    return value.replaceAll(text(old), (found) => {
      done += 1
      return done > most ? found : text(other)
    })
  },
  center: (value, width) => {
    const lacking = Math.max(0, integer(width) - itemsOf(value).length)
    const left = Math.floor(lacking / 2) + (lacking & integer(width) & 1)
    return ' '.repeat(left) + value + ' '.repeat(lacking - left)
  },
  split: (value, separator, maxsplit) => {
    const most = integer(maxsplit) < 0 ? Number.POSITIVE_INFINITY : integer(maxsplit)
    if (separator !== null && text(separator) === '') throw new Error('the separator is empty')
    const parts = separator === null ? value.replace(/^[\s\x1c-\x1f\x85]+/, '') : value
    const between = separator === null ? /[\s\x1c-\x1f\x85]+/ : text(separator)
    const found: string[] = []
    let rest = parts
    while (found.length < most) {
      const match = typeof between === 'string' ? rest.indexOf(between) : rest.search(between)
      if (match === -1) break
      found.push(rest.slice(0, match))
      rest = rest.slice(
        match + (typeof between === 'string' ? between.length : between.exec(rest)![0].length),
      )
    }
    return separator === null && rest === '' ? found : [...found, rest]
  },
}
