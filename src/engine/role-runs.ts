import type { Role } from '../playbook/ast.ts'
import type { TaskResult } from '../protocol/event.ts'
import type { HostState } from './host.ts'

/** The roles that have run on the hosts of a batch: as in Ansible the same role runs once, unless it is skipped. */
export class RoleRuns {
  readonly #first = new Map<HostState, Map<string, Role>>()

  /** Keeps that a step of a role has run where it was not skipped. */
  ended(role: Role | undefined, results: ReadonlyMap<HostState, TaskResult>): void {
    if (role === undefined) return
    for (const [host, { status }] of results) {
      if (status === 'skipped') continue
      const roles = this.#first.get(host) ?? new Map<string, Role>()
      this.#first.set(host, roles)
      if (!roles.has(role.signature)) roles.set(role.signature, role)
    }
  }

  /** Whether the same role has run on a host where it was used before. */
  isRepeated(role: Role | undefined, host: HostState): boolean {
    if (!role?.runsOnce) return false
    const first = this.#first.get(host)?.get(role.signature)
    return first !== undefined && first !== role
  }
}
