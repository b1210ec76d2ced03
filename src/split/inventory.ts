import type { Group, Host } from '../inventory/group.ts'
import { Inventory } from '../inventory/inventory.ts'
import type { Json } from './packed.ts'
import { NodePacker, NodeUnpacker } from './packed-nodes.ts'

interface PackedOwner {
  readonly name: string
  /** Packed nodes, as a text of its own: of most hosts of a large inventory it is never read. */
  readonly own: string
}

interface PackedVariables {
  readonly variables: Json
  readonly overridden: readonly Json[]
}

interface PackedHost extends PackedOwner {
  readonly file: string | null
}

interface PackedGroup extends PackedOwner {
  readonly priority: number
  readonly hosts: readonly string[]
  readonly children: readonly string[]
}

interface PackedInventory {
  readonly hosts: readonly PackedHost[]
  readonly groups: readonly PackedGroup[]
  readonly folders: readonly string[]
  readonly sources: readonly Json[]
}

/**
 * The hosts and groups of an inventory as a text: whoever has it need not run scripts and plugins that make one. Files of
 * variables are not in it; their folders are.
 */
export function packInventory(inventory: Inventory): string {
  const packer = new NodePacker()
  const owner = ({ name, variables, overridden }: Host | Group): PackedOwner => {
    const of: PackedVariables = {
      variables: packer.nodes(variables),
      overridden: overridden.map((nodes) => packer.nodes(nodes)),
    }
    return { name, own: variables.size + overridden.length === 0 ? '' : JSON.stringify(of) }
  }
  const packed: PackedInventory = {
    hosts: [...inventory.hosts.values()].map((host) => ({ ...owner(host), file: host.file ?? null })),
    groups: [...inventory.groups.values()].map((group) => ({
      ...owner(group),
      priority: group.priority,
      hosts: [...group.hosts].map(({ name }) => name),
      children: [...group.children].map(({ name }) => name),
    })),
    folders: inventory.folders,
    sources: packer.sources,
  }
  return JSON.stringify(packed)
}

/** The inventory that `packInventory` was given. */
export function unpackInventory(text: string): Inventory {
  const { hosts, groups, folders, sources } = JSON.parse(text) as PackedInventory
  const unpacker = new NodeUnpacker(sources)
  const inventory = new Inventory()
  const own = (to: Host | Group, { own }: PackedOwner) => {
    if (own === '') return
    to.readLater(() => {
      const { variables, overridden } = JSON.parse(own) as PackedVariables
      return {
        variables: unpacker.nodes(variables),
        overridden: overridden.map((nodes) => unpacker.nodes(nodes)),
      }
    })
  }
  for (const host of hosts) own(inventory.addHost(host.name, host.file ?? undefined), host)
  for (const group of groups) {
    const made = inventory.addGroup(group.name)
    own(made, group)
    made.priority = group.priority
  }
  for (const { name, hosts: members, children } of groups) {
    const group = inventory.addGroup(name)
    for (const child of children) inventory.nest(group, inventory.addGroup(child))
    for (const host of members) inventory.join(group, inventory.addHost(host))
  }
  for (const folder of folders) inventory.addFolder(folder)
  return inventory
}
