import { entriesOf, type Node } from '../values/value.ts'
import type { LateMap } from '../yaml/kept/late-map.ts'

/** The names under which this machine is a host without being listed. */
export const LOCALHOST: readonly string[] = ['localhost', '127.0.0.1', '::1']

interface OwnVariables {
  readonly variables: Map<string, Node>
  readonly overridden: Map<string, Node>[]
}

/** What has variables of its own in the inventory file. */
class Owner {
  readonly name: string
  #values: OwnVariables | undefined
  #read: (() => OwnVariables) | undefined
  #late: LateMap | undefined

  constructor(name: string) {
    this.name = name
  }

  get variables(): Map<string, Node> {
    return this.#own.variables
  }

  /** What stood for the same names before, lowest first: values of an earlier inventory, or of a line above. */
  get overridden(): Map<string, Node>[] {
    return this.#own.overridden
  }

  /** Nothing was said of its variables, and nobody has asked for them. */
  get isBare(): boolean {
    return this.#values === undefined && this.#read === undefined && this.#late === undefined
  }

  /** Its variables are read when somebody asks for them. */
  readLater(read: () => OwnVariables): void {
    this.#read = read
  }

  /** The same of those that a map holds, all of them. */
  holdLater(map: LateMap): void {
    this.#late = map
  }

  /** The map that holds its variables, if they are those of one. */
  get late(): LateMap | undefined {
    return this.#late
  }

  /** The names of its variables: the very same list for many that hold maps. */
  get names(): readonly string[] {
    return this.#late?.keys ?? [...this.variables.keys()]
  }

  /** One variable: the others are not read if it is not there. */
  variable(name: string): Node | undefined {
    return this.#late?.keys.includes(name) === false ? undefined : this.variables.get(name)
  }

  get #own(): OwnVariables {
    this.#values ??= this.#read?.() ?? { variables: entriesOf(this.#late), overridden: [] }
    return this.#values
  }

  setVariable(name: string, value: Node): void {
    const before = this.variables.get(name)
    this.#late = undefined
    if (before !== undefined) {
      const free = this.overridden.find((values) => !values.has(name))
      if (free === undefined) this.overridden.push(new Map([[name, before]]))
      else free.set(name, before)
    }
    this.variables.set(name, value)
  }
}

/** A host of the inventory; its variables are those of the inventory file, or of `add_host`. */
export class Host extends Owner {
  /** Named in a pattern but listed nowhere: this machine. */
  readonly implicit: boolean
  /** The inventory file that named it first, absolute; none for hosts named on the command line. */
  readonly file: string | undefined
  /** The groups that list it; those above them are not here. */
  readonly groups = new Set<Group>()

  constructor(name: string, file?: string, implicit = false) {
    super(name)
    this.file = file
    this.implicit = implicit
  }
}

export class Group extends Owner {
  /** The hosts it lists itself, in their order. */
  readonly hosts = new Set<Host>()
  readonly children = new Set<Group>()
  readonly parents = new Set<Group>()
  /** ansible_group_priority: among groups of one depth the higher number wins. */
  priority = 1

  /** All groups that hold this one. */
  ancestors(): Set<Group> {
    const found = new Set(this.parents)
    // A set that grows while it is walked is walked to its end.
    for (const group of found) for (const parent of group.parents) found.add(parent)
    return found
  }

  /** This group and all groups in it: children first, then theirs. */
  descendants(): Set<Group> {
    const found = new Set<Group>([this])
    for (const group of found) for (const child of group.children) found.add(child)
    return found
  }
}
