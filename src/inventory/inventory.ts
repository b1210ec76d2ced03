import { dirname } from 'node:path'
import type { Problem } from '../values/problem.ts'
import { Source } from '../values/source.ts'
import { type Node, toNode } from '../values/value.ts'
import { Group, Host, LOCALHOST } from './group.ts'
import { type Layer, ownLayers } from './layer.ts'
import { type Line, Membership } from './membership.ts'
import { VariableFolder } from './variables.ts'

/** The hosts and groups of all inventories of a run; may grow while it goes on. */
export class Inventory {
  readonly hosts = new Map<string, Host>()
  readonly groups = new Map<string, Group>()
  #all: Group
  #ungrouped: Group
  /** The folders that hold group_vars and host_vars beside an inventory; later ones win. */
  #beside: VariableFolder[] = []
  readonly #playbooks = new Map<string, VariableFolder>()
  /** All of these by the folder of the playbook. */
  readonly #folders = new Map<string, readonly VariableFolder[]>()
  #membership: Membership | undefined
  #localhost: Host | undefined

  constructor() {
    this.#all = this.addGroup('all')
    this.#ungrouped = this.addGroup('ungrouped')
    this.nest(this.#all, this.#ungrouped)
  }

  /** The group of that name, made when there is none yet. */
  addGroup(name: string): Group {
    const group = this.groups.get(name) ?? new Group(name)
    this.groups.set(name, group)
    this.#membership = undefined
    return group
  }

  /** The host of that name, made when there is none yet; `file` is the inventory file that names it, absolute. */
  addHost(name: string, file?: string): Host {
    const known = this.hosts.get(name)
    if (known !== undefined) return known
    const host = new Host(name, file)
    this.hosts.set(name, host)
    this.#membership = undefined
    return host
  }

  /** Puts a host into a group. */
  join(group: Group, host: Host): void {
    group.hosts.add(host)
    host.groups.add(group)
    this.#membership = undefined
  }

  /** Puts a group into another; false when the other lies in it already. */
  nest(parent: Group, child: Group): boolean {
    if (child === this.#all || child === parent || parent.ancestors().has(child)) return false
    parent.children.add(child)
    child.parents.add(parent)
    this.#membership = undefined
    return true
  }

  /** Holds from now on what another one holds, and nothing else. */
  takeOver(other: Inventory): void {
    this.hosts.clear()
    this.groups.clear()
    for (const [name, host] of other.hosts) this.hosts.set(name, host)
    for (const [name, group] of other.groups) this.groups.set(name, group)
    this.#all = other.#all
    this.#ungrouped = other.#ungrouped
    this.#beside = other.#beside
    this.#playbooks.clear()
    this.#folders.clear()
    this.#membership = undefined
  }

  /** Says that group_vars and host_vars in this folder (absolute) belong to the inventory. */
  addFolder(folder: string): void {
    const others = this.#beside.filter((beside) => beside.path !== folder)
    this.#beside = [...others, new VariableFolder(folder, 'the inventory')]
    this.#folders.clear()
    this.#membership = undefined
  }

  /** The folders of `addFolder`, in their order. */
  get folders(): readonly string[] {
    return this.#beside.map(({ path }) => path)
  }

  /** The group that holds all others, every one in its place. */
  get root(): Group {
    this.#settled()
    return this.#all
  }

  /** The folder of the inventory file that named the host, absolute: the variable inventory_dir. */
  inventoryDir(host: Host): string | undefined {
    return host.file === undefined ? undefined : dirname(host.file)
  }

  /** The host of that name; localhost, 127.0.0.1 and ::1 exist without being listed. */
  host(name: string): Host | undefined {
    const listed = this.hosts.get(name)
    if (listed !== undefined || !LOCALHOST.includes(name)) return listed
    const other = LOCALHOST.find((known) => this.hosts.has(known))
    if (other !== undefined) return this.hosts.get(other)
    this.#localhost ??= implicitLocalhost(name)
    return this.#localhost
  }

  /** The hosts of a group and of the groups in it, its own first. */
  hostsOf(group: Group): readonly Host[] {
    return this.#settled().hostsOf(group)
  }

  /** The variable group_names: the groups that hold the host, without `all`, sorted. */
  groupNames(host: Host): string[] {
    return this.#settled()
      .lineOf(host)
      .groups.map((group) => group.name)
      .sort()
  }

  /** Why the variables of one of a host's groups win over those of another, in words. */
  whyAfter(upper: Group, lower: Group): string {
    return this.#settled().whyAfter(upper, lower)
  }

  /** The variable groups: the names of every group's hosts. */
  groupsMap(): Readonly<Record<string, string[]>> {
    return this.#settled().names
  }

  /**
   * The variables that hold for a host from the inventory and the files beside it and beside the playbook, lowest
   * precedence first: Ansible's levels 3 to 10. Raises ProblemError when the files of a host or group that was
   * added during the run are wrong; for all others readVariables has said so.
   */
  layersOf(host: Host, playbookDir: string): readonly Layer[] {
    const layers = this.sharedLayers(host, playbookDir)
    const own = this.ownLayers(host, playbookDir)
    return own.length === 0 ? layers : [...layers, ...own]
  }

  /** Those of `layersOf` that come from groups: the very same for all hosts of the same groups. Raises as it does. */
  sharedLayers(host: Host, playbookDir: string): readonly Layer[] {
    const line = this.#settled().lineOf(host)
    let layers = line.layers.get(playbookDir)
    if (layers === undefined) {
      layers = this.#groupLayers(line, this.#beside, this.#besidePlaybook(playbookDir))
      line.layers.set(playbookDir, layers)
    }
    return layers
  }

  /** What the inventories themselves say of a host, and the files beside them if asked for; lowest precedence first. */
  layersWithin(host: Host, withFiles: boolean): readonly Layer[] {
    const beside = withFiles ? this.#beside : []
    return [
      ...this.#groupLayers(this.#settled().lineOf(host), beside, []),
      ...ownLayers('host', host),
      ...beside.flatMap((folder) => folder.layersOf('host_vars', [host.name])),
    ]
  }

  /** What is said of a host or group itself, in inventories, beside them and beside a playbook (absolute), lowest first. */
  ownLayers(owner: Host | Group, playbookDir: string | undefined): readonly Layer[] {
    const kind = owner instanceof Host ? 'host' : 'group'
    return [...ownLayers(kind, owner), ...this.fileLayers(owner, playbookDir)]
  }

  /** What files say of a host or group itself, beside inventories and beside a playbook (absolute), lowest first. */
  fileLayers(owner: Host | Group, playbookDir: string | undefined): readonly Layer[] {
    const kind = owner instanceof Host ? 'host_vars' : 'group_vars'
    const folders = this.#foldersFor(playbookDir)
    // Of many hosts few have files.
    if (!folders.some((folder) => folder.has(kind, owner.name))) return []
    return folders.flatMap((folder) => folder.layersOf(kind, [owner.name]))
  }

  /** What `layersOf` says of one variable of a host; undefined where nothing does. Raises as it does. */
  variableOf(host: Host, playbookDir: string, name: string): Node | undefined {
    const shared = this.sharedLayers(host, playbookDir)
    return lastOf(this.fileLayers(host, playbookDir), name) ?? host.variable(name) ?? lastOf(shared, name)
  }

  /** Whether no variable file of `readVariables` stays encrypted. */
  isOpen(playbookDir: string): boolean {
    return this.#foldersFor(playbookDir).every(({ isOpen }) => isOpen)
  }

  /** Reads the variable files beside the inventories and beside a playbook (absolute), and says what is wrong. */
  readVariables(playbookDir: string): { problems: Problem[]; warnings: Problem[] } {
    const read = this.#foldersFor(playbookDir).flatMap((folder) => [
      folder.readAll('group_vars', this.groups.keys()),
      folder.readAll('host_vars', [...this.hosts.keys(), ...LOCALHOST]),
    ])
    return {
      problems: read.flatMap(({ problems }) => problems),
      warnings: read.flatMap(({ warnings }) => warnings),
    }
  }

  #groupLayers(
    { groups }: Line,
    beside: readonly VariableFolder[],
    playbook: readonly VariableFolder[],
  ): Layer[] {
    const names = groups.map((group) => group.name)
    const layers = (folders: readonly VariableFolder[], of: readonly string[]) =>
      folders.flatMap((folder) => folder.layersOf('group_vars', of))
    return [
      ...[this.#all, ...groups].flatMap((group) => ownLayers('group', group)),
      ...layers(beside, ['all']),
      ...layers(playbook, ['all']),
      ...layers(beside, names),
      ...layers(playbook, names),
    ]
  }

  #foldersFor(playbookDir: string | undefined): readonly VariableFolder[] {
    if (playbookDir === undefined) return this.#beside
    let folders = this.#folders.get(playbookDir)
    if (folders === undefined) {
      folders = [...this.#beside, ...this.#besidePlaybook(playbookDir)]
      this.#folders.set(playbookDir, folders)
    }
    return folders
  }

  /** None when the files beside the playbook are those beside the inventory, which would come twice. */
  #besidePlaybook(path: string): VariableFolder[] {
    if (this.#beside.at(-1)?.path === path) return []
    let folder = this.#playbooks.get(path)
    if (folder === undefined) {
      folder = new VariableFolder(path, 'the playbook')
      this.#playbooks.set(path, folder)
    }
    return [folder]
  }

  #settled(): Membership {
    if (this.#membership === undefined) {
      this.#attachLoose()
      this.#membership = new Membership(this.#all)
    }
    return this.#membership
  }

  /** Groups in no other belong to `all`; hosts in no other group belong to `ungrouped`, and only those. */
  #attachLoose(): void {
    for (const group of this.groups.values()) {
      if (group.parents.size === 0 && group !== this.#all) this.nest(this.#all, group)
    }
    for (const host of this.hosts.values()) {
      if (!this.#isGrouped(host)) this.join(this.#ungrouped, host)
      else if (host.groups.delete(this.#ungrouped)) this.#ungrouped.hosts.delete(host)
    }
  }

  #isGrouped(host: Host): boolean {
    for (const group of host.groups) if (group !== this.#all && group !== this.#ungrouped) return true
    return false
  }
}

function lastOf(layers: readonly Layer[], name: string): Node | undefined {
  return layers.findLast(({ variables }) => variables.has(name))?.variables.get(name)
}

function implicitLocalhost(name: string): Host {
  const host = new Host(name, undefined, true)
  const source = new Source(`${name} (not in the inventory)`, 'local')
  host.variables.set('ansible_connection', toNode('local', { source, start: 0, end: source.text.length }))
  return host
}
