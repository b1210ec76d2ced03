import type { HostVariables } from '../inventory/host-variables.ts'
import type { Node } from '../values/value.ts'

/** What the variables of a play may stand for, by their names: on hosts, and what is added. */
export class Definitions {
  readonly #ofHosts: HostVariables
  /** Undefined: what hosts have, which is looked up when somebody asks. */
  readonly #nodes = new Map<string, Set<Node> | undefined>()

  /** `names` are known besides those of hosts, and come before them. */
  constructor(ofHosts: HostVariables, names: Iterable<string> = []) {
    this.#ofHosts = ofHosts
    for (const name of names) this.#nodes.set(name, undefined)
    for (const name of ofHosts.names) this.#nodes.set(name, undefined)
  }

  add(variables: ReadonlyMap<string, Node>): void {
    for (const [name, node] of variables) {
      const known = this.of(name)
      if (known === undefined) this.#nodes.set(name, new Set([node]))
      else known.add(node)
    }
  }

  /** A variable comes from somewhere else: what it stood for does not matter any more. */
  replace(name: string): void {
    this.#nodes.set(name, new Set())
  }

  /** Undefined when there is no such variable. */
  of(name: string): Set<Node> | undefined {
    if (!this.#nodes.has(name)) return undefined
    const known = this.#nodes.get(name) ?? new Set(this.#ofHosts.nodesOf(name))
    this.#nodes.set(name, known)
    return known
  }

  has(name: string): boolean {
    return this.#nodes.has(name)
  }

  names(): Iterable<string> {
    return this.#nodes.keys()
  }
}
