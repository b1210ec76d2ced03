import { normal } from '../../python/numbers.ts'
import { str } from '../../python/text.ts'
import { didYouMean } from '../../values/problem.ts'

interface Mac {
  readonly number: bigint
  readonly bits: 48 | 64
}

const FORMS = [
  /^(?:[\da-f]{1,2}[:-]){5}[\da-f]{1,2}$/i,
  /^(?:[\da-f]{1,2}[:-]){7}[\da-f]{1,2}$/i,
  /^(?:[\da-f]{1,4}[.:-]){2}[\da-f]{1,4}$/i,
  /^(?:[\da-f]{1,4}[.:-]){3}[\da-f]{1,4}$/i,
  /^[\da-f]{5,6}[:-][\da-f]{5,6}$/i,
  /^(?:[\da-f]{10,12}|[\da-f]{16})$/i,
]

/** A MAC address in any of the ways in which they are written; undefined for anything else. */
export function parseMac(text: string): Mac | undefined {
  if (!FORMS.some((form) => form.test(text))) return numbered(text)
  const words = text.split(/[.:-]/)
  const bits =
    words.length === 8 || words.length === 4 || (words.length === 1 && text.length === 16) ? 64 : 48
  const width = words.length === 1 ? bits / 4 : bits / 4 / words.length
  const digits = words.map((word) => word.padStart(width, '0')).join('')
  return { number: BigInt(`0x${digits}`), bits }
}

/** A number, which Python takes for an address too. */
function numbered(text: string): Mac | undefined {
  const number = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined
  if (number === undefined || number >= 1n << 64n) return undefined
  return { number, bits: number < 1n << 48n ? 48 : 64 }
}

const split = (digits: string, width: number) => digits.match(new RegExp(`.{${width}}`, 'g'))!

const QUERIES: Readonly<Record<string, (mac: Mac, digits: string) => unknown>> = {
  bare: (_, digits) => digits.toUpperCase(),
  bool: () => true,
  int: ({ number }) => normal(number),
  cisco: (_, digits) => split(digits, 4).join('.'),
  eui48: (_, digits) => split(digits, 2).join('-').toUpperCase(),
  linux: (_, digits) => split(digits, 2).join(':'),
  pgsql: (_, digits) => split(digits, 6).join(':'),
  postgresql: (_, digits) => split(digits, 6).join(':'),
  psql: (_, digits) => split(digits, 6).join(':'),
  unix: (_, digits) =>
    split(digits, 2)
      .map((byte) => byte.replace(/^0/, ''))
      .join(':'),
  win: (_, digits) => split(digits, 2).join('-').toUpperCase(),
}

/** The address as it stands or as a query writes it; none for what is no MAC address. Raises an Error with a sentence. */
export function hwaddr(value: unknown, query: string): unknown {
  const mac = parseMac(str(value))
  if (query !== '' && !Object.hasOwn(QUERIES, query)) {
    throw new Error(
      `"${query}" is no query; ${didYouMean(query, Object.keys(QUERIES)) ?? `take one of ${Object.keys(QUERIES).join(', ')}`}`,
    )
  }
  if (mac === undefined) {
    if (query === '' || query === 'bool') return null
    throw new Error(`"${str(value)}" is no MAC address`)
  }
  if (query === '') return str(value)
  if (mac.bits === 64 && !['bool', 'int'].includes(query))
    throw new Error(`"${str(value)}" has 64 bits, and ${query} writes 48`)
  return QUERIES[query]!(mac, mac.number.toString(16).padStart(mac.bits / 4, '0'))
}
