import type { Run } from '../engine/run.ts'
import type { Play } from '../playbook/ast.ts'

/** Why a play cannot be carried out in slices, as sentences. */
export function reasonsAgainst(_play: Play, _run: Run): string[] {
  return []
}
