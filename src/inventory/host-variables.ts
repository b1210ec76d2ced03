import { ProblemError } from '../values/problem.ts'
import type { Node } from '../values/value.ts'
import { Host } from './group.ts'
import type { Inventory } from './inventory.ts'
import type { Layer } from './layer.ts'

/**
 * All that variables stand for on any host of an inventory, by their names. It is as the inventory was when it was made;
 * hosts are many, and of most names nobody asks what they stand for.
 */
export class HostVariables {
  /** Of some host files stay encrypted: none of its variables is here. */
  readonly isWhole: boolean
  readonly #layers: (Host | ReadonlyMap<string, Node>)[] = []
  readonly #shared = new Set<ReadonlyMap<string, Node>>()
  readonly #names = new Set<string>()
  /** The names of the host before: many have the very same list. */
  #last: readonly string[] | undefined
  #nodes: ReadonlyMap<string, readonly Node[]> | undefined

  /** `playbookDir` (absolute) is where the playbook is, beside which variable files may lie. */
  constructor(inventory: Inventory, playbookDir: string) {
    let isWhole = true
    let shared: readonly Layer[] | undefined
    for (const host of inventory.hosts.values()) {
      try {
        const ofFiles = inventory.fileLayers(host, playbookDir)
        const ofGroups = inventory.sharedLayers(host, playbookDir)
        // Hosts beside each other have mostly the same groups.
        if (ofGroups !== shared) for (const { variables } of ofGroups) this.#add(variables)
        shared = ofGroups
        this.#addHost(host)
        for (const { variables } of ofFiles) this.#add(variables)
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        isWhole = false
      }
    }
    this.isWhole = isWhole
  }

  /** In the order of hosts, and of layers. */
  get names(): ReadonlySet<string> {
    return this.#names
  }

  /** In the same order. */
  nodesOf(name: string): readonly Node[] {
    if (!this.#names.has(name)) return []
    this.#nodes ??= byName(this.#layers)
    return this.#nodes.get(name)!
  }

  #addHost(host: Host): void {
    this.#layers.push(host)
    const { names } = host
    if (names !== this.#last) for (const name of names) this.#names.add(name)
    this.#last = names
  }

  #add(variables: ReadonlyMap<string, Node>): void {
    if (variables.size === 0 || this.#shared.has(variables)) return
    this.#shared.add(variables)
    this.#layers.push(variables)
    for (const name of variables.keys()) this.#names.add(name)
  }
}

function* mapsOf(layers: Iterable<Host | ReadonlyMap<string, Node>>) {
  for (const layer of layers)
    if (layer instanceof Host) {
      yield* layer.overridden
      yield layer.variables
    } else yield layer
}

function byName(layers: Iterable<Host | ReadonlyMap<string, Node>>): ReadonlyMap<string, readonly Node[]> {
  const nodes = new Map<string, Node[]>()
  for (const variables of mapsOf(layers))
    for (const [name, node] of variables) {
      const known = nodes.get(name)
      if (known === undefined) nodes.set(name, [node])
      else known.push(node)
    }
  return nodes
}
