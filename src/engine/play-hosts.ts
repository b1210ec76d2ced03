import type { Host } from '../inventory/group.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { type Selection, select, selectLimit } from '../inventory/pattern.ts'
import type { Play } from '../playbook/ast.ts'
import type { RunRequest } from '../protocol/request.ts'
import { TemplateContext } from '../template/context.ts'
import type { Node } from '../values/value.ts'

/** The hosts that a play's `hosts:` means; templates in it see the variables given with -e. */
export function playHosts(inventory: Inventory, play: Play, extraVars: ReadonlyMap<string, Node>): Selection {
  const value = TemplateContext.of([{ name: 'extra vars', variables: extraVars }]).render(play.hosts)
  return select(inventory, [value].flat().map(String), play.hosts.place)
}

/** The hosts that --limit leaves; undefined where there is none. */
export function limitedHosts(
  inventory: Inventory,
  { folder, selection: { limit } }: RunRequest,
): ReadonlySet<Host> | undefined {
  return limit === undefined ? undefined : new Set(selectLimit(inventory, limit, folder).hosts)
}
