import type { Run } from '../../engine/run.ts'
import type { Play, Role } from '../../playbook/ast.ts'
import { roleUses } from '../../playbook/playbook.ts'
import { ProblemError } from '../../values/problem.ts'
import { entriesOf, type Node } from '../../values/value.ts'

/** All that the variables of a play may stand for, by their names, wherever they are defined. */
export class Definitions {
  readonly #nodes = new Map<string, Set<Node>>()

  constructor(play: Play, run: Run) {
    const layers = new Set<ReadonlyMap<string, Node>>()
    for (const host of run.inventory.hosts.values()) {
      try {
        for (const { variables } of run.inventory.layersOf(host, play.folder)) layers.add(variables)
      } catch (error) {
        // Hosts whose files stay encrypted are worked on by nobody.
        if (!(error instanceof ProblemError)) throw error
      }
    }
    for (const { included } of run.hosts.values()) layers.add(included)
    for (const layer of layers) this.add(layer)
    this.add(entriesOf(play.vars))
    for (const { role } of roleUses(play)) this.addRole(role)
    this.add(run.extraVars)
  }

  add(variables: ReadonlyMap<string, Node>): void {
    for (const [name, node] of variables) {
      const known = this.#nodes.get(name)
      if (known === undefined) this.#nodes.set(name, new Set([node]))
      else known.add(node)
    }
  }

  addRole({ defaults, vars, around }: Role): void {
    this.add(defaults)
    this.add(vars)
    for (const role of around) {
      this.add(role.defaults)
      this.add(role.vars)
    }
  }

  of(name: string): Iterable<Node> {
    return this.#nodes.get(name) ?? []
  }

  has(name: string): boolean {
    return this.#nodes.has(name)
  }

  names(): Iterable<string> {
    return this.#nodes.keys()
  }
}
