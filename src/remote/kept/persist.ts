import type { SshSettings } from '../ssh/ssh-settings.ts'
import type { Target } from '../target.ts'

/**
 * How long a login is kept for the next run, in seconds; 0: not at all. ssh's own words for it count, in its arguments and
 * in its configuration (ssh_config(5): ControlPersist, ControlMaster, ControlPath), unless it is turned off here.
 */
export function persistOf(target: Target, settings: SshSettings): number {
  return mayPersist(target) ? (settings.persist ?? target.persist ?? 0) : 0
}

/** Whether a login may be kept, as far as is known without ssh's configuration. */
export function mayPersist({ persist, sshArgs, password }: Target): boolean {
  // A password is not for another process, and a run that has none could not log in so.
  if (!persist || password !== undefined) return false
  const args = sshArgs.join(' ')
  return !OFF.some((off) => off.test(args))
}

const OFF = [
  /(^|\s)-o\s*ControlPersist[=\s]+(no|false)(\s|$)/i,
  /(^|\s)-o\s*ControlMaster[=\s]+(no|false)(\s|$)/i,
  /(^|\s)(-o\s*ControlPath[=\s]+|-S\s*)none(\s|$)/i,
]
