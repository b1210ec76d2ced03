import { type Lookup, type Lookups, type Named, textTerm } from './define.ts'

/** How many numbers one may have. */
const MOST = 100_000
const NUMBER = '(0?x?[0-9a-f]+)'
const SHORT = new RegExp(`^(?:${NUMBER}-)?${NUMBER}(?:/${NUMBER})?(?::(.+))?$`, 'i')

const OPTIONS = {
  start: 'The first number; 1 if nothing is said.',
  end: 'The last number at most.',
  count: 'How many numbers, in place of end.',
  stride: 'From one number to the next; 1 if nothing is said.',
  format: 'How each is written, such as host%02d.',
}

const WORDS = Object.keys(OPTIONS)

type Words = Record<string, string | undefined>

/** Numbers as texts: `5`, `2-10/2:host%02d`, or `start=1 end=9 stride=2 format=x%02d`, in words or by name. */
const sequence: Lookup = (terms, named) =>
  (terms.length === 0 ? [''] : terms).flatMap((term) =>
    numbers(wordsOf(textTerm('sequence', String(term)), named)),
  )

function wordsOf(term: string, named: Named): Words {
  const short = SHORT.exec(term)
  if (short !== null) {
    const [, start, end, stride, format] = short
    return { start, end, stride, format }
  }
  const own = WORDS.flatMap((word) => (named.get(word) === undefined ? [] : [[word, named.text(word)!]]))
  const words: Words = Object.fromEntries(own)
  const odd: string[] = []
  for (const [, word, value] of term.matchAll(/(\w+)=("[^"]*"|'[^']*'|\S*)/g)) {
    if (!WORDS.includes(word!)) odd.push(`'${word}'`)
    words[word!] = value!.replace(/^(["'])(.*)\1$/, '$2')
  }
  if (odd.length > 0) throw new Error(`unrecognized arguments to with_sequence: [${odd.join(', ')}]`)
  return words
}

function numbers(words: Words): string[] {
  const number = (word: string) => whole(word, words[word])
  const start = number('start') ?? 1
  const stride = number('stride') ?? 1
  const count = number('count')
  const last = count === undefined ? number('end') : start + count * stride - Math.sign(stride || 1)
  if (last === undefined) throw new Error('must specify count or end in with_sequence')
  if (count !== undefined && words.end !== undefined)
    throw new Error("can't specify both count and end in with_sequence")
  if (count === 0) return []
  if (stride > 0 && last < start) throw new Error('to count backwards make stride negative')
  if (stride < 0 && last > start) throw new Error("to count forward don't make stride negative")
  if (stride === 0) return []
  const size = Math.floor((last - start) / stride) + 1
  if (size > MOST) throw new Error(`sequence makes ${size} numbers, and there may be ${MOST}`)
  return Array.from({ length: size }, (_, at) => formatted(words.format ?? '%d', start + at * stride))
}

function whole(word: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const sign = text.startsWith('-') ? -1 : 1
  const octal = /^-?0([0-7]+)$/.exec(text)
  const value = octal === null ? Number(text.replace(/^[-+]/, '')) : Number.parseInt(octal[1]!, 8)
  if (text.trim() !== '' && Number.isInteger(value)) return sign * value
  throw new Error(`can't parse ${word}=${text} as integer`)
}

const DIRECTIVE = /%([-+ 0#]*)(\d*)([diouxX])/

/** A number by a printf format of one directive. */
function formatted(format: string, number: number): string {
  if (format.split('%').length !== 2) throw new Error(`bad formatting string: ${format}`)
  if (!DIRECTIVE.test(format)) throw new Error(`problem formatting ${number} with '${format}'`)
  return format.replace(DIRECTIVE, (_, flags: string, width: string, kind: string) =>
    padded(number, flags, Number(width), kind),
  )
}

function padded(number: number, flags: string, width: number, kind: string): string {
  const base = { x: 16, X: 16, o: 8 }[kind] ?? 10
  const digits = Math.abs(number).toString(base)
  const prefix = flags.includes('#') && base !== 10 ? (base === 8 ? '0o' : '0x') : ''
  const sign = number < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const shown = kind === 'X' ? digits.toUpperCase() : digits
  if (flags.includes('-')) return `${sign}${prefix}${shown}`.padEnd(width)
  if (flags.includes('0'))
    return `${sign}${prefix}${shown.padStart(width - sign.length - prefix.length, '0')}`
  return `${sign}${prefix}${shown}`.padStart(width)
}

export const sequenceLookups: Lookups = {
  sequence: {
    find: sequence,
    terms: 'sequences',
    help: 'Numbers as texts: "5", "2-10/2:host%02d", or start=1 end=9 in words or by name.',
    options: OPTIONS,
  },
}
