import { DAYS, dayOfYear, isoWeek, MONTHS, type Moment, weekday } from './calendar.ts'
import { localSeconds, type Zone } from './zone.ts'

/**
 * A moment in a format of strftime, as Python has it from glibc in the C locale: with the flags `-_0^#` and widths. What
 * is no directive stays as it is.
 */
export function strftime(format: string, moment: Moment, zone: Zone): string {
  return format.replace(DIRECTIVE, (directive, flags: string, width: string, letter: string) => {
    const field = fieldOf(letter, moment, zone)
    return field === undefined
      ? directive
      : laidOut(field, letter, flags, width === '' ? undefined : Number(width))
  })
}

/** What a directive stands for: a text, or a number with as many digits as it has at least. */
type Field = string | { readonly value: number; readonly digits: number; readonly blank?: boolean }

function fieldOf(letter: string, moment: Moment, zone: Zone): Field | undefined {
  const composite = COMPOSITES[letter]
  if (composite !== undefined) return strftime(composite, moment, zone)
  return FIELDS[letter]?.(moment, zone)
}

function laidOut(field: Field, letter: string, flags: string, width: number | undefined): string {
  const wide = Math.min(width ?? 0, WIDEST)
  // Of several flags that pad, the last one counts.
  const pad = /[-_0](?=[^-_0]*$)/.exec(flags)?.[0]
  if (typeof field === 'string') {
    const text = flags.includes('^')
      ? field.toUpperCase()
      : flags.includes('#')
        ? swapped(field, letter)
        : field
    return text.padStart(wide, pad === '0' ? '0' : ' ')
  }
  const { value, digits, blank = false } = field
  const filler = pad === '_' || pad === '-' || (blank && pad !== '0') ? ' ' : '0'
  const size = width ?? (pad === '-' ? 0 : digits)
  const sign = value < 0 ? '-' : ''
  const bare = String(Math.abs(value))
  if (filler === ' ') return `${sign}${bare}`.padStart(Math.min(size, WIDEST), ' ')
  return sign + bare.padStart(Math.min(size, WIDEST) - sign.length, '0')
}

function swapped(text: string, letter: string): string {
  if (letter === 'p' || letter === 'Z') return text.toLowerCase()
  return NAMES.has(letter) ? text.toUpperCase() : text
}

const number = (value: number, digits: number, blank = false): Field => ({ value, digits, blank })
const modulo = (value: number, by: number) => ((value % by) + by) % by

/** The week of the year, which begins with a day: weeks before the first such day are week 0. */
const week = (moment: Moment, from: number) =>
  Math.floor((dayOfYear(moment) + 6 - modulo(weekday(moment) - from, 7)) / 7)

const hour12 = ({ hour }: Moment) => hour % 12 || 12

function offsetText({ offset }: Zone): string {
  const minutes = Math.floor(Math.abs(offset) / 60)
  const digits = (value: number) => String(value).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${digits(Math.floor(minutes / 60))}${digits(minutes % 60)}`
}

const FIELDS: { readonly [letter: string]: (moment: Moment, zone: Zone) => Field } = {
  a: (moment) => DAYS[weekday(moment)]!.slice(0, 3),
  A: (moment) => DAYS[weekday(moment)]!,
  b: ({ month }) => MONTHS[month - 1]!.slice(0, 3),
  B: ({ month }) => MONTHS[month - 1]!,
  h: ({ month }) => MONTHS[month - 1]!.slice(0, 3),
  C: ({ year }) => number(Math.floor(year / 100), 2),
  d: ({ day }) => number(day, 2),
  e: ({ day }) => number(day, 2, true),
  g: (moment) => number(modulo(isoWeek(moment).year, 100), 2),
  G: (moment) => number(isoWeek(moment).year, 1),
  H: ({ hour }) => number(hour, 2),
  I: (moment) => number(hour12(moment), 2),
  j: (moment) => number(dayOfYear(moment), 3),
  k: ({ hour }) => number(hour, 2, true),
  l: (moment) => number(hour12(moment), 2, true),
  m: ({ month }) => number(month, 2),
  M: ({ minute }) => number(minute, 2),
  n: () => '\n',
  p: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  P: ({ hour }) => (hour < 12 ? 'am' : 'pm'),
  s: (moment) => number(localSeconds(moment), 1),
  S: ({ second }) => number(second, 2),
  t: () => '\t',
  u: (moment) => number(weekday(moment) + 1, 1),
  U: (moment) => number(week(moment, 6), 2),
  V: (moment) => number(isoWeek(moment).week, 2),
  w: (moment) => number((weekday(moment) + 1) % 7, 1),
  W: (moment) => number(week(moment, 0), 2),
  y: ({ year }) => number(modulo(year, 100), 2),
  Y: ({ year }) => number(year, 1),
  z: (_, zone) => offsetText(zone),
  Z: (_, { name }) => name,
  '%': () => '%',
}

const NAMES: ReadonlySet<string> = new Set('aAbBh')

const COMPOSITES: { readonly [letter: string]: string } = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  T: '%H:%M:%S',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
}

const DIRECTIVE = /%([-_0^#]*)(\d*)[EO]?([A-Za-z%])/g
const WIDEST = 1024
