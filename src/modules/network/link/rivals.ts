import type { Row } from '../iproute2.ts'
import type { Setting } from './attribute.ts'
import { KINDS, kindOf, TUNNELS } from './kinds.ts'
import { type DesiredLink, wanted } from './settings.ts'

/** Why the kernel makes no tunnel with these ends: a sentence. */
export function conflict(
  desired: DesiredLink,
  kind: string | undefined,
  rows: readonly Row[],
): string | undefined {
  const other = rival(desired, kind, rows)
  if (other === undefined) return undefined
  const { local = 'any', remote = 'any' } = wanted(desired.settings, kind)
  return `${other} has the same ends (local ${local}, remote ${remote}) already, and the kernel allows one ${kind} tunnel between them: give ${desired.name} other ends, or remove ${other} first`
}

/** The kernel allows one tunnel of a kind between the same two ends: the name of the one that is in the way. */
export function rival(
  desired: DesiredLink,
  kind: string | undefined,
  rows: readonly Row[],
): string | undefined {
  if (kind === undefined || TUNNELS[kind] === undefined) return undefined
  const identity = ['local', 'remote', 'ikey', 'link'].filter((name) => KINDS[kind]![name] !== undefined)
  const none: Readonly<Record<string, Setting>> = {
    local: 'any',
    remote: 'any',
    ikey: kind.startsWith('vti') ? 0 : '',
    link: '',
  }
  const asked = wanted(desired.settings, kind)
  const other = rows.find(
    (row) =>
      row.ifname !== desired.name &&
      kindOf(row) === kind &&
      identity.every((name) => KINDS[kind]![name]!.current(row) === (asked[name] ?? none[name])),
  )
  return other === undefined ? undefined : String(other.ifname)
}
