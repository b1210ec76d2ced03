import type { Meta, Play } from '../playbook/ast.ts'
import { ProblemError } from '../values/problem.ts'
import { placeName } from '../values/source.ts'
import type { Failed, Failures } from './failures.ts'
import type { HostState } from './host.ts'
import type { PlayVariables } from './play-variables.ts'
import type { Run } from './run.ts'
import type { TaskRunner } from './task/runner.ts'
import type { Together } from './together.ts'

/** The meta tasks that each host does or leaves. */
const OF_EACH_HOST = new Set(['noop', 'flush_handlers', 'reset_connection', 'end_host', 'end_role'])
const NOT_IN_A_HANDLER = 'flush_handlers cannot be used in a handler'

/** What meta steps have to do with in their batch. */
interface Around {
  readonly run: Run
  readonly play: Play
  readonly hosts: readonly HostState[]
  readonly scope: PlayVariables
  readonly tasks: TaskRunner
  readonly failures: Failures
  readonly together: Together
  readonly isInHandler: (host: HostState) => boolean
  /** Runs the handlers that these hosts have notified. */
  readonly flush: (hosts: readonly HostState[]) => Promise<void>
}

/** The meta steps of a batch. */
export class MetaSteps {
  readonly #around: Around

  constructor(around: Around) {
    this.#around = around
  }

  /** Does it for these hosts, as far as its condition holds; gives those that have failed at it. */
  async run(step: Meta, hosts: readonly HostState[]): Promise<Failed> {
    const failed = new Set<HostState>()
    const asked = this.#asked(step, hosts)
    const held = await this.#around.together.each(
      asked,
      (host) => this.#around.tasks.holds(step, host) ?? null,
    )
    const meant = asked.filter((host) => {
      const holds = held.get(host)
      if (holds === null) failed.add(host)
      return holds === true
    })
    this.#around.run.detail(2, () => metaWords(step, meant))
    if (meant.length === 0) return failed
    switch (step.verb) {
      case 'flush_handlers':
        if (meant.some((host) => this.#around.isInHandler(host))) {
          for (const host of this.#around.together.here(meant))
            this.#around.tasks.refuse(step, host, NOT_IN_A_HANDLER)
          return new Set(meant)
        }
        // Those that have failed are meant too, for force_handlers.
        await this.#around.flush(
          this.#around.play.strategy === 'free' ? hosts : without(this.#around.hosts, without(hosts, meant)),
        )
        break
      case 'end_play':
      case 'end_batch':
        for (const host of this.#around.hosts) host.ended = true
        if (step.verb === 'end_play') this.#around.run.endPlay()
        break
      case 'end_host':
        for (const host of meant) host.ended = host.removed = true
        break
      case 'clear_host_errors':
        this.#around.failures.clear()
        break
      case 'clear_facts':
        for (const host of hosts) host.facts.clear()
        for (const host of hosts) this.#around.run.facts?.forget(host.name)
        break
      case 'reset_connection': {
        const reset = await this.#around.together.each(meant, (host) =>
          this.#around.tasks.resetConnection(step, host),
        )
        for (const [host, isReset] of reset) if (!isReset) failed.add(host)
        break
      }
      case 'end_role':
        for (const host of meant) if (step.role !== undefined) host.endedRoles.add(step.role)
        break
      case 'refresh_inventory':
        return this.#refresh(step, meant)
      case 'noop':
        break
    }
    return failed
  }

  /** Whose condition counts: as in Ansible that of the first host, where a meta task concerns all. */
  #asked({ verb }: Meta, hosts: readonly HostState[]): readonly HostState[] {
    return OF_EACH_HOST.has(verb) ? hosts : hosts.slice(0, 1)
  }

  async #refresh(step: Meta, hosts: readonly HostState[]): Promise<Failed> {
    try {
      await this.#around.run.refreshInventory()
      this.#around.scope.forgetHosts()
      return new Set()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      const sentences = error.problems.map(({ message }) => message).join('; ')
      for (const host of hosts)
        this.#around.tasks.refuse(step, host, `the inventory cannot be read again: ${sentences}`)
      return new Set(hosts)
    }
  }
}

function metaWords({ verb, place }: Meta, meant: readonly HostState[]): string {
  const whom = meant.length === 0 ? 'nobody' : meant.map(({ name }) => name).join(', ')
  return `META: ${verb} for ${whom} (${placeName(place)})`
}

function without(hosts: readonly HostState[], left: readonly HostState[]): HostState[] {
  return hosts.filter((host) => !left.includes(host))
}
