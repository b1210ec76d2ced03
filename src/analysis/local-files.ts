import { localPaths, missingFile } from '../engine/arguments.ts'
import type { Host } from '../inventory/group.ts'
import type { HostVariables } from '../inventory/host-variables.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Play, Task } from '../playbook/ast.ts'
import { isNamedOutright } from '../playbook/included.ts'
import { isTemplate } from '../template/template.ts'
import { existsSync } from '../values/controller-files.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import { type Node, toValue } from '../values/value.ts'
import type { Runnable } from './every-step.ts'

/** The files of this machine that the tasks of a run send, in their order. */
export class LocalFiles {
  /** A step that may make files here has come: nobody knows what is there then. */
  #mayCome = false
  readonly #inventory: Inventory
  readonly #variables: (folder: string) => HostVariables
  readonly #connection: string | undefined
  readonly #problems: Problem[]
  /** Plays of which a host may be this machine: hosts are many, and all steps of a play ask. */
  readonly #playsHere = new Map<Play, boolean>()

  /**
   * `variables` gives those of all hosts for the folder of a play, `connection` is how hosts are reached that do not say; what
   * is missing is added to `problems`.
   */
  constructor(
    inventory: Inventory,
    variables: (folder: string) => HostVariables,
    connection: string | undefined,
    problems: Problem[],
  ) {
    this.#problems = problems
    this.#inventory = inventory
    this.#variables = variables
    this.#connection = connection
  }

  /** Reports a file that is nowhere, if no earlier step can have made it. */
  check(name: string, node: Node, kind: 'files' | 'templates', task: Task, play: Play): void {
    if (this.#mayCome) return
    const paths = localPaths(name, kind, task, play)
    if (!paths.some((path) => existsSync(path))) this.#problems.push(missingFile(name, paths, node))
  }

  /** Must be called for each step, behind what it sends itself; `hosts` are the play's. */
  passed(step: Runnable, hosts: readonly Host[], play: Play): void {
    this.#mayCome ||= this.#mayWriteHere(step, hosts, play)
  }

  #mayWriteHere(step: Runnable, hosts: readonly Host[], play: Play): boolean {
    if (step.kind === 'include_tasks' || step.kind === 'include_role') return !isNamedOutright(step)
    if (step.kind !== 'task') return false
    const { module, inherited } = step
    if (module.writesHere) return true
    if (module.probe === undefined && !module.runsCommands) return false
    const { delegate_to, connection } = inherited.keywords
    if (connection !== undefined) return toValue(connection) !== 'ssh'
    if (delegate_to === undefined) return this.#isHere(play, hosts)
    const name = String(toValue(delegate_to))
    if (isTemplate(name) || LOCAL.has(name)) return true
    const host = this.#inventory.host(name)
    return host !== undefined && this.#isLocal(host, play)
  }

  #isHere(play: Play, hosts: readonly Host[]): boolean {
    const isHere = this.#playsHere.get(play) ?? hosts.some((host) => this.#isLocal(host, play))
    this.#playsHere.set(play, isHere)
    return isHere
  }

  /** Whether a host may be this machine itself. */
  #isLocal(host: Host, play: Play): boolean {
    if (LOCAL.has(host.name)) return true
    const said = this.#maySay(play) ? this.#connectionOf(host, play) : undefined
    return said === undefined ? this.#connection === 'local' : toValue(said) !== 'ssh'
  }

  /** Whether any host says how it is reached: mostly none does. */
  #maySay(play: Play): boolean {
    const { names, isWhole } = this.#variables(play.folder)
    return !isWhole || names.has('ansible_connection')
  }

  #connectionOf(host: Host, play: Play): Node | undefined {
    try {
      return this.#inventory.variableOf(host, play.folder, 'ansible_connection')
    } catch (error) {
      // Files of variables that stay closed are reported where they are asked for.
      if (error instanceof ProblemError) return undefined
      throw error
    }
  }
}

const LOCAL: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1'])
