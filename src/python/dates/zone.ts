import { readFileSync } from 'node:fs'
import { type Moment, momentOf, utcSeconds } from './calendar.ts'

/** How far a place's clocks are ahead of UTC, in seconds, and what its time is called. */
export interface Zone {
  readonly offset: number
  readonly name: string
}

/** UTC as glibc's gmtime calls it. */
export const GMT: Zone = { offset: 0, name: 'GMT' }

/** The controller's zone at a time, given in seconds since 1970. */
export function localZone(seconds: number): Zone {
  const offset = localOffset(seconds)
  return {
    offset,
    // Few formats have it, and it takes longer than all the others.
    get name() {
      return nameOf(offset, seconds)
    },
  }
}

/** How far the controller's clocks are ahead of UTC, in seconds, at a time, given in seconds since 1970. */
export function localOffset(seconds: number): number {
  return -new Date(seconds * 1000).getTimezoneOffset() * 60
}

/** What the controller's calendar and clock show at a time, given in seconds since 1970. */
export function localMoment(seconds: number): Moment {
  return momentOf(seconds + localOffset(seconds))
}

/** The time, in seconds since 1970, at which the controller's calendar and clock show this. */
export function localSeconds({ year, month, day, hour, minute, second }: Moment): number {
  const date = new Date(0)
  date.setFullYear(year, month - 1, day)
  date.setHours(hour, minute, second, 0)
  return Number.isNaN(date.getTime())
    ? utcSeconds({ year, month, day, hour, minute, second })
    : date.getTime() / 1000
}

function nameOf(offset: number, seconds: number): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const known = zone === 'UTC' ? new Map([[0, 'UTC']]) : namesOf(zone)
  return known.get(offset) ?? shortName(zone, seconds)
}

/** The names of a zone's standard and summer time, by their offsets, from the rule that its tz file ends with. */
function namesOf(zone: string): Map<number, string> {
  let rule: RegExpExecArray | null
  try {
    rule = RULE.exec(readFileSync(`/usr/share/zoneinfo/${zone}`, 'latin1').trimEnd().split('\n').at(-1)!)
  } catch {
    return new Map()
  }
  if (rule === null) return new Map()
  const [, standard, west, summer, summerWest] = rule as unknown as string[]
  const offset = -secondsOf(west!)
  const names = new Map([[offset, bare(standard!)]])
  if (summer) names.set(summerWest ? -secondsOf(summerWest) : offset + 3600, bare(summer))
  return names
}

/** An offset as a rule gives it: "-5:30". */
function secondsOf(text: string): number {
  const [hours, minutes = 0, seconds = 0] = text.replace(/^[-+]/, '').split(':').map(Number) as [number]
  const size = hours * 3600 + minutes * 60 + seconds
  return text.startsWith('-') ? -size : size
}

function bare(name: string): string {
  return name.replace(/^<(.*)>$/, '$1')
}

function shortName(zone: string, seconds: number): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' }).formatToParts(
    seconds * 1000,
  )
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

const RULE = /^([A-Za-z]+|<[^>]+>)([-+]?[\d:]+)(?:([A-Za-z]+|<[^>]+>)([-+]?[\d:]+)?)?/
