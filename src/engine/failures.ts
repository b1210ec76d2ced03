import type { Block, Keyword, Play, Step } from '../playbook/ast.ts'
import type { TaskResult } from '../protocol/event.ts'
import { ProblemError } from '../values/problem.ts'
import type { HostState } from './host.ts'
import { numberOf } from './number.ts'
import type { PlayVariables } from './play-variables.ts'
import type { TaskRunner } from './task/runner.ts'

/** The hosts that did not get through a list of steps; those that cannot be reached are not among them. */
export type Failed = ReadonlySet<HostState>

/** What the failures of a batch's hosts come to: for the host, for all of them, and in the statistics. */
export class Failures {
  readonly #play: Play
  readonly #hosts: readonly HostState[]
  readonly #scope: PlayVariables
  readonly #tasks: TaskRunner
  /** Hosts whose failure, if nothing rescues them, ends it everywhere: any_errors_fatal. */
  readonly #fatal = new Set<HostState>()
  /** Hosts that did not fail themselves: what runs once failed for them. */
  readonly #drawnIn = new Set<HostState>()
  /** Hosts that have failed in an `always` once more, as often as they have. */
  #failedAgain: HostState[] = []
  /** It has ended everywhere: any_errors_fatal, max_fail_percentage. */
  #aborted = false

  constructor(play: Play, hosts: readonly HostState[], scope: PlayVariables, tasks: TaskRunner) {
    this.#play = play
    this.#hosts = hosts
    this.#scope = scope
    this.#tasks = tasks
  }

  get aborted(): boolean {
    return this.#aborted
  }

  /** Which hosts a step's results end it for; unreachable ones are out of the run at once. */
  of(
    step: Exclude<Step, Block>,
    results: ReadonlyMap<HostState, TaskResult>,
    hosts: readonly HostState[],
  ): Failed {
    const failed = new Set<HostState>()
    for (const [host, result] of results) {
      if (result.status === 'unreachable' && !result.ignored) host.out = 'unreachable'
      if (result.status === 'failed' && !result.ignored) failed.add(host)
    }
    const trouble = [...results.keys()].filter((host) => failed.has(host) || host.out === 'unreachable')
    if (trouble.length === 0) return failed
    if (this.#saysYes(step, hosts[0]!, 'any_errors_fatal')) for (const host of trouble) this.#fatal.add(host)
    if (!this.#saysYes(step, hosts[0]!, 'run_once')) return failed
    const all = hosts.filter((host) => host.active)
    for (const host of all) if (!failed.has(host)) this.#drawnIn.add(host)
    return new Set(all)
  }

  /** One that is wrong has failed the step on its hosts already. */
  #saysYes(step: Exclude<Step, Block>, host: HostState, name: Keyword): boolean {
    try {
      return this.#tasks.flag(step, host, name)
    } catch (error) {
      if (error instanceof ProblemError) return false
      throw error
    }
  }

  /** The failed hosts leave the run; and all of them when one of the failures, or their number, is too much. */
  settle(failed: Failed): void {
    for (const host of failed) {
      host.out ??= 'failed'
      if (!this.#drawnIn.has(host)) host.stats.failures += 1 + this.#takeFailuresAgain(host)
    }
    const isFatal = [...this.#fatal].some((host) => host.out !== undefined)
    if (!isFatal && !this.#tooManyFailed()) return
    this.#aborted = true
    for (const host of this.#hosts) if (host.active) host.out = 'failed'
  }

  #takeFailuresAgain(host: HostState): number {
    const others = this.#failedAgain.filter((one) => one !== host)
    const count = this.#failedAgain.length - others.length
    this.#failedAgain = others
    return count
  }

  #tooManyFailed(): boolean {
    const { maxFailPercentage } = this.#play
    if (maxFailPercentage === undefined) return false
    const limit = numberOf(this.#scope.forPlay(), maxFailPercentage, 'max_fail_percentage', 100)
    const out = this.#hosts.filter((host) => host.out !== undefined).length
    return (out / this.#hosts.length) * 100 > limit
  }

  /** A rescue takes up what has failed on a host. */
  rescue(host: HostState): void {
    this.#fatal.delete(host)
    this.#takeFailuresAgain(host)
    // What has failed then has failed on another host.
    if (!this.#drawnIn.delete(host)) this.#tasks.rescue(host)
  }

  /** A host that has failed fails in an `always` too. */
  again(host: HostState): void {
    this.#failedAgain.push(host)
  }

  /** meta: clear_host_errors. */
  clear(): void {
    for (const host of this.#hosts) host.forgive()
    this.#fatal.clear()
  }
}
