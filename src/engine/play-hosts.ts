import type { Inventory } from '../inventory/inventory.ts'
import { type Selection, select } from '../inventory/pattern.ts'
import type { Play } from '../playbook/ast.ts'
import { TemplateContext } from '../template/context.ts'
import type { Node } from '../values/value.ts'

/** The hosts that a play's `hosts:` means; templates in it see the variables given with -e. */
export function playHosts(inventory: Inventory, play: Play, extraVars: ReadonlyMap<string, Node>): Selection {
  const value = TemplateContext.of([{ name: 'extra vars', variables: extraVars }]).render(play.hosts)
  return select(inventory, [value].flat().map(String), play.hosts.place)
}
