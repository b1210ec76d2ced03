import { formatPercent } from '../python/format/percent.ts'
import { itemsOf, lengthOf } from '../python/sequence.ts'
import { repr, str } from '../python/text.ts'
import { isTruthy } from '../python/truth.ts'
import { isDict } from '../python/type-name.ts'
import { keysOf, nameOf } from '../values/keys.ts'
import { filter, type Named } from './define.ts'
import { characters, integer, isText, isUndefined, text, tuple } from './given.ts'
import { method } from './method.ts'

/** What a text is made into. */
export const textFilters = [
  filter('string', [], 'A value as text.', str),
  filter('upper', [], 'A text in capitals.', (value: unknown) => method(str(value), 'upper')),
  filter('lower', [], 'A text in small letters.', (value: unknown) => method(str(value), 'lower')),
  filter('capitalize', [], 'A text with a capital first and small letters behind it.', (value: unknown) =>
    method(str(value), 'capitalize'),
  ),
  filter('title', [], 'A text with a capital at the start of each word.', (value: unknown) =>
    str(value)
      .split(/([-\s({[<]+)/)
      .map((word) => {
        const [first = '', ...rest] = characters(word)
        return `${method(first, 'upper')}${method(rest.join(''), 'lower')}`
      })
      .join(''),
  ),
  filter(
    'trim',
    [{ chars: null }],
    'A text without blanks, or other characters, at its ends.',
    (value: unknown, chars: unknown) => method(str(value), 'strip', chars),
  ),
  filter(
    'replace',
    ['old', 'new', { count: null }],
    'A text with one part in the place of another, all times or so many.',
    (value: unknown, old: unknown, other: unknown, count: unknown) =>
      method(str(value), 'replace', str(old), str(other), count ?? -1),
  ),
  filter(
    'center',
    [{ width: 80 }],
    'A text in the middle of so many characters.',
    (value: unknown, width: unknown) => method(str(value), 'center', integer(width)),
  ),
  filter(
    'format',
    ['*args', '**kwargs'],
    'A text with `%s` and the like filled in.',
    (value: unknown, args: unknown[], named: Named) => {
      const hasNames = Object.keys(named).length > 0
      if (args.length > 0 && hasNames) throw new Error('format takes values in order or by name, not both')
      return formatPercent(str(value), hasNames ? { ...named } : tuple(args))
    },
  ),
  filter(
    'indent',
    [{ width: 4, first: false, blank: false }],
    'A text with its lines but the first moved to the right by so many blanks, or with a text before each.',
    (value: unknown, width: unknown, first: unknown, blank: unknown) => {
      const margin = isText(width) ? width : ' '.repeat(Math.max(0, Number(integer(width))))
      const [start = '', ...lines] = splitLines(`${text(value)}\n`)
      const indented = lines.map((line) => (line !== '' || isTruthy(blank) ? margin + line : line))
      return `${isTruthy(first) ? margin : ''}${[start, ...indented].join('\n')}`
    },
  ),
  filter(
    'truncate',
    [{ length: 255, killwords: false, end: '...', leeway: null }],
    'A text cut short behind a word, or anywhere with `true`, with an ending.',
    (value: unknown, length: unknown, killwords: unknown, end: unknown, leeway: unknown) => {
      const [most, ending] = [Number(integer(length)), text(end)]
      const room = most - characters(ending).length
      const grace = leeway === null ? 5 : Number(integer(leeway))
      if (room < 0) throw new Error(`the length must be at least that of the ending, ${most - room}`)
      if (grace < 0) throw new Error('the leeway must be at least 0')
      if (lengthOf(value) <= most + grace) return value
      const start = characters(text(value)).slice(0, room).join('')
      if (isTruthy(killwords)) return start + ending
      return (start.includes(' ') ? start.slice(0, start.lastIndexOf(' ')) : start) + ending
    },
  ),
  filter(
    'wordcount',
    [],
    'How many words a text has.',
    (value: unknown) => (str(value).match(/[\p{L}\p{N}_\p{M}]+/gu) ?? []).length,
  ),
  filter(
    'split',
    [{ sep: null, maxsplit: -1 }],
    'The parts of a text between blanks, or between another text.',
    (value: unknown, separator: unknown, most: unknown) => method(text(value), 'split', separator, most),
  ),
  filter('quote', [], 'A text as one word for a POSIX shell.', (value: unknown) => {
    const plain = value === null ? '' : str(value)
    return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'"'"'`)}'`
  }),
  filter('escape', [], 'A text with the signs that mean something in HTML written as their names.', escaped),
  filter('forceescape', [], 'The same as escape.', escaped),
  filter('safe', [], 'The text itself: nothing is escaped unless it is asked for.', str),
  filter('striptags', [], 'A text without tags of HTML, its runs of blanks made one.', (value: unknown) =>
    unescaped(
      str(value)
        .replace(/<!--[\s\S]*?-->/g, '')
        .replace(/<[^>]*>/g, '')
        .trim()
        .split(/\s+/)
        .join(' '),
    ),
  ),
  filter(
    'xmlattr',
    [{ autospace: true }],
    'The entries of a map as attributes of XML, with a blank before them.',
    (value: unknown, autospace: unknown) => {
      if (!isDict(value)) throw new Error(`xmlattr takes a map, and ${repr(value)} is none`)
      const entries = keysOf(value).map((key) => [nameOf(key), value[nameOf(key)]] as const)
      const given = entries.filter(([, member]) => member !== null && !isUndefined(member))
      const bad = given.find(([key]) => /[\t\n\v\f\r />=]/.test(key))
      if (bad !== undefined) throw new Error(`"${bad[0]}" cannot be the name of an attribute`)
      const attributes = given.map(([key, member]) => `${escaped(key)}="${escaped(member)}"`).join(' ')
      return isTruthy(autospace) && attributes !== '' ? ` ${attributes}` : attributes
    },
  ),
]

/** The lines of a text; all that Python takes for line ends, ends them. */
export function splitLines(value: string): string[] {
  return itemsOf(method(value, 'splitlines')) as string[]
}

const NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
}

/** A value's text with its signs of HTML written as their names. */
function escaped(value: unknown): string {
  return str(value).replace(/[&<>'"]/g, (sign) => NAMES[sign]!)
}

const SIGNS: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

function unescaped(value: string): string {
  return value.replace(/&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));?/gi, (written, hex, decimal, name) => {
    if (name !== undefined) return SIGNS[name] ?? written
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  })
}
