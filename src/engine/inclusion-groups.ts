import type { IncludeRole, IncludeTasks } from '../playbook/ast.ts'
import { type Inclusion, type InclusionTold, inclusionTold } from '../playbook/included.ts'
import type { HostState } from './host.ts'

/**
 * The hosts that include the same, and what: as was found for those that are worked on here, and told of others.
 */
export function groupsOf(
  found: ReadonlyMap<HostState, readonly Inclusion[]>,
  said: ReadonlyMap<HostState, readonly InclusionTold[]>,
  step: IncludeTasks | IncludeRole,
): Iterable<{ inclusion: Inclusion; hosts: HostState[] }> {
  const groups = new Map<string, { inclusion: Inclusion; hosts: HostState[] }>()
  for (const [host, told] of said) {
    for (const inclusion of found.get(host) ?? told.map((one) => inclusionTold(one, step))) {
      const group = groups.get(inclusion.key) ?? { inclusion, hosts: [] }
      group.hosts.push(host)
      groups.set(inclusion.key, group)
    }
  }
  return groups.values()
}
