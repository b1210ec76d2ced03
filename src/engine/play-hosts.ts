import type { Host } from '../inventory/group.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { type Selection, select, selectLimit } from '../inventory/pattern.ts'
import type { Play } from '../playbook/ast.ts'
import type { RunRequest } from '../protocol/request.ts'
import { TemplateContext } from '../template/context.ts'
import { entriesOf, type Node } from '../values/value.ts'

/** What can be known of a play before it runs: its variables, and those given with -e. */
export function scopeOf(play: Play, extraVars: ReadonlyMap<string, Node>): TemplateContext {
  return TemplateContext.of([
    { name: 'play vars', variables: entriesOf(play.vars) },
    { name: 'extra vars', variables: extraVars },
  ])
}

/** The hosts that a play's `hosts:` means. */
export function playHosts(inventory: Inventory, play: Play, extraVars: ReadonlyMap<string, Node>): Selection {
  const value = scopeOf(play, extraVars).render(play.hosts)
  return select(inventory, [value].flat().map(String), play.hosts.place)
}

/** The hosts that --limit leaves; undefined where there is none. */
export function limitedHosts(
  inventory: Inventory,
  { folder, selection: { limit } }: RunRequest,
): ReadonlySet<Host> | undefined {
  return limit === undefined ? undefined : new Set(selectLimit(inventory, limit, folder).hosts)
}
