import type { Problem } from '../values/problem.ts'
import type { SourceSpan } from '../values/source.ts'
import { type Node, toNode } from '../values/value.ts'
import type { LateMap } from '../yaml/kept/late-map.ts'
import type { Group, Host } from './group.ts'
import { expandHosts } from './hostname.ts'
import type { Inventory } from './inventory.ts'
import { groupNameProblem, isHardInTemplates, type NameProblem, variableNameProblem } from './names.ts'

/** Puts what an inventory file says into the inventory, and keeps what is wrong with it. */
export class Builder {
  readonly inventory: Inventory
  readonly problems: Problem[] = []
  readonly warnings: Problem[] = []
  /** Groups that templates find hard, and where each is named first. */
  readonly hardNames = new Map<string, SourceSpan>()
  /** Lists of names of variables that have nothing wrong with them. */
  readonly #sound = new Set<readonly string[]>()
  /** The file being read, absolute. */
  file: string | undefined
  readonly extraVars: ReadonlyMap<string, Node>
  /** Folders, absolute, that hold inventory plugins of one's own. */
  readonly pluginFolders: readonly string[]
  /** Programs and plugins of one's own are passed over. */
  readonly runsNothing: boolean

  constructor(
    inventory: Inventory,
    extraVars: ReadonlyMap<string, Node> = new Map(),
    pluginFolders: readonly string[] = [],
    runsNothing = false,
  ) {
    this.runsNothing = runsNothing
    this.inventory = inventory
    this.extraVars = extraVars
    this.pluginFolders = pluginFolders
  }

  problem(message: string, place?: SourceSpan, hint?: string): void {
    this.problems.push({ message, place, hint })
  }

  /** The group of that name, or undefined when no group can have it. */
  group(name: string, place: SourceSpan): Group | undefined {
    const known = this.inventory.groups.get(name)
    if (known !== undefined) return known
    if (!this.#report(groupNameProblem(name), place)) return undefined
    if (isHardInTemplates(name)) this.hardNames.set(name, place)
    return this.inventory.addGroup(name)
  }

  /** The hosts that a name, perhaps with ranges and a port, stands for; they are in the group then. */
  hosts(pattern: string, place: SourceSpan, group: Group): Host[] {
    try {
      const { hosts, port } = expandHosts(pattern)
      return hosts.map((name) => {
        const host = this.host(name, group)
        if (port !== undefined) host.setVariable('ansible_port', toNode(port, place))
        return host
      })
    } catch (error) {
      this.problem((error as Error).message, place)
      return []
    }
  }

  /** The host of exactly that name; it is in the group then. */
  host(name: string, group: Group): Host {
    const host = this.inventory.addHost(name, this.file)
    this.inventory.join(group, host)
    return host
  }

  /** Puts a group into another. */
  nest(parent: Group, child: Group, place: SourceSpan): void {
    if (this.inventory.nest(parent, child)) return
    if (child.name === 'all') this.problem('the group all holds every group and cannot be in one', place)
    else if (child === parent) this.problem(`the group ${child.name} cannot be in itself`, place)
    else this.problem(`the group ${child.name} cannot be in ${parent.name}, which is in ${child.name}`, place)
  }

  groupVariable(group: Group, name: string, namePlace: SourceSpan, value: Node): void {
    if (name === 'ansible_group_priority') this.#priority(group, value)
    else this.#variable([group], name, namePlace, value)
  }

  hostVariable(hosts: readonly Host[], name: string, namePlace: SourceSpan, value: Node): void {
    this.#variable(hosts, name, namePlace, value)
  }

  /** The same of all that a map says of hosts, when they ask for it; false where it must be read now. */
  hostVariablesLater(hosts: readonly Host[], map: LateMap): boolean {
    if (!hosts.every((host) => host.isBare) || !this.#areSound(map.keys)) return false
    for (const host of hosts) host.holdLater(map)
    return true
  }

  #areSound(names: readonly string[]): boolean {
    if (this.#sound.has(names)) return true
    const areSound = names.every((name) => variableNameProblem(name) === undefined)
    if (areSound) this.#sound.add(names)
    return areSound
  }

  #priority(group: Group, value: Node): void {
    const priority = value.kind === 'scalar' ? Number(value.value) : Number.NaN
    if (Number.isInteger(priority)) group.priority = priority
    else this.problem('ansible_group_priority takes a whole number', value.place)
  }

  #variable(owners: readonly (Host | Group)[], name: string, namePlace: SourceSpan, value: Node): void {
    if (!this.#report(variableNameProblem(name), namePlace)) return
    for (const owner of owners) owner.setVariable(name, value)
  }

  /** Whether one can go on. */
  #report(problem: NameProblem | undefined, place: SourceSpan): boolean {
    if (problem === undefined) return true
    const list = problem.fatal ? this.problems : this.warnings
    list.push({ message: problem.message, hint: problem.hint, place })
    return !problem.fatal
  }
}
