import type { Block, IncludeRole, IncludeTasks, Keyword, Meta, Step, Task } from '../../playbook/ast.ts'
import { filesFrom, type Inclusion, inclusionOf } from '../../playbook/included.ts'
import { writtenName } from '../../playbook/written-name.ts'
import type { TaskInfo, TaskResult } from '../../protocol/event.ts'
import { locationOf } from '../../protocol/location.ts'
import { TemplateContext } from '../../template/context.ts'
import { isFixed } from '../../template/template.ts'
import { ProblemError } from '../../values/problem.ts'
import type { Node, ValueMap } from '../../values/value.ts'
import { breathe } from '../breath.ts'
import type { HostState } from '../host.ts'
import { Interrupted, waitSeconds } from '../interrupt.ts'
import { numberOf } from '../number.ts'
import type { Prefetcher } from '../prefetch/prefetcher.ts'
import * as results from '../results.ts'
import { TaskExecution } from './execution.ts'
import { caught, concluded, explained, looped, type Work } from './looped.ts'
import { hiddenBecause, told, toldItem } from './no-log.ts'
import { toRegistered } from './outcome-conditions.ts'
import { flag, type PlayContext } from './resolve.ts'
import type { Surroundings } from './surroundings.ts'

type Runnable = Exclude<Step, Block>

/** Carries out single tasks on single hosts: conditions, loops, retries, delegation, and what becomes of the result. */
export class TaskRunner {
  readonly #context: PlayContext
  readonly #prefetcher: Prefetcher
  readonly #lastFailure = new Map<HostState, { task: TaskInfo; name: string; values: ValueMap }>()

  constructor(context: PlayContext, prefetcher: Prefetcher) {
    this.#context = context
    this.#prefetcher = prefetcher
  }

  /**
   * The task's name as shown, with its role; templates in it rendered for one host if that can be done, and nothing
   * in it is to be hidden.
   */
  nameOf(step: Runnable, host: HostState): string {
    const { scope } = this.#context
    const isHidden =
      step.inherited.keywords.no_log !== undefined &&
      hiddenBecause(step, this.#scopeOf(step, host).scope) !== undefined
    const name = isHidden ? writtenName(step) : scope.nameOf(step, host)
    // As in Ansible, what includes a role is not called by the role that it stands in.
    return step.role === undefined || step.kind === 'include_role' ? name : `${step.role.name} : ${name}`
  }

  /** Whether a keyword says yes on a host. Raises ProblemError. */
  flag(step: Runnable, host: HostState, name: Keyword): boolean {
    const node = step.inherited.keywords[name]
    return node !== undefined && (flag(this.#scopeFor(node, step, host), step, name) ?? false)
  }

  /** On how many hosts a task may work at the same time; 0 if it does not say. Raises ProblemError. */
  throttle(step: Runnable, host: HostState): number {
    const node = step.inherited.keywords.throttle
    return node === undefined ? 0 : numberOf(this.#scopeFor(node, step, host), node, 'throttle', 0)
  }

  /** What is written plainly needs no variables of a host. */
  #scopeFor(node: Node, step: Runnable, host: HostState): TemplateContext {
    return isFixed(node) ? TemplateContext.of([]) : this.#context.scope.forStep(step, host)
  }

  /** Whether a meta task's conditions hold; undefined when that cannot be known, of which there is a warning then. */
  holds(step: Meta, host: HostState): boolean | undefined {
    return this.#warned(step, host, (scope) => scope.failing(step.inherited.when) === undefined)
  }

  /** Hands a host's failure over to a rescue: the variables that say what failed, and word of it. */
  rescue(host: HostState): void {
    host.stats.rescued += 1
    const failure = this.#lastFailure.get(host)
    if (failure === undefined) return
    const { task, values } = failure
    host.assigned.set('ansible_failed_result', values)
    host.assigned.set('ansible_failed_task', { name: failure.name, action: task.action })
    this.#context.run.emit({ type: 'rescued', task, host: host.name })
  }

  /** False when it cannot be known how the host is reached, of which there is a warning then. */
  async resetConnection(step: Meta, host: HostState): Promise<boolean> {
    const { run, scope } = this.#context
    const target = this.#warned(step, host, (own) => scope.target(own, step, host.name, host.name))
    if (target !== undefined) await run.pool.drop(target)
    return target !== undefined
  }

  /** Says that something of a step cannot be done. */
  refuse(step: Runnable, host: HostState, message: string): void {
    this.#warned(step, host, () => {
      throw new ProblemError({ message })
    })
  }

  /** Meta tasks have no results: what is wrong with one is a warning. */
  #warned<T>(step: Runnable, host: HostState, find: (scope: TemplateContext) => T): T | undefined {
    const { scope, fault } = this.#scopeOf(step, host)
    try {
      if (fault !== undefined) throw fault
      return find(scope)
    } catch (error) {
      const message = `${host.name}: ${hiddenBecause(step, scope) ?? explained(error).message}`
      this.#context.run.emit({ type: 'warning', message, location: locationOf(step.place) })
      return undefined
    }
  }

  /**
   * Runs a task on a host that holds a slot; undefined when an interrupt kept it from beginning.
   */
  async run(
    written: Task,
    info: TaskInfo,
    host: HostState,
    around: Pick<Surroundings, 'slot' | 'upcoming' | 'sharers'>,
  ): Promise<TaskResult | undefined> {
    const started = performance.now()
    const { sharers } = around
    let task = written
    try {
      task = this.#named(written, host)
    } catch (error) {
      if (error instanceof ProblemError) return this.failed(written, info, host, error)
      throw error
    }
    const surroundings = { context: this.#context, prefetcher: this.#prefetcher, ...around }
    const execution = new TaskExecution(task, info, host, surroundings)
    const once = (scope: TemplateContext) => execution.item(scope)
    try {
      const outcome = this.#notifying(task, host, await this.#looped(task, info, host, once))
      const result = this.#finished(task, info, host, sharers, outcome, started)
      for (const { message, ...kind } of results.warningsOf(result)) {
        const told = `${host.name}: ${message}`
        this.#context.run.emit({ type: 'warning', message: told, location: info.location, ...kind })
      }
      return result
    } catch (error) {
      if (error instanceof Interrupted) return undefined
      throw error
    }
  }

  /** A step as it is shown: with the module that its template names on a host, as far as that is known. */
  meant<S extends Runnable>(step: S, host: HostState): S | Task {
    try {
      return step.kind === 'task' ? this.#named(step, host) : step
    } catch (error) {
      if (error instanceof ProblemError) return step
      throw error
    }
  }

  /** The task with its module, which a template may name. Raises ProblemError. */
  #named(task: Task, host: HostState): Task {
    if (task.named === undefined) return task
    const node: Node = { kind: 'scalar', value: task.action, place: task.actionPlace }
    return task.named(String(this.#context.scope.forStep(task, host).render(node)))
  }

  /**
   * What a host includes, and the include's own result; undefined when an interrupt came before it was known. `read`
   * raises ProblemError for what cannot be included, which fails the host whatever ignore_errors says, as it does in
   * Ansible.
   */
  async include(
    step: IncludeTasks | IncludeRole,
    info: TaskInfo,
    host: HostState,
    sharers: readonly HostState[],
    read: (inclusion: Inclusion) => void,
  ): Promise<{ result: TaskResult; inclusions: Inclusion[] } | undefined> {
    const started = performance.now()
    const inclusions: Inclusion[] = []
    const name = step.kind === 'include_tasks' ? step.file : step.roleName
    const look = async (scope: TemplateContext, item: ValueMap): Promise<results.Outcome> => {
      const condition = scope.failing(step.inherited.when)
      if (condition !== undefined) return results.skippedResult('conditional result was false', condition)
      const included = String(scope.render(name))
      inclusions.push(inclusionOf(included, filesFrom(step, scope), item, inclusions))
      return { status: 'ok', changes: [], values: { changed: false, include: included } }
    }
    try {
      const named = await this.#looped(step, info, host, look)
      const outcome = await caught(async () => {
        for (const inclusion of inclusions) read(inclusion)
        return named
      })
      const kept =
        outcome !== named && named.hidden !== undefined ? { ...outcome, hidden: named.hidden } : outcome
      return { result: this.#finished(step, info, host, sharers, kept, started), inclusions }
    } catch (error) {
      if (error instanceof Interrupted) return undefined
      throw error
    }
  }

  /** The result of a step that could not even begin on a host. */
  failed(step: Runnable, info: TaskInfo, host: HostState, error: unknown): TaskResult {
    const outcome = concluded(step, this.#scopeOf(step, host).scope, explained(error))
    return this.#finished(step, info, host, [host], outcome, performance.now())
  }

  /** Keeps the result of a step for those who may use it, and gives what may be reported of it. */
  #finished(
    step: Runnable,
    info: TaskInfo,
    host: HostState,
    sharers: readonly HostState[],
    outcome: results.Outcome,
    started: number,
  ): TaskResult {
    const result = { ...outcome, seconds: (performance.now() - started) / 1000 }
    const { register } = step
    if (register !== undefined) {
      const registered = toRegistered(result)
      // As in Ansible, an include that went well does not say so.
      if (step.kind.startsWith('include_') && registered.failed === false) delete registered.failed
      for (const one of sharers) one.assigned.set(register, registered)
    }
    if (result.status === 'failed') {
      const name = step.name === undefined ? '' : this.#context.scope.nameOf(step, host)
      this.#lastFailure.set(host, { task: info, name, values: result.values })
    }
    return told(result)
  }

  /** What a change notifies must be known by its end: a name that is wrong fails the task. */
  #notifying(task: Task, host: HostState, outcome: results.Outcome): results.Outcome {
    if (outcome.status !== 'changed' || task.notify.length === 0) return outcome
    if (task.register !== undefined) host.assigned.set(task.register, toRegistered(outcome))
    const { scope } = this.#scopeOf(task, host)
    try {
      notifiedNames(task.notify, scope, outcome)
      return outcome
    } catch (error) {
      const { items: _, ...whole } = outcome
      return concluded(task, scope, results.alsoFailed(whole, explained(error)))
    }
  }

  /** The handlers that a changed result notifies. Raises ProblemError. */
  notified(task: Task, host: HostState, result: TaskResult): string[] {
    return notifiedNames(task.notify, this.#context.scope.forStep(task, host), result)
  }

  async #looped(step: Runnable, info: TaskInfo, host: HostState, work: Work): Promise<results.Outcome> {
    const { run } = this.#context
    const { scope, fault } = this.#scopeOf(step, host)
    if (fault !== undefined) return concluded(step, scope, explained(fault))
    return looped(step, scope, work, {
      onTurn: async () => {
        await breathe()
        await run.ready()
        if (run.stop.aborted && !this.#context.pipeline.owes(host)) throw new Interrupted()
      },
      onItem: (item) =>
        run.emit({ type: 'item-finished', task: info, host: host.name, item: toldItem(item) }),
      pause: async (seconds) => {
        await run.timed(info, host)('pausing', () => waitSeconds(seconds, run.stop))
        this.#prefetcher.invalidate(host)
      },
    })
  }

  /** The variables of a step on a host; none, and the fault, if they cannot be found. */
  #scopeOf(step: Runnable, host: HostState): { scope: TemplateContext; fault?: ProblemError } {
    try {
      return { scope: this.#context.scope.forStep(step, host) }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      return { scope: TemplateContext.of([]), fault: error }
    }
  }
}

/** The handlers that a step names; each item that has changed names its own. Raises ProblemError. */
function notifiedNames(
  nodes: readonly Node[],
  scope: TemplateContext,
  { items }: Pick<results.Outcome, 'items'>,
): string[] {
  const changed = items
    ?.filter(({ status }) => status === 'changed')
    .map(({ values }) => {
      const { ansible_loop_var, ansible_index_var } = values
      const names = [ansible_loop_var, ansible_index_var].map(String).filter((name) => name in values)
      return scope.with(Object.fromEntries(names.map((name) => [name, values[name]!])))
    })
  const names = (changed ?? [scope]).flatMap((one) => nodes.flatMap((node) => one.render(node)))
  return [...new Set(names.map(String))]
}
