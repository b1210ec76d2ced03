import { DAYS, dateOf, dayNumber, daysInMonth, MONTHS } from './calendar.ts'
import { DateTime } from './datetime.ts'

/** The date that a text shows in a format of strptime. Throws if the text does not match, or shows no date. */
export function strptime(text: string, format: string): DateTime {
  const letters: string[] = []
  const found = new RegExp(`^${patternOf(format, letters)}`, 'i').exec(text)
  if (found === null) throw new Error(`"${text}" does not match the format "${format}"`)
  if (found[0].length < text.length)
    throw new Error(`"${text.slice(found[0].length)}" is left over behind the format "${format}"`)
  const parts = new Map(letters.map((letter, at) => [letter, found[at + 1]!]))
  return dateFrom(parts)
}

/** A format as a regular expression; the letters of its directives are added to those given. */
function patternOf(format: string, letters: string[]): string {
  const whole = expanded(format)
  return whole.replace(/%(.?)|\s+|[\\^$.*+?()[\]{}|]/gs, (part, letter?: string) => {
    if (letter === undefined) return /^\s/.test(part) ? '\\s+' : `\\${part}`
    if (letter === '%') return '%'
    const pattern = PATTERNS[letter]
    if (pattern === undefined) throw new Error(`"%${letter}" is no directive of the format "${format}"`)
    if (letters.includes(letter)) throw new Error(`"%${letter}" is twice in the format "${format}"`)
    letters.push(letter)
    return `(${pattern})`
  })
}

function expanded(format: string): string {
  return format.replace(/%(.)/gs, (directive, letter: string) => COMPOSITES[letter] ?? directive)
}

function dateFrom(parts: ReadonlyMap<string, string>): DateTime {
  const { year, month, day } = calendarFrom(parts)
  if (day > daysInMonth(year, month)) throw new Error(`month ${month} of ${year} has no day ${day}`)
  const clock = { hour: hourFrom(parts), minute: numberIn(parts, 'M', 0), second: numberIn(parts, 'S', 0) }
  if (clock.second > 59) throw new Error('a minute has the seconds 0 to 59')
  const microsecond = Number((parts.get('f') ?? '').padEnd(6, '0'))
  return new DateTime({ year, month, day, ...clock }, microsecond, offsetFrom(parts))
}

function calendarFrom(parts: ReadonlyMap<string, string>): { year: number; month: number; day: number } {
  const year = yearFrom(parts)
  if (parts.has('j')) return dateOf(dayNumber(year, 1, 1) + numberIn(parts, 'j', 1) - 1)
  const week = weekFrom(parts, year)
  if (week !== undefined) return dateOf(week)
  return { year, month: monthFrom(parts), day: numberIn(parts, 'd', 1) }
}

function yearFrom(parts: ReadonlyMap<string, string>): number {
  const short = parts.get('y')
  if (short !== undefined) return Number(short) + (Number(short) < 69 ? 2000 : 1900)
  return numberIn(parts, 'Y', numberIn(parts, 'G', 1900))
}

function monthFrom(parts: ReadonlyMap<string, string>): number {
  const name = (parts.get('B') ?? parts.get('b'))?.toLowerCase()
  if (name === undefined) return numberIn(parts, 'm', 1)
  return MONTHS.findIndex((month) => month.toLowerCase().startsWith(name)) + 1
}

/** The day that a week's number and a day of the week say, counted from 1970-01-01. */
function weekFrom(parts: ReadonlyMap<string, string>, year: number): number | undefined {
  const day = weekdayFrom(parts)
  if (day === undefined) return undefined
  const first = dayNumber(year, 1, 1)
  const firstWeekday = (first + 3) % 7
  if (parts.has('V') && parts.has('G')) {
    const monday = dayNumber(year, 1, 4) - ((((dayNumber(year, 1, 4) + 3) % 7) + 7) % 7)
    return monday + (numberIn(parts, 'V', 1) - 1) * 7 + day
  }
  if (parts.has('W')) return weekStart(first, firstWeekday, numberIn(parts, 'W', 0)) + day
  if (parts.has('U'))
    return weekStart(first, (firstWeekday + 1) % 7, numberIn(parts, 'U', 0)) + ((day + 1) % 7)
  return undefined
}

/** The first day of a week, in a year whose first day is so many days into a week. */
function weekStart(first: number, into: number, week: number): number {
  return week === 0 ? first - into : first + ((7 - into) % 7) + (week - 1) * 7
}

function weekdayFrom(parts: ReadonlyMap<string, string>): number | undefined {
  const name = (parts.get('A') ?? parts.get('a'))?.toLowerCase()
  if (name !== undefined) return DAYS.findIndex((day) => day.toLowerCase().startsWith(name))
  if (parts.has('u')) return numberIn(parts, 'u', 1) - 1
  return parts.has('w') ? (numberIn(parts, 'w', 0) + 6) % 7 : undefined
}

function hourFrom(parts: ReadonlyMap<string, string>): number {
  if (!parts.has('I')) return numberIn(parts, 'H', 0)
  const hour = numberIn(parts, 'I', 12) % 12
  return parts.get('p')?.toLowerCase() === 'pm' ? hour + 12 : hour
}

function offsetFrom(parts: ReadonlyMap<string, string>): number | null {
  const zone = parts.get('z')
  if (zone === undefined) return null
  if (zone.toLowerCase() === 'z') return 0
  const [hours, minutes, seconds = '0'] = zone.slice(1).match(/\d\d/g)!
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return zone.startsWith('-') ? -size : size
}

function numberIn(parts: ReadonlyMap<string, string>, letter: string, otherwise: number): number {
  const text = parts.get(letter)
  return text === undefined ? otherwise : Number(text)
}

const PATTERNS: { readonly [letter: string]: string } = {
  a: DAYS.map((day) => day.slice(0, 3)).join('|'),
  A: DAYS.join('|'),
  b: MONTHS.map((month) => month.slice(0, 3)).join('|'),
  B: MONTHS.join('|'),
  d: '3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]',
  f: '\\d{1,6}',
  G: '\\d{4}',
  H: '2[0-3]|[01]\\d|\\d',
  I: '1[0-2]|0[1-9]|[1-9]',
  j: '36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]',
  m: '1[0-2]|0[1-9]|[1-9]',
  M: '[0-5]\\d|\\d',
  p: 'am|pm',
  S: '6[01]|[0-5]\\d|\\d',
  u: '[1-7]',
  U: '5[0-3]|[0-4]\\d|\\d',
  V: '5[0-3]|0[1-9]|[1-4]\\d|\\d',
  w: '[0-6]',
  W: '5[0-3]|[0-4]\\d|\\d',
  y: '\\d\\d',
  Y: '\\d{4}',
  z: '[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d)?|Z',
  Z: 'utc|gmt',
}

const COMPOSITES: { readonly [letter: string]: string } = {
  c: '%a %b %d %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
}
