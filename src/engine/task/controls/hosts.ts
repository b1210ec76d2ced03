import { isDeepStrictEqual } from 'node:util'
import type { Group, Host } from '../../../inventory/group.ts'
import type { Inventory } from '../../../inventory/inventory.ts'
import type { Args } from '../../../sdk/module.ts'
import type { SourceSpan } from '../../../values/source.ts'
import { toNode, toValue, type Value, type ValueMap } from '../../../values/value.ts'

/** Adds the host of an add_host to the inventory; gives what the task returns. */
export function addHost(args: Args, inventory: Inventory, place: SourceSpan): ValueMap {
  const { name: written, groups, ...variables } = args as { name: string; groups: string[] } & ValueMap
  const [name, port] = splitPort(written)
  const isNew = inventory.host(name) === undefined
  const host = inventory.addHost(name)
  const given: ValueMap = { ...(port !== undefined && { ansible_ssh_port: port }), ...variables }
  const set = Object.entries(given).map(([key, value]) => sets(host, key, value, place))
  const joined = groups.map((group) => joins(inventory, inventory.addGroup(group), host))
  const changed = isNew || [...set, ...joined].some(Boolean)
  return { changed, add_host: { host_name: name, groups, host_vars: given } }
}

/** Gives a host a variable, and says whether it had another value. */
function sets({ variables }: Host, name: string, value: Value, place: SourceSpan): boolean {
  const known = variables.get(name)
  variables.set(name, toNode(value, place, true))
  return known === undefined || !isDeepStrictEqual(toValue(known), value)
}

/** Puts the host of a group_by into its group; gives what the task returns. */
export function groupBy(args: Args, inventory: Inventory, host: Host): ValueMap {
  const { key, parents } = args as { key: string; parents: string[] }
  const dashed = (name: string) => name.replaceAll(' ', '-')
  const group = inventory.addGroup(dashed(key))
  const nested = parents.map(dashed).map((parent) => nests(inventory, inventory.addGroup(parent), group))
  const joined = joins(inventory, group, host)
  return {
    changed: joined || nested.some(Boolean),
    add_group: group.name,
    parent_groups: parents.map(dashed) as Value,
  }
}

function nests(inventory: Inventory, parent: Group, group: Group): boolean {
  return parent.name !== 'all' && !parent.children.has(group) && inventory.nest(parent, group)
}

function joins(inventory: Inventory, group: Group, host: Host): boolean {
  if (group.hosts.has(host)) return false
  inventory.join(group, host)
  return true
}

/** `name:port`, but not an address of IPv6. */
function splitPort(written: string): [string, number | undefined] {
  const found = /^([^:]+|\[[^\]]+\]):(\d+)$/.exec(written)
  return found === null ? [written, undefined] : [found[1]!.replace(/^\[|\]$/g, ''), Number(found[2])]
}
