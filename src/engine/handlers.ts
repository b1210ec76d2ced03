import type { Play, Step } from '../playbook/ast.ts'
import { handlersOf } from '../playbook/playbook.ts'
import type { HostState } from './host.ts'
import type { PlayVariables } from './play-variables.ts'

/** The handlers of a play and the hosts that each has been notified for. */
export class HandlerQueue {
  readonly #scope: PlayVariables
  #handlers: readonly Step[]
  readonly #notified = new Map<Step, Set<HostState>>()

  constructor(scope: PlayVariables, play: Play) {
    this.#scope = scope
    this.#handlers = handlersOf(play)
  }

  /** Adds the handlers of a role that was included. */
  add(handlers: readonly Step[]): void {
    this.#handlers = [...this.#handlers, ...handlers]
  }

  /**
   * Notifies, by name or topic: of a topic all, of several handlers with one name the first of the play's own, or of the
   * last role that has one. False if there is none.
   */
  notify(name: string, host: HostState): boolean {
    const meant = this.#called(name)
    for (const handler of meant) {
      this.#notified.set(handler, (this.#notified.get(handler) ?? new Set<HostState>()).add(host))
    }
    return meant.size > 0
  }

  /** Whether there is a handler or a topic of this name. */
  has(name: string): boolean {
    return this.#called(name).size > 0
  }

  #called(name: string): ReadonlySet<Step> {
    const alike = this.#handlers.filter((handler) => this.#names(handler).includes(name))
    const named = alike.find(({ role }) => role === alike.at(-1)!.role)
    const listening = this.#handlers.filter(
      (handler) => handler.kind !== 'block' && handler.listen.includes(name),
    )
    return new Set(named === undefined ? listening : [named, ...listening])
  }

  /**
   * Takes the handlers that hosts which are meant were notified of, once through in the order in which they are
   * written: what one of them notifies is taken too if it comes later, and stays for the next time if not.
   */
  *take(isMeant: (host: HostState) => boolean): Iterable<{ handler: Step; hosts: HostState[] }> {
    for (let at = 0; at < this.#handlers.length; at += 1) {
      const handler = this.#handlers[at]!
      const notified = this.#notified.get(handler) ?? new Set()
      const hosts = [...notified].filter(isMeant)
      for (const host of hosts) notified.delete(host)
      if (hosts.length > 0) yield { handler, hosts }
    }
  }

  #names(handler: Step): string[] {
    if (handler.name === undefined) return []
    const name = this.#scope.nameOf(handler)
    return handler.role === undefined ? [name] : [name, `${handler.role.name} : ${name}`]
  }
}
