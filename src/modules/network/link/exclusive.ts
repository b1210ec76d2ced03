import type { IpPlan, Row } from '../iproute2.ts'
import { kindIn } from './kinds.ts'
import { failure, planLink } from './plan.ts'
import { rival } from './rivals.ts'
import type { DesiredLink } from './settings.ts'

/** The plan for a tunnel that takes the place of another one with the same ends. */
export function planExclusive(desired: DesiredLink, rows: readonly Row[]): IpPlan {
  const other =
    desired.state === 'absent' ? undefined : rival(desired, desired.type ?? kindIn(rows, desired.name), rows)
  if (other === undefined) return planLink(desired, rows)
  const { type: _, ...any } = desired
  const deletion = planLink({ ...any, name: other, state: 'absent' }, rows)
  const rest = planLink(
    desired,
    rows.filter(({ ifname }) => ifname !== other),
  )
  const failed = deletion.failed ?? rest.failed
  if (failed !== undefined) return failure(failed)
  return {
    changes: [...deletion.changes, ...rest.changes],
    commands: [...deletion.commands, ...rest.commands],
  }
}
