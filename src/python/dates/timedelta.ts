import { Float } from '../../values/float.ts'
import { PythonObject } from '../object.ts'

/** Python's datetime.timedelta: days, and seconds and microseconds that are never below 0. */
export class TimeDelta extends PythonObject {
  readonly typeName = 'timedelta'
  readonly days: number
  readonly seconds: number
  readonly microseconds: number

  constructor(days: number, seconds: number, microseconds: number) {
    super()
    const wholeSeconds = seconds + Math.floor(microseconds / MICROSECONDS)
    this.days = days + Math.floor(wholeSeconds / DAY)
    this.seconds = wholeSeconds - Math.floor(wholeSeconds / DAY) * DAY
    this.microseconds = microseconds - Math.floor(microseconds / MICROSECONDS) * MICROSECONDS
  }

  get totalSeconds(): number {
    const whole = this.days * DAY + this.seconds
    return Number(BigInt(whole) * 1_000_000n + BigInt(this.microseconds)) / MICROSECONDS
  }

  override attribute(name: string): unknown {
    if (name === 'days' || name === 'seconds' || name === 'microseconds') return this[name]
    return name === 'total_seconds' ? () => Float.of(this.totalSeconds) : undefined
  }

  override plus(other: unknown): TimeDelta | undefined {
    if (!(other instanceof TimeDelta)) return undefined
    return new TimeDelta(
      this.days + other.days,
      this.seconds + other.seconds,
      this.microseconds + other.microseconds,
    )
  }

  override minus(other: unknown): TimeDelta | undefined {
    return other instanceof TimeDelta ? this.plus(other.negated()) : undefined
  }

  negated(): TimeDelta {
    return new TimeDelta(-this.days, -this.seconds, -this.microseconds)
  }

  override compare(other: unknown): number | undefined {
    if (!(other instanceof TimeDelta)) return undefined
    return this.days - other.days || this.seconds - other.seconds || this.microseconds - other.microseconds
  }

  override repr(): string {
    const parts = [
      this.days === 0 ? '' : `days=${this.days}`,
      this.seconds === 0 ? '' : `seconds=${this.seconds}`,
      this.microseconds === 0 ? '' : `microseconds=${this.microseconds}`,
    ].filter((part) => part !== '')
    return `datetime.timedelta(${parts.join(', ') || '0'})`
  }

  override toString(): string {
    const days = this.days === 0 ? '' : `${this.days} day${Math.abs(this.days) === 1 ? '' : 's'}, `
    const [minutes, hours] = [Math.floor(this.seconds / 60) % 60, Math.floor(this.seconds / 3600)]
    const two = (value: number) => String(value).padStart(2, '0')
    const fraction = this.microseconds === 0 ? '' : `.${String(this.microseconds).padStart(6, '0')}`
    return `${days}${hours}:${two(minutes)}:${two(this.seconds % 60)}${fraction}`
  }

  override toJsonText(): never {
    throw new Error('JSON cannot hold a timedelta')
  }
}

const DAY = 86400
const MICROSECONDS = 1_000_000
