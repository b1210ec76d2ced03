import { isConnectionVariable } from '../inventory/connection/variables.ts'
import type { Host } from '../inventory/group.ts'
import type { Role } from '../playbook/ast.ts'
import type { HostStats } from '../protocol/event.ts'
import type { Node, Value } from '../values/value.ts'

/** Variables of a host that count what bears on how it is reached. */
class HostVariables<T> extends Map<string, T> {
  reachChanges = 0

  override set(name: string, value: T): this {
    if (isConnectionVariable(name)) this.reachChanges += 1
    return super.set(name, value)
  }

  override delete(name: string): boolean {
    if (isConnectionVariable(name)) this.reachChanges += 1
    return super.delete(name)
  }

  override clear(): void {
    this.reachChanges += 1
    super.clear()
  }
}

/** The same variables with other values, all of them: most hosts that none are known of stay so. */
function replaced<T>(own: HostVariables<T> | undefined, by: ReadonlyMap<string, T>) {
  if (own === undefined && by.size === 0) return undefined
  const variables = own ?? new HostVariables<T>()
  variables.clear()
  for (const [name, value] of by) variables.set(name, value)
  return variables
}

/** A host of the inventory as it is in the run: what is known of it, and how it has fared. */
export class HostState {
  /** Another one when the inventory was read again. */
  host: Host
  // A worker knows many hosts of a play that it never works on: those have none.
  #facts: HostVariables<Value> | undefined
  #included: HostVariables<Node> | undefined
  #assigned: HostVariables<Value> | undefined
  #stats: HostStats | undefined
  #endedRoles: Set<Role> | undefined
  /** Out of the run, but for clear_host_errors. */
  out: 'failed' | 'unreachable' | undefined
  /** Left the play by end_host, end_batch or end_play. */
  ended = false
  /** Left it alone, by end_host: it is not among the hosts of the play any more. */
  removed = false

  constructor(host: Host) {
    this.host = host
  }

  /** Gathered by setup. */
  get facts(): Map<string, Value> {
    this.#facts ??= new HostVariables()
    return this.#facts
  }

  set facts(values: ReadonlyMap<string, Value>) {
    this.#facts = replaced(this.#facts, values)
  }

  /** Read by include_vars. */
  get included(): Map<string, Node> {
    this.#included ??= new HostVariables()
    return this.#included
  }

  set included(values: ReadonlyMap<string, Node>) {
    this.#included = replaced(this.#included, values)
  }

  /** set_fact and registered results. */
  get assigned(): Map<string, Value> {
    this.#assigned ??= new HostVariables()
    return this.#assigned
  }

  set assigned(values: ReadonlyMap<string, Value>) {
    this.#assigned = replaced(this.#assigned, values)
  }

  get stats(): HostStats {
    this.#stats ??= { ok: 0, changed: 0, failures: 0, unreachable: 0, skipped: 0, rescued: 0, ignored: 0 }
    return this.#stats
  }

  /** Roles that it has left by end_role. */
  get endedRoles(): Set<Role> {
    this.#endedRoles ??= new Set()
    return this.#endedRoles
  }

  /** How often variables that say how it is reached have been set or taken away. */
  get reachChanges(): number {
    const [facts, included, assigned] = [this.#facts, this.#included, this.#assigned]
    return (facts?.reachChanges ?? 0) + (included?.reachChanges ?? 0) + (assigned?.reachChanges ?? 0)
  }

  get name(): string {
    return this.host.name
  }

  /** As in Ansible, one that could not be reached goes on at once, and one that has failed in the next play. */
  forgive(): void {
    if (this.out === 'failed') this.ended = true
    this.out = undefined
  }

  get active(): boolean {
    return this.out === undefined && !this.ended
  }
}
