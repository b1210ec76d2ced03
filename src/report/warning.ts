import type { Event } from '../protocol/event.ts'
import type { Style } from './paint.ts'
import { locationName } from './result.ts'
import { clean } from './text.ts'

interface WarningWords {
  /** `[WARNING]: message`, as Ansible writes it. */
  readonly marked: string
  /** `warning: message`. */
  readonly plain: string
  /** ` (file:line)`, where it is known; else nothing. */
  readonly place: string
  readonly style: Style
}

/** What a warning is told in. */
export function warningWords(event: Extract<Event, { type: 'warning' }>): WarningWords {
  const { location, isDeprecation } = event
  const message = clean(event.message)
  return {
    marked: `[${isDeprecation ? 'DEPRECATION WARNING' : 'WARNING'}]: ${message}`,
    plain: `${isDeprecation ? 'deprecated' : 'warning'}: ${message}`,
    place: location === undefined ? '' : ` (${locationName(location)})`,
    style: isDeprecation ? 'deprecated' : 'warning',
  }
}
