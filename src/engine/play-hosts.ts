import type { Host } from '../inventory/group.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { type Selection, select, selectLimit } from '../inventory/pattern.ts'
import type { Play } from '../playbook/ast.ts'
import type { RunRequest } from '../protocol/request.ts'
import { omit, TemplateContext } from '../template/context.ts'
import { entriesOf, type Node, type Value } from '../values/value.ts'

/** What can be known of a play before it runs: its variables, those given with -e, and the groups. */
export function scopeOf(
  play: Play,
  extraVars: ReadonlyMap<string, Node>,
  inventory: Inventory,
): TemplateContext {
  const magic = new Map<string, () => Value>([
    ['groups', () => ({ ...inventory.groupsMap() })],
    ['omit', () => omit],
    ['playbook_dir', () => play.folder],
  ])
  return TemplateContext.of([
    { name: 'play vars', variables: entriesOf(play.vars) },
    { name: 'extra vars', variables: extraVars },
    { name: 'magic', computed: magic },
  ])
}

/** The hosts that a play's `hosts:` means. */
export function playHosts(inventory: Inventory, play: Play, extraVars: ReadonlyMap<string, Node>): Selection {
  const value = scopeOf(play, extraVars, inventory).render(play.hosts)
  const patterns = [value].flat().filter((pattern) => pattern !== omit)
  if (patterns.length === 0 && value === omit) return { hosts: [], problems: [], unknown: [] }
  return select(inventory, patterns.map(String), play.hosts.place)
}

/** The hosts that --limit leaves; undefined where there is none. */
export function limitedHosts(
  inventory: Inventory,
  { folder, selection: { limit } }: RunRequest,
): ReadonlySet<Host> | undefined {
  return limit === undefined ? undefined : new Set(selectLimit(inventory, limit, folder).hosts)
}
