import { momentOf } from '../python/dates/calendar.ts'
import { strftime } from '../python/dates/strftime.ts'
import { strptime } from '../python/dates/strptime.ts'
import { GMT, localMoment, localZone } from '../python/dates/zone.ts'
import { toFloatValue } from '../python/parse-number.ts'
import { isTruthy } from '../python/truth.ts'
import { readOutside } from '../values/outside.ts'
import { filter } from './define.ts'
import { isText, number, text } from './given.ts'

/** Dates and times. */
export const dateFilters = [
  filter(
    'strftime',
    [{ second: null, utc: false }],
    'A time, in seconds since 1970 or now, in a format: "%Y-%m-%d" | strftime(0).',
    (format: unknown, second: unknown, utc: unknown) => {
      if (second === null) readOutside()
      const given = isText(second)
        ? Number(toFloatValue(second))
        : second === null
          ? Date.now() / 1000
          : number(second)
      if (given === undefined || !Number.isFinite(given))
        throw new Error(`the time is given in seconds since 1970, and not as ${second}`)
      const seconds = Math.floor(given)
      return isTruthy(utc)
        ? strftime(text(format), momentOf(seconds), GMT)
        : strftime(text(format), localMoment(seconds), localZone(seconds))
    },
  ),
  filter(
    'to_datetime',
    [{ format: '%Y-%m-%d %H:%M:%S' }],
    'The date and time that a text in a format means; two of them can be subtracted.',
    (value: unknown, format: unknown) => strptime(text(value), text(format)),
  ),
]
