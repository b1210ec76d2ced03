import type { Group, Host } from './group.ts'
import type { Layer } from './layer.ts'

/** The groups that hold a host; hosts of the same groups share it. */
export interface Line {
  /** Without `all`; the further down, the later, for a later one's variables win. */
  readonly groups: readonly Group[]
  /** The groups' variable layers, by the playbook's folder, once they were asked for. */
  readonly layers: Map<string, readonly Layer[]>
}

/** The lines of hosts whose first groups are the same, by the next group. */
class Branch extends Map<Group, Branch> {
  /** That of hosts without further groups. */
  line: Line | undefined
}

/** Who belongs to which group, worked out once for groups that all lie in `all`, while nothing changes in them. */
export class Membership {
  readonly #all: Group
  readonly #groups: ReadonlySet<Group>
  readonly #hosts = new Map<Group, readonly Host[]>()
  readonly #depths = new Map<Group, number>()
  readonly #lines = new Branch()
  #names: Readonly<Record<string, string[]>> | undefined

  constructor(all: Group) {
    this.#all = all
    this.#groups = all.descendants()
  }

  /** The names of every group's hosts. */
  get names(): Readonly<Record<string, string[]>> {
    this.#names ??= Object.fromEntries(
      [...this.#groups].map((group) => [group.name, this.hostsOf(group).map((host) => host.name)]),
    )
    return this.#names
  }

  hostsOf(group: Group): readonly Host[] {
    let hosts = this.#hosts.get(group)
    if (hosts === undefined) {
      hosts = this.#groups.has(group) ? hostsIn(group) : []
      this.#hosts.set(group, hosts)
    }
    return hosts
  }

  lineOf(host: Host): Line {
    let branch = this.#lines
    for (const group of host.groups) {
      let next = branch.get(group)
      if (next === undefined) {
        next = new Branch()
        branch.set(group, next)
      }
      branch = next
    }
    branch.line ??= { groups: this.#ordered(host), layers: new Map() }
    return branch.line
  }

  whyAfter(upper: Group, lower: Group): string {
    if (this.#depth(upper) !== this.#depth(lower))
      return `the group ${upper.name} lies deeper than ${lower.name}`
    if (upper.priority !== lower.priority)
      return `the group ${upper.name} has the higher ansible_group_priority (${upper.priority}, ${lower.name} ${lower.priority})`
    return `of groups as deep as each other the later in the alphabet wins, ${upper.name} over ${lower.name}`
  }

  #ordered(host: Host): Group[] {
    const groups = new Set([...host.groups].flatMap((group) => [group, ...group.ancestors()]))
    groups.delete(this.#all)
    return [...groups].sort(
      (a, b) => this.#depth(a) - this.#depth(b) || a.priority - b.priority || (a.name < b.name ? -1 : 1),
    )
  }

  /** How far below `all`, along the longest way. */
  #depth(group: Group): number {
    let depth = this.#depths.get(group)
    if (depth === undefined) {
      depth = 1 + Math.max(-1, ...[...group.parents].map((parent) => this.#depth(parent)))
      this.#depths.set(group, depth)
    }
    return depth
  }
}

/** Those of a group and of the groups in it. */
function hostsIn(group: Group): readonly Host[] {
  const hosts = new Set(group.hosts)
  for (const below of group.descendants())
    if (below !== group) for (const host of below.hosts) hosts.add(host)
  return [...hosts]
}
