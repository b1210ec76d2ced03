import type { Direction } from '../../../host/packers.ts'
import { below } from '../../../host/paths.ts'
import type { Args } from './options.ts'

export function namesOf({ name }: Pick<Args, 'name'>): string[] {
  return name.map((one) => one.trim())
}

/** All databases are meant. */
export function isAll(args: Pick<Args, 'name'>): boolean {
  const names = namesOf(args)
  return names.length === 1 && names[0] === 'all'
}

/** The file that is dumped to or imported from. */
export function targetOf({ state, target, chdir }: Args): string | undefined {
  if (target === undefined || state === 'present' || state === 'absent') return undefined
  return chdir === undefined || /^[/~]/.test(target) ? target : below(chdir, target)
}

/** What is done with a target that is packed. */
export function directionOf({ state }: Pick<Args, 'state'>): Direction {
  return state === 'dump' ? 'packs' : 'unpacks'
}
