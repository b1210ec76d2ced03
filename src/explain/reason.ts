import type { Inventory } from '../inventory/inventory.ts'
import { isAnsibles, type Place, rankOf } from './place.ts'

/** Why the first of two places wins over the second, in one sentence. */
export function reasonFor(winner: Place, other: Place | undefined, inventory: Inventory): string {
  if (other === undefined)
    return winner.origin.level === 'the run itself'
      ? 'the run itself gives it, and nothing else can'
      : 'nothing else gives it'
  if (rankOf(winner) !== rankOf(other)) return `${levelName(winner)} is above ${levelName(other)}`
  return `both are of ${levelName(winner)}: ${tieBreak(winner, other, inventory)}`
}

function levelName(place: Place): string {
  const { level } = place.origin
  return isAnsibles(place) ? `level ${rankOf(place)} (${level})` : level
}

function tieBreak({ origin: one }: Place, { origin: other }: Place, inventory: Inventory): string {
  if (one.folder !== other.folder) return 'the folder of the inventory that is given later wins'
  const [upper, lower] = [one, other].map(({ owner }) => inventory.groups.get(owner ?? ''))
  if (one.owner !== other.owner && upper !== undefined && lower !== undefined)
    return inventory.whyAfter(upper, lower)
  if (one.owner !== other.owner)
    return `the ${one.level.startsWith('role') ? 'role' : 'place'} that comes later wins`
  return LATER[one.level] ?? 'what comes later wins'
}

const LATER: Readonly<Record<string, string>> = {
  'inventory group vars': 'what an inventory says later wins, and a later inventory over an earlier one',
  'inventory host vars': 'what an inventory says later wins, and a later inventory over an earlier one',
  'play vars_files': 'of several files the last wins',
  'extra vars': 'the last -e wins',
  'role and include parameters': 'the innermost wins',
  'block vars': 'the innermost block wins',
}
