import { Float } from '../../values/float.ts'
import { readOutside } from '../../values/outside.ts'
import { PythonObject } from '../object.ts'
import { dayNumber, isoWeek, type Moment, momentOf, utcSeconds, weekday } from './calendar.ts'
import { strftime } from './strftime.ts'
import { TimeDelta } from './timedelta.ts'
import { localOffset, localSeconds } from './zone.ts'

/** Python's datetime.datetime: what a calendar and a clock show, without a zone or with one that is an offset. */
export class DateTime extends PythonObject implements Moment {
  readonly typeName = 'datetime'
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
  /** Seconds ahead of UTC; null if it has no zone. */
  readonly offset: number | null

  constructor(moment: Moment, microsecond = 0, offset: number | null = null) {
    super()
    this.year = moment.year
    this.month = moment.month
    this.day = moment.day
    this.hour = moment.hour
    this.minute = moment.minute
    this.second = moment.second
    this.microsecond = microsecond
    this.offset = offset
    if (this.year < 1 || this.year > 9999) throw new Error('a date has a year from 1 to 9999')
  }

  /** The present time as the controller's clock shows it, or as it is in UTC. */
  static now(utc: boolean): DateTime {
    readOutside()
    return DateTime.at(performance.timeOrigin + performance.now(), utc)
  }

  /** A time in ms since 1970, with fraction, as the controller's clock shows it, or as it is in UTC. */
  static at(time: number, utc: boolean): DateTime {
    const seconds = Math.floor(time / 1000)
    const microsecond = Math.floor(time * 1000) - seconds * 1_000_000
    return new DateTime(momentOf(seconds + (utc ? 0 : localOffset(seconds))), microsecond)
  }

  override attribute(name: string): unknown {
    if (FIELDS.has(name)) return this[name as keyof Moment]
    const method = METHODS[name]
    return method && ((...given: unknown[]) => method(this, ...(given as never[])))
  }

  override plus(other: unknown): DateTime | undefined {
    if (!(other instanceof TimeDelta)) return undefined
    const sum = new TimeDelta(
      other.days,
      utcSeconds(this) + other.seconds,
      this.microsecond + other.microseconds,
    )
    return new DateTime(momentOf(sum.days * 86400 + sum.seconds), sum.microseconds, this.offset)
  }

  override minus(other: unknown): DateTime | TimeDelta | undefined {
    if (other instanceof TimeDelta) return this.plus(other.negated())
    if (!(other instanceof DateTime)) return undefined
    if ((this.offset === null) !== (other.offset === null))
      throw new Error('one of these dates has a time zone and the other has none')
    return new TimeDelta(0, this.#instant() - other.#instant(), this.microsecond - other.microsecond)
  }

  override compare(other: unknown): number | undefined {
    if (!(other instanceof DateTime)) return undefined
    if ((this.offset === null) !== (other.offset === null)) return undefined
    return this.#instant() - other.#instant() || this.microsecond - other.microsecond
  }

  /** In a format of strftime; `%f` is the microseconds. */
  strftime(format: string): string {
    const zone = { offset: this.offset ?? 0, name: this.#zoneName() }
    const own = format.replace(/%([fzZ%])/g, (directive, letter: string) => {
      if (letter === 'f') return String(this.microsecond).padStart(6, '0')
      if (letter === 'z') return this.offset === null ? '' : offsetText(this.offset, '')
      if (letter === 'Z') return zone.name.replaceAll('%', '%%')
      return directive
    })
    return strftime(own, this, zone)
  }

  /** As ISO 8601 has it, with what is given between date and time. */
  isoformat(separator = 'T'): string {
    const fraction = this.microsecond === 0 ? '' : `.${String(this.microsecond).padStart(6, '0')}`
    const zone = this.offset === null ? '' : offsetText(this.offset, ':')
    return `${this.#date()}${separator}${this.#clock()}${fraction}${zone}`
  }

  /** Seconds since 1970; without a zone the controller's is taken. */
  timestamp(): number {
    const seconds = this.offset === null ? localSeconds(this) : this.#instant()
    return seconds + this.microsecond / 1e6
  }

  override repr(): string {
    const { year, month, day, hour, minute, second, microsecond, offset } = this
    const parts: (number | string)[] = [year, month, day, hour, minute]
    if (second !== 0 || microsecond !== 0) parts.push(second)
    if (microsecond !== 0) parts.push(microsecond)
    if (offset !== null) parts.push(`tzinfo=${zoneRepr(offset)}`)
    return `datetime.datetime(${parts.join(', ')})`
  }

  override toString(): string {
    return this.isoformat(' ')
  }

  override toJsonText(): string {
    return this.isoformat()
  }

  override toYaml(): { tag: 'timestamp'; text: string } {
    return { tag: 'timestamp', text: this.isoformat(' ') }
  }

  #instant(): number {
    return utcSeconds(this) - (this.offset ?? 0)
  }

  #date(): string {
    return `${String(this.year).padStart(4, '0')}-${two(this.month)}-${two(this.day)}`
  }

  #clock(): string {
    return `${two(this.hour)}:${two(this.minute)}:${two(this.second)}`
  }

  #zoneName(): string {
    if (this.offset === null) return ''
    return this.offset === 0 ? 'UTC' : `UTC${offsetText(this.offset, ':')}`
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function offsetText(offset: number, colon: string): string {
  const size = Math.abs(offset)
  const seconds = size % 60 === 0 ? '' : `${colon}${two(size % 60)}`
  const [hours, minutes] = [Math.floor(size / 3600), Math.floor(size / 60) % 60]
  return `${offset < 0 ? '-' : '+'}${two(hours)}${colon}${two(minutes)}${seconds}`
}

function zoneRepr(offset: number): string {
  return offset === 0 ? 'datetime.timezone.utc' : `datetime.timezone(${new TimeDelta(0, offset, 0).repr()})`
}

const FIELDS: ReadonlySet<string> = new Set([
  'year',
  'month',
  'day',
  'hour',
  'minute',
  'second',
  'microsecond',
])

const METHODS: { readonly [name: string]: (date: DateTime, ...given: never[]) => unknown } = {
  strftime: (date, format: string) => date.strftime(format),
  isoformat: (date, separator?: string) => date.isoformat(separator),
  timestamp: (date) => Float.of(date.timestamp()),
  weekday: (date) => weekday(date),
  isoweekday: (date) => weekday(date) + 1,
  toordinal: (date) => dayNumber(date.year, date.month, date.day) + 719163,
  isocalendar: (date) => [isoWeek(date).year, isoWeek(date).week, weekday(date) + 1],
  ctime: (date) => `${date.strftime('%a %b %e %H:%M:%S')} ${String(date.year).padStart(4, '0')}`,
}
