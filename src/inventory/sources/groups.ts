import type { SourceSpan } from '../../values/source.ts'
import { isMap, toNode, type Value, type ValueMap } from '../../values/value.ts'
import type { Builder } from '../builder.ts'
import type { Group, Host } from '../group.ts'

/** A group as a script gives it: a list of hosts, a map of hosts, vars and children, or the variables of one host. */
export function readGroup(name: string, data: Value, place: SourceSpan, builder: Builder): Host[] {
  const group = builder.group(name, place)
  if (group === undefined) return []
  const shape = toShape(name, data)
  const { hosts = [], children = [], vars = {} } = shape
  if (!Array.isArray(hosts) || !Array.isArray(children) || !isMap(vars))
    throw new Error(
      `${place.source.path}: the group "${name}" must have lists of hosts and children, and a map of vars`,
    )
  setVariables(group, vars, place)
  for (const child of children) {
    const below = builder.group(String(child), place)
    if (below !== undefined) builder.nest(group, below, place)
  }
  return hosts.map((host) => builder.host(String(host), group))
}

function toShape(name: string, data: Value): ValueMap {
  if (!isMap(data)) return { hosts: data }
  return 'hosts' in data || 'children' in data || 'vars' in data ? data : { hosts: [name], vars: data }
}

/** Names are not checked: they come from a cloud's tags or the like, and nobody here can change them. */
export function setVariables(owner: Host | Group, values: Value, place: SourceSpan): void {
  if (!isMap(values))
    throw new Error(`${place.source.path}: what "${owner.name}" has must be a map of variables`)
  for (const [name, value] of Object.entries(values)) {
    if (name === 'ansible_group_priority' && 'priority' in owner) owner.priority = Number(value)
    else owner.setVariable(name, toNode(value, place))
  }
}
