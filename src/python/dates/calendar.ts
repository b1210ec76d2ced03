/** A moment as a calendar and a clock show it. Months and days count from 1. */
export interface Moment {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

export const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

/** Days from 1970-01-01 to a date of the Gregorian calendar, whatever its year. */
export function dayNumber(year: number, month: number, day: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getTime() / DAY
}

/** The date of a day counted from 1970-01-01. */
export function dateOf(number: number): { year: number; month: number; day: number } {
  const date = new Date(number * DAY)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** The day of the week, from 0 for Monday. */
export function weekday({ year, month, day }: Moment): number {
  return (((dayNumber(year, month, day) + 3) % 7) + 7) % 7
}

/** The day of the year, from 1. */
export function dayOfYear({ year, month, day }: Moment): number {
  return dayNumber(year, month, day) - dayNumber(year, 1, 1) + 1
}

export function daysInMonth(year: number, month: number): number {
  return dayNumber(year, month + 1, 1) - dayNumber(year, month, 1)
}

/** The year and week of ISO 8601, whose weeks belong to the year of their Thursday. */
export function isoWeek(moment: Moment): { year: number; week: number } {
  const thursday = dayNumber(moment.year, moment.month, moment.day) - weekday(moment) + 3
  const { year } = dateOf(thursday)
  return { year, week: Math.floor((thursday - dayNumber(year, 1, 1)) / 7) + 1 }
}

/** Seconds since 1970-01-01 of what calendar and clock show, taken for UTC. */
export function utcSeconds(moment: Moment): number {
  const days = dayNumber(moment.year, moment.month, moment.day)
  return days * 86400 + moment.hour * 3600 + moment.minute * 60 + moment.second
}

/** What calendar and clock show so many seconds after 1970-01-01 in UTC. */
export function momentOf(seconds: number): Moment {
  const days = Math.floor(seconds / 86400)
  const rest = seconds - days * 86400
  return {
    ...dateOf(days),
    hour: Math.floor(rest / 3600),
    minute: Math.floor((rest % 3600) / 60),
    second: rest % 60,
  }
}

const DAY = 86_400_000
