import { quote } from '../../../shell/quote.ts'

/** The field of shadow(5) for a time in seconds since 1970: its day, or "" (never) when negative. */
export function expiryDay(seconds: number): string {
  return seconds < 0 ? '' : String(Math.floor(seconds / 86_400))
}

/** "never", or the date that a day since 1970 is. */
export function dateOf(day: string): string {
  if (day === '' || Number(day) < 0) return 'never'
  const date = new Date(Number(day) * 86_400_000)
  return Number.isNaN(date.getTime()) ? `day ${day}` : date.toISOString().slice(0, 10)
}

/** A time in seconds since 1970 as useradd and usermod take it: "" is never. */
export function dateFlag(seconds: number): string {
  const day = expiryDay(seconds)
  return day === '' ? '' : dateOf(day)
}

/** The second field of shadow(5): a password, behind "!" when it is locked. */
export function passwordField(password: string, isLocked: boolean | undefined): string {
  if (isLocked === undefined) return password
  return `${isLocked ? '!' : ''}${withoutLock(password)}`
}

export function withoutLock(field: string): string {
  return field.replace(/^!+/, '')
}

// Over stdin: other users can read the arguments of a program.
export function chpasswd(name: string, field: string): string {
  return `printf '%s\\n' ${quote(`${name}:${field}`)} | chpasswd -e`
}
