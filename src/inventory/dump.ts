import { mapOf } from '../values/keys.ts'
import type { Node, Value, ValueMap } from '../values/value.ts'
import { VaultedScalar } from '../yaml/vaulted.ts'
import type { Group, Host } from './group.ts'
import type { Inventory } from './inventory.ts'

/** What of an inventory is dumped. */
export interface DumpOptions {
  /** The hosts that are left; undefined: all. */
  readonly hosts: ReadonlySet<Host> | undefined
  readonly variablesOfHost: (host: Host) => ValueMap
  /** Without it, groups have no variables: their hosts have them all. */
  readonly variablesOfGroup: ((group: Group) => ValueMap) | undefined
}

/** A group with all that is in it, as it is drawn. */
export interface GroupTree {
  readonly name: string
  readonly children: readonly GroupTree[]
  readonly hosts: readonly { readonly name: string; readonly variables: ValueMap }[]
  readonly variables: ValueMap
}

/** The names under which Ansible's JSON has what is encrypted, and what is no template. */
const VAULT = '__ansible_vault'
const UNSAFE = '__ansible_unsafe'

/** What is written in a file as Ansible's JSON has it: vaults stay closed, and what a vaulted file says is not told. */
export function dumpedValue(node: Node): Value {
  if (node instanceof VaultedScalar) return { [VAULT]: node.encrypted }
  if (node.kind === 'list') return node.items.map(dumpedValue)
  if (node.kind === 'map')
    return mapOf(
      node.entries.map(({ key, keyValue = key, value }) => [keyValue, dumpedValue(value)] as const),
    )
  if (node.place.source.isSecret) return '********'
  return node.unsafe && typeof node.value === 'string' ? { [UNSAFE]: node.value } : node.value
}

/** The inventory as an inventory script gives it under --list. */
export function dumpScript(inventory: Inventory, options: DumpOptions): ValueMap {
  const groups: ValueMap = {}
  for (const group of groupsBelow(inventory.root)) {
    const held = withoutEmpty({
      hosts: hostsIn(group, options).map(({ name }) => name),
      children: [...group.children].map(({ name }) => name),
      vars: options.variablesOfGroup?.(group) ?? {},
    })
    if (Object.keys(held).length > 0) groups[group.name] = held
  }
  const hosts = [...inventory.hosts.values()].filter((host) => options.hosts?.has(host) ?? true)
  const known = hosts.map((host) => [host.name, options.variablesOfHost(host)] as const)
  const hostvars = Object.fromEntries(known.filter(([, values]) => Object.keys(values).length > 0))
  return { ...groups, _meta: { hostvars } }
}

/** The inventory as a YAML inventory: groups within groups. A host has its variables where it comes first. */
export function dumpNested(inventory: Inventory, options: DumpOptions): ValueMap {
  const seen = new Set<Host>()
  const nested = (group: Group): ValueMap => {
    const children = [...group.children].map((child) => [child.name, nested(child)] as const)
    return withoutEmpty({
      children: Object.fromEntries(children),
      hosts: withVariables(hostsIn(group, options), seen, options),
      vars: options.variablesOfGroup?.(group) ?? {},
    })
  }
  return { all: nested(inventory.root) }
}

/** The inventory as a TOML inventory: a table for each group. */
export function dumpTables(inventory: Inventory, options: DumpOptions): ValueMap {
  const seen = new Set<Host>()
  const tables: ValueMap = {}
  for (const group of groupsBelow(inventory.root)) {
    const children = group.name === 'all' ? [] : [...group.children].map(({ name }) => name)
    const held = withoutEmpty({
      children,
      hosts: withVariables(hostsIn(group, options), seen, options),
      vars: options.variablesOfGroup?.(group) ?? {},
    })
    if (Object.keys(held).length > 0) tables[group.name] = held
  }
  return tables
}

export function groupTree(group: Group, options: DumpOptions): GroupTree {
  return {
    name: group.name,
    children: [...group.children].map((child) => groupTree(child, options)),
    hosts: hostsIn(group, options).map((host) => ({
      name: host.name,
      variables: options.variablesOfHost(host),
    })),
    variables: options.variablesOfGroup?.(group) ?? {},
  }
}

/** A group and those in it, each once, as deep as it goes before the next. */
function groupsBelow(group: Group, seen = new Set<Group>()): Set<Group> {
  if (seen.has(group)) return seen
  seen.add(group)
  for (const child of group.children) groupsBelow(child, seen)
  return seen
}

/** As in Ansible, `all` lists no hosts itself. */
function hostsIn(group: Group, { hosts }: DumpOptions): Host[] {
  return group.name === 'all' ? [] : [...group.hosts].filter((host) => hosts?.has(host) ?? true)
}

function withVariables(hosts: readonly Host[], seen: Set<Host>, { variablesOfHost }: DumpOptions): ValueMap {
  const entries = hosts.map((host) => {
    const isFirst = !seen.has(host)
    seen.add(host)
    return [host.name, isFirst ? variablesOfHost(host) : {}] as const
  })
  return Object.fromEntries(entries)
}

function withoutEmpty(parts: Readonly<Record<string, ValueMap | string[]>>): ValueMap {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0))
}
