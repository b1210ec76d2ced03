import type { Block, IncludeRole, IncludeTasks, Play, Step, Task } from '../playbook/ast.ts'
import {
  type Included,
  type Inclusion,
  type InclusionTold,
  includedSteps,
  toldOf,
} from '../playbook/included.ts'
import type { PlayInfo } from '../protocol/event.ts'
import { breathe } from './breath.ts'
import { type Failed, Failures } from './failures.ts'
import { HostFanOut } from './fan-out.ts'
import { HandlerQueue } from './handlers.ts'
import type { HostState } from './host.ts'
import { groupsOf } from './inclusion-groups.ts'
import { MetaSteps } from './meta.ts'
import { Pipeline } from './pipeline/pipeline.ts'
import type { PlayVariables } from './play-variables.ts'
import { Prefetcher } from './prefetch/prefetcher.ts'
import type { Upcoming } from './prefetch/upcoming.ts'
import { RoleRuns } from './role-runs.ts'
import type { Run } from './run.ts'
import { selectSteps } from './tags.ts'
import { TaskRunner } from './task/runner.ts'
import { type Others, Together } from './together.ts'

const nobody: Failed = new Set()
const nothing: Upcoming = () => []

/**
 * The hosts of a play that go through it together: all, or as many as `serial` says. Under linear no step begins
 * on any of them before the one before it has ended on all; under free each goes on alone.
 */
export class Batch {
  readonly #run: Run
  readonly #play: Play
  readonly #hosts: readonly HostState[]
  readonly #tasks: TaskRunner
  readonly #prefetcher: Prefetcher
  readonly #handlers: HandlerQueue
  readonly #scope: PlayVariables
  readonly #rounds: HostFanOut
  readonly #failures: Failures
  #gathering: Step | undefined
  /** The hosts that are at a handler. */
  readonly #inHandler = new Set<HostState>()
  readonly #roleRuns = new RoleRuns()
  readonly #together: Together
  readonly #pipeline: Pipeline
  readonly #metas: MetaSteps

  /** `others` work on some of the hosts. */
  constructor(
    { run, play, info }: { readonly run: Run; readonly play: Play; readonly info: PlayInfo },
    hosts: readonly HostState[],
    scope: PlayVariables,
    others?: Others,
  ) {
    this.#run = run
    this.#play = play
    this.#hosts = hosts
    this.#scope = scope
    this.#prefetcher = new Prefetcher(play.strategy === 'linear', hosts.length)
    this.#handlers = new HandlerQueue(scope, play)
    this.#pipeline = new Pipeline(reachOf(run, play, hosts, others), {
      isThere: (step, host) => this.#isThere(step, host),
      isHandler: (name) => this.#handlers.has(name),
    })
    this.#tasks = new TaskRunner({ run, play, scope, pipeline: this.#pipeline }, this.#prefetcher)
    this.#failures = new Failures(play, hosts, scope, this.#tasks)
    this.#together = new Together(hosts, others)
    this.#metas = new MetaSteps({
      ...{ run, play, hosts, scope, tasks: this.#tasks, failures: this.#failures, together: this.#together },
      isInHandler: (host) => this.#inHandler.has(host),
      flush: (meant) => this.#flush(meant),
    })
    this.#rounds = new HostFanOut(
      {
        ...{ run, play, info, tasks: this.#tasks, together: this.#together, prefetcher: this.#prefetcher },
        pipeline: this.#pipeline,
      },
      () => this.#active,
    )
  }

  /** Takes every host through the sections of the play, handlers after each. */
  async sections(sections: readonly (readonly Step[])[], gathering?: Step): Promise<void> {
    this.#gathering = gathering
    const isSmart = this.#run.request.execution.gathersOnce === true
    const hosts = isSmart ? await this.#without('module_setup') : this.#active
    const begins = () =>
      this.#run.start.mayBeIn(sections.flat(), (task) => this.#tasks.nameOf(task, hosts[0]!))
    if (gathering !== undefined && hosts.length > 0 && begins())
      await this.#section([gathering], () => sections.flat(), hosts)
    for (const [index, section] of sections.entries()) {
      await this.#section(section, () => sections.slice(index + 1).flat())
      await this.#flush(this.#hosts)
    }
  }

  /** The hosts that have no such fact. */
  async #without(fact: string): Promise<HostState[]> {
    const have = await this.#together.each(this.#active, ({ facts }) => facts.has(fact))
    return this.#active.filter((host) => have.get(host) !== true)
  }

  get #active(): HostState[] {
    return this.#hosts.filter((host) => host.active)
  }

  async #section(steps: readonly Step[], upcoming: Upcoming, active = this.#active): Promise<void> {
    if (this.#play.strategy === 'linear') {
      await this.#steps(steps, active, upcoming, true)
      return
    }
    await Promise.all(active.map((host) => this.#steps(steps, [host], upcoming, true)))
    this.#rounds.end()
  }

  /**
   * `upcoming` are the steps that come when these are done: what can be probed ahead. If it is `final` that a host
   * fails, for nothing around these steps rescues it or is done always, it leaves the run at once.
   */
  async #steps(
    steps: readonly Step[],
    hosts: readonly HostState[],
    upcoming: Upcoming,
    isFinal: boolean,
  ): Promise<Failed> {
    const failed = new Set<HostState>()
    for (const [index, step] of steps.entries()) {
      const isOver = this.#failures.aborted || this.#run.stop.aborted
      // What was sent to a host is told of, whatever happens meanwhile.
      const left = hosts.filter(
        (host) => (!isOver && host.active && !failed.has(host)) || this.#pipeline.owes(host),
      )
      const going = left.filter((host) => this.#isThere(step, host))
      if (left.length > 0 && going.length === 0) continue
      if (going.length === 0) break
      await breathe()
      const after = (host: HostState) => [...steps.slice(index + 1), ...upcoming(host)]
      const those = await this.#step(step, going, after, isFinal)
      if (isFinal) this.#failures.settle(those)
      else for (const host of those) failed.add(host)
      this.#prefetcher.stepEnded()
    }
    return failed
  }

  /** Whether a host has not left the role that a step is in, nor been through the same. */
  #isThere(step: Step, host: HostState): boolean {
    return (
      (step.role === undefined || !host.endedRoles.has(step.role)) &&
      (this.#inHandler.has(host) || !this.#roleRuns.isRepeated(step.role, host))
    )
  }

  #step(step: Step, hosts: readonly HostState[], upcoming: Upcoming, isFinal: boolean): Promise<Failed> {
    switch (step.kind) {
      case 'block':
        return this.#block(step, hosts, upcoming, isFinal)
      case 'meta':
        return this.#metas.run(step, hosts)
      case 'task':
        return this.#task(step, hosts, upcoming)
      default:
        return this.#include(step, hosts, upcoming, isFinal)
    }
  }

  async #block(
    block: Block,
    hosts: readonly HostState[],
    upcoming: Upcoming,
    isFinal: boolean,
  ): Promise<Failed> {
    const isLast = isFinal && block.always.length === 0
    const after = (host: HostState) => [...block.always, ...upcoming(host)]
    let failed = await this.#steps(block.block, hosts, after, isLast && block.rescue.length === 0)
    if (block.rescue.length > 0 && failed.size > 0 && !this.#failures.aborted) {
      const saved = hosts.filter((host) => host.active && failed.has(host))
      for (const host of saved) this.#failures.rescue(host)
      failed = await this.#steps(block.rescue, saved, after, isLast)
    }
    if (block.always.length === 0) return failed
    const still = hosts.filter((host) => host.active)
    const behind = (host: HostState) => (failed.has(host) ? [] : upcoming(host))
    const later = await this.#steps(block.always, still, behind, false)
    for (const host of later) if (failed.has(host)) this.#failures.again(host)
    return new Set([...failed, ...later])
  }

  async #task(task: Task, hosts: readonly HostState[], upcoming: Upcoming, handler = false): Promise<Failed> {
    const name = () => this.#tasks.nameOf(task, hosts[0]!)
    if (task !== this.#gathering && this.#run.start.comesAfter(task, name)) return nobody
    if (!handler && !(await this.#run.takes(name))) return nobody
    const { results, said } = await this.#rounds.run<readonly string[]>(task, hosts, handler, {
      work: (info, host, slot, isForAll) =>
        this.#tasks.run(task, info, host, { slot, upcoming, sharers: this.#sharers(host, isForAll) }),
      say: (host, result) => (result.status === 'changed' ? this.#tasks.notified(task, host, result) : []),
      sharers: (host, isForAll) => this.#sharers(host, isForAll),
    })
    if (!handler) this.#roleRuns.ended(task.role, results)
    const lost = new Set<HostState>()
    for (const [host, names] of said) {
      const unknown = names.filter((name) => !this.#notify(name, host))
      if (this.#together.isHere(host))
        for (const name of unknown) this.#tasks.refuse(task, host, `unknown handler "${name}"`)
      if (unknown.length > 0) lost.add(host)
    }
    return new Set([...lost, ...this.#failures.of(task, results, hosts)])
  }

  /** Notifies a handler; false if there is none. */
  #notify(name: string, host: HostState): boolean {
    const isKnown = this.#handlers.notify(name, host)
    if (isKnown) this.#run.detail(2, () => `NOTIFIED HANDLER ${name} for ${host.name}`)
    return isKnown
  }

  /** The hosts that have what a task brings: with run_once all that can be reached, those that are out too. */
  #sharers(host: HostState, isForAll: boolean): readonly HostState[] {
    return isForAll ? this.#hosts.filter((one) => one.out !== 'unreachable' || one === host) : [host]
  }

  async #flush(meant: readonly HostState[]): Promise<void> {
    const forced =
      this.#play.forceHandlers !== undefined &&
      this.#scope.forPlay().render(this.#play.forceHandlers) === true
    const isMeant = (host: HostState) =>
      meant.includes(host) && (host.active || (forced && host.out === 'failed'))
    for (const { handler, hosts } of this.#handlers.take(isMeant)) {
      if (this.#failures.aborted || this.#run.stop.aborted) return
      for (const host of hosts) this.#inHandler.add(host)
      if (handler.kind === 'task') this.#failures.settle(await this.#task(handler, hosts, nothing, true))
      else this.#failures.settle(await this.#step(handler, hosts, nothing, false))
      for (const host of hosts) this.#inHandler.delete(host)
      this.#prefetcher.stepEnded()
    }
  }

  /** Hosts that include the same file with the same variables go through it together. */
  async #include(
    step: IncludeTasks | IncludeRole,
    hosts: readonly HostState[],
    upcoming: Upcoming,
    isFinal: boolean,
  ): Promise<Failed> {
    const read = new Map<string, Included>()
    const reader = (inclusion: Inclusion): Included => {
      const included = read.get(inclusion.key) ?? this.#read(step, inclusion)
      read.set(inclusion.key, included)
      return included
    }
    const found = new Map<HostState, readonly Inclusion[]>()
    const { results, said } = await this.#rounds.run<readonly InclusionTold[]>(step, hosts, false, {
      work: async (info, host, _slot, isForAll) => {
        const included = await this.#tasks.include(step, info, host, this.#sharers(host, isForAll), reader)
        if (included !== undefined) found.set(host, included.inclusions)
        return included?.result
      },
      say: (host) => found.get(host)!.map(toldOf),
      sharers: (host, isForAll) => this.#sharers(host, isForAll),
    })
    this.#roleRuns.ended(step.role, results)
    const failed = new Set(this.#failures.of(step, results, hosts))
    for (const { inclusion, hosts: together } of groupsOf(found, said, step)) {
      const going = together.filter((host) => host.active && !failed.has(host))
      if (going.length === 0) continue
      const { steps, handlers, role } = reader(inclusion)
      // As in Ansible each file that has tasks counts, and a role does not.
      if (step.kind === 'include_tasks' && steps.length > 0) for (const host of going) host.stats.ok += 1
      this.#handlers.add(handlers)
      if (role !== undefined && step.kind === 'include_role' && step.isPublic) this.#scope.publish(role)
      for (const host of await this.#steps(steps, going, upcoming, isFinal)) failed.add(host)
    }
    return failed
  }

  #read(step: IncludeTasks | IncludeRole, inclusion: Inclusion): Included {
    const included = includedSteps(step, inclusion, this.#play, this.#run.sources)
    const scope = () => this.#scope.forPlay()
    return { ...included, steps: selectSteps(included.steps, this.#run.request.selection, scope) }
  }
}

/**
 * How far changes go together: as far as nobody can tell the difference. Hosts of a linear play wait for each other, unless
 * somebody has said that they need not.
 */
function reachOf(run: Run, { strategy }: Play, hosts: readonly HostState[], others: Others | undefined) {
  const { check, prefetch, pipeline, step } = run.request.execution
  if (check || !prefetch || step) return 'nothing'
  const isAlone = strategy === 'free' || hosts.length === 1 || pipeline
  return others === undefined && isAlone ? 'tasks' : 'items'
}
