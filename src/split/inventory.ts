import type { Group, Host } from '../inventory/group.ts'
import { Inventory } from '../inventory/inventory.ts'
import type { MapEntry, Node } from '../values/value.ts'
import type { LateTree } from '../yaml/kept/late-map.ts'
import { lateTree } from '../yaml/kept/packed-tree.ts'
import type { Json } from './packed.ts'
import { NodePacker, NodeUnpacker } from './packed-nodes.ts'

interface PackedOwner {
  readonly name: string
  /** Packed nodes, as a text of its own: of most hosts of a large inventory it is never read. */
  readonly own: string | PackedMap
}

/** A map of a kept tree: the tree's number, where the map's entries are in its bytes, and where it begins in the text. */
type PackedMap = readonly [tree: number, at: number, start: number]

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
  /** The number of the source, and the bytes in base64. */
  readonly trees: readonly (readonly [source: number, bytes: string])[]
}

/**
 * The hosts and groups of an inventory as a text: whoever has it need not run scripts and plugins that make one. Files of
 * variables are not in it; their folders are.
 */
export function packInventory(inventory: Inventory): string {
  const packer = new NodePacker()
  const trees = new Map<LateTree, number>()
  const numberOf = (tree: LateTree): number => {
    const number = trees.get(tree) ?? trees.size
    trees.set(tree, number)
    return number
  }
  const owner = (packing: Host | Group): PackedOwner => {
    const { name, late } = packing
    if (late !== undefined) return { name, own: [numberOf(late.tree), late.at, late.place.start] }
    const { variables, overridden } = packing
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
    trees: [...trees.keys()].map(({ bytes, source }) => [
      packer.source(source),
      Buffer.from(bytes).toString('base64'),
    ]),
    sources: packer.sources,
  }
  return JSON.stringify(packed)
}

/** The inventory that `packInventory` was given. */
export function unpackInventory(text: string): Inventory {
  const { hosts, groups, folders, trees, sources } = JSON.parse(text) as PackedInventory
  const unpacker = new NodeUnpacker(sources)
  const treeOf = trees.map(([source, bytes]) =>
    lateTree(Buffer.from(bytes, 'base64'), unpacker.source(source)),
  )
  const inventory = new Inventory()
  const own = (to: Host | Group, { own }: PackedOwner) => {
    if (own === '') return
    to.readLater(() => {
      if (typeof own !== 'string') {
        const [tree, at, start] = own
        return { variables: namedBy(treeOf[tree]!.entriesAt(at, start)), overridden: [] }
      }
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

function namedBy(entries: readonly MapEntry[]): Map<string, Node> {
  return new Map(entries.map(({ key, value }) => [key, value]))
}
