import { setImmediate } from 'node:timers/promises'
import { isConnectionVariable } from '../../inventory/connection/variables.ts'
import type { Block, IncludeRole, IncludeTasks, Meta, Setting, Step, Task } from '../../playbook/ast.ts'
import { type Inclusion, inclusionOf } from '../../playbook/included.ts'
import type { TaskInfo, TaskResult } from '../../protocol/event.ts'
import { locationOf } from '../../protocol/location.ts'
import type { Session } from '../../remote/session.ts'
import type { Slot } from '../../remote/slot.ts'
import { looksOf, type Probe } from '../../sdk/probe.ts'
import { ProblemError } from '../../values/problem.ts'
import { isMap, type ValueMap } from '../../values/value.ts'
import { breathe } from '../breath.ts'
import type { HostState } from '../host.ts'
import { Interrupted, waitSeconds } from '../interrupt.ts'
import { numberOf } from '../number.ts'
import type { Ahead, QuestionToCome } from '../prefetch/prefetcher.ts'
import { canLookAhead, type Following, questionsOf, questionsToCome } from '../prefetch/upcoming.ts'
import * as results from '../results.ts'
import { Scoped } from '../scope.ts'
import { untimed } from '../spans.ts'
import { caught, concluded, explained, looped, type Work } from './looped.ts'
import { hiddenBecause, told, toldItem } from './no-log.ts'
import { judge, judgeTry, registered } from './outcome-conditions.ts'
import { waitForConnection } from './reconnect.ts'
import { flag, type Ground, type Ready, readyTask, sessionOf, setting } from './resolve.ts'
import { type PerformOptions, perform } from './run-module.ts'
import { withTimeout } from './timeout.ts'

type Runnable = Exclude<Step, Block>

/** A host's present task. */
interface Turn {
  readonly slot: Slot
  readonly following: Following
  /** How many items of its loop have begun; 1 without a loop. */
  itemsBegun: number
}

/** Carries out single tasks on single hosts: conditions, loops, retries, delegation, and what becomes of the result. */
export class TaskRunner {
  readonly #ground: Ground
  readonly #ahead: Ahead
  readonly #turns = new Map<HostState, Turn>()
  readonly #lastFailure = new Map<HostState, { task: TaskInfo; values: ValueMap }>()

  constructor(ground: Ground, ahead: Ahead) {
    this.#ground = ground
    this.#ahead = ahead
  }

  /**
   * The task's name as shown, with its role; templates in it rendered for one host if that can be done, and nothing
   * in it is to be hidden.
   */
  nameOf(step: Runnable, host: HostState): string {
    const { scope } = this.#ground
    const isHidden =
      step.inherited.settings.no_log !== undefined &&
      hiddenBecause(step, this.#scopeOf(step, host).scope) !== undefined
    const name = isHidden && step.name !== undefined ? String(step.name.value) : scope.nameOf(step, host)
    return step.role === undefined ? name : `${step.role.name} : ${name}`
  }

  /** Whether a keyword says yes on a host. Raises ProblemError. */
  flag(step: Runnable, host: HostState, name: Setting): boolean {
    return (
      step.inherited.settings[name] !== undefined &&
      (flag(this.#ground.scope.forStep(step, host), step, name) ?? false)
    )
  }

  /** On how many hosts a task may work at the same time; 0 if it does not say. Raises ProblemError. */
  throttle(step: Runnable, host: HostState): number {
    const node = step.inherited.settings.throttle
    return node === undefined ? 0 : numberOf(this.#ground.scope.forStep(step, host), node, 'throttle', 0)
  }

  /** Whether a meta task's conditions hold; undefined when that cannot be told, of which there is a warning then. */
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
    host.assigned.set('ansible_failed_task', { name: task.name, action: task.action })
    this.#ground.run.emit({ type: 'rescued', task, host: host.name })
  }

  /** False when it cannot be told how the host is reached, of which there is a warning then. */
  async resetConnection(step: Meta, host: HostState): Promise<boolean> {
    const { run, scope } = this.#ground
    const target = this.#warned(step, host, (own) => scope.target(own, step, host.name, host.name))
    if (target !== undefined) await run.pool.drop(target)
    return target !== undefined
  }

  /** Says that a meta task cannot be done. */
  refuse(step: Meta, host: HostState, message: string): void {
    this.#warned(step, host, () => {
      throw new ProblemError({ message })
    })
  }

  /** Meta tasks have no results: what is wrong with one is a warning. */
  #warned<T>(step: Meta, host: HostState, find: (scope: Scoped) => T): T | undefined {
    const { scope, fault } = this.#scopeOf(step, host)
    try {
      if (fault !== undefined) throw fault
      return find(scope)
    } catch (error) {
      const message = `${host.name}: ${hiddenBecause(step, scope) ?? explained(error).message}`
      this.#ground.run.emit({ type: 'warning', message, location: locationOf(step.place) })
      return undefined
    }
  }

  /**
   * Runs a task on a host that holds a slot; undefined when an interrupt kept it from beginning. `following` are the
   * steps behind it, which may be looked at ahead.
   */
  async run(
    task: Task,
    info: TaskInfo,
    host: HostState,
    slot: Slot,
    following: Following,
  ): Promise<TaskResult | undefined> {
    const started = performance.now()
    const turn: Turn = { slot, following, itemsBegun: 0 }
    this.#turns.set(host, turn)
    const once = (scope: Scoped) => {
      turn.itemsBegun += 1
      return this.#once(task, info, host, scope)
    }
    try {
      const outcome = this.#notifying(task, host, await this.#looped(task, info, host, once))
      const result = this.#finished(task, info, host, outcome, started)
      for (const warning of results.warningsOf(result)) {
        const message = `${host.name}: ${warning}`
        this.#ground.run.emit({ type: 'warning', message, location: info.location })
      }
      return result
    } catch (error) {
      if (error instanceof Interrupted) return undefined
      throw error
    }
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
    read: (inclusion: Inclusion) => void,
  ): Promise<{ result: TaskResult; inclusions: Inclusion[] } | undefined> {
    const started = performance.now()
    const inclusions: Inclusion[] = []
    const name = step.kind === 'include_tasks' ? step.file : step.roleName
    const look = async (scope: Scoped, item: ValueMap): Promise<results.Outcome> => {
      const condition = scope.failing(step.inherited.when)
      if (condition !== undefined) return results.skippedResult('conditional result was false', condition)
      const included = String(scope.render(name))
      inclusions.push(inclusionOf(included, item))
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
      return { result: this.#finished(step, info, host, kept, started), inclusions }
    } catch (error) {
      if (error instanceof Interrupted) return undefined
      throw error
    }
  }

  /** The result of a step that could not even begin on a host. */
  failed(step: Runnable, info: TaskInfo, host: HostState, error: unknown): TaskResult {
    const outcome = concluded(step, this.#scopeOf(step, host).scope, explained(error))
    return this.#finished(step, info, host, outcome, performance.now())
  }

  /** Keeps the result of a step for those who may use it, and gives what may be told of it. */
  #finished(
    step: Runnable,
    info: TaskInfo,
    host: HostState,
    outcome: results.Outcome,
    started: number,
  ): TaskResult {
    const result = { ...outcome, seconds: (performance.now() - started) / 1000 }
    if (step.register !== undefined) host.assigned.set(step.register, registered(result))
    if (result.status === 'failed') this.#lastFailure.set(host, { task: info, values: result.values })
    return told(result)
  }

  /** What a change notifies must be known by its end: a name that is wrong fails the task. */
  #notifying(task: Task, host: HostState, outcome: results.Outcome): results.Outcome {
    if (outcome.status !== 'changed' || task.notify.length === 0) return outcome
    if (task.register !== undefined) host.assigned.set(task.register, registered(outcome))
    const { scope } = this.#scopeOf(task, host)
    try {
      for (const node of task.notify) scope.render(node)
      return outcome
    } catch (error) {
      const { items: _, ...whole } = outcome
      return concluded(task, scope, results.alsoFailed(whole, explained(error)))
    }
  }

  async #looped(step: Runnable, info: TaskInfo, host: HostState, work: Work): Promise<results.Outcome> {
    const { run } = this.#ground
    const { scope, fault } = this.#scopeOf(step, host)
    if (fault !== undefined) return concluded(step, scope, explained(fault))
    return looped(step, scope, work, {
      onTurn: async () => {
        await breathe()
        if (run.interrupt.requested) throw new Interrupted()
      },
      onItem: (item) =>
        run.emit({ type: 'item-finished', task: info, host: host.name, item: toldItem(item) }),
      pause: (seconds) => run.timed(info, host)('pausing', () => waitSeconds(seconds, run.interrupt)),
    })
  }

  /** The variables of a step on a host; none, and the fault, if they cannot be found. */
  #scopeOf(step: Runnable, host: HostState): { scope: Scoped; fault?: ProblemError } {
    try {
      return { scope: this.#ground.scope.forStep(step, host) }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      return { scope: Scoped.of([]), fault: error }
    }
  }

  /** One item, or a task without a loop: its condition, then tries until it is as `until` wants. */
  async #once(task: Task, info: TaskInfo, host: HostState, scope: Scoped): Promise<results.Outcome> {
    const timed = this.#ground.run.timed(info, host)
    const condition = timed('rendering', () => scope.failing(task.inherited.when))
    if (condition !== undefined) return results.skippedResult('conditional result was false', condition)
    const isTried = task.until !== undefined || task.retries !== undefined
    const tries = isTried ? numberOf(scope, task.retries, 'retries', 3) + 1 : 1
    const delay = numberOf(scope, task.delay, 'delay', 5)
    for (let attempt = 1; ; attempt += 1) {
      const tried = await caught(() => this.#attempt(task, info, host, scope))
      const counted = isTried ? { ...tried, values: { ...tried.values, attempts: attempt } } : tried
      const { done, outcome } = judgeTry(task, scope, judge(task, scope, counted))
      if (done || tries <= 1) return outcome
      if (attempt >= tries) {
        const message = outcome.message ?? `still not as "until" wants after ${tries} tries`
        const values = { ...outcome.values, failed: true, msg: outcome.values.msg ?? message }
        return { ...outcome, status: 'failed', message, values }
      }
      this.#ahead.forget(host)
      this.#ground.run.emit({ type: 'retrying', task: info, host: host.name, attempt, left: tries - attempt })
      await timed('pausing', () => waitSeconds(delay, this.#ground.run.interrupt))
    }
  }

  async #attempt(task: Task, info: TaskInfo, host: HostState, scope: Scoped): Promise<results.Outcome> {
    const { run } = this.#ground
    const { slot } = this.#turns.get(host)!
    const timed = run.timed(info, host)
    const ready = await timed('rendering', () => readyTask(task, host, scope, this.#ground))
    if (run.interrupt.requested) throw new Interrupted()
    const { module, args, environment, view, where } = ready
    const changes = () => this.#changes(host, where)
    if (task.action === 'wait_for_connection') {
      if (view.check) return results.skippedResult('nothing is waited for under check')
      changes()
      return timed('pausing', () => waitForConnection(args, ready.target, slot, run))
    }
    const session = await timed('connecting', async () => {
      const session = await sessionOf(ready, run, () => slot.release())
      await slot.acquire()
      // The turn is left for the request to go out.
      if (canLookAhead(module) && session?.begin()) await setImmediate()
      return session
    })
    const isOwn = where === host.name
    const onLine = (line: string) => run.emit({ type: 'output', task: info, host: host.name, line })
    const performed = await withTimeout(
      numberOf(scope, task.inherited.settings.timeout, 'timeout', 0),
      run.interrupt,
      (interrupt) =>
        perform(module, args, session, {
          view,
          environment,
          interrupt,
          ...(hiddenBecause(task, scope) === undefined && { onLine }),
          onApply: changes,
          timed,
          // What is known of a host is kept with its own steps: a delegated one always looks for itself.
          ...(session && run.request.ahead && isOwn && this.#lookAhead(task, info, host, session, ready)),
        }),
      () => {
        session?.kill()
        // What was asked of the session goes unanswered.
        changes()
      },
    )
    if (module.waiting !== undefined) changes()
    const outcome = results.performedResult(performed)
    this.#keepFacts(task, scope, host, outcome)
    return isOwn ? outcome : { ...outcome, delegatedTo: where }
  }

  /**
   * Sends the step's own question, if it was not sent before, with those of the steps to come behind it; and these
   * again behind a change.
   */
  #lookAhead(
    task: Task,
    info: TaskInfo,
    host: HostState,
    session: Session,
    { module, environment }: Ready,
  ): Pick<PerformOptions, 'look' | 'onLastSent'> {
    const { run } = this.#ground
    const toCome = () => this.#toCome(task, host)
    const sent = (questions: number) => {
      if (questions > 0) run.emit({ type: 'asked', task: info, host: host.name, questions })
    }
    // Without a look of its own it asks when it must; what it does is followed by questions all the same.
    const look = async (probe: Probe) => {
      const question = { session, environment, looks: looksOf(probe) }
      const timed = question.looks.length === 0 ? untimed : run.timed(info, host)
      sent(await timed('looking ahead', () => this.#ahead.prepare(host, question, toCome)))
      return timed('answer', () => this.#ahead.answer(host, question))
    }
    return {
      ...(canLookAhead(module) && { look }),
      onLastSent: () => void this.#ahead.prepareBehind(host, session, toCome).then(sent),
    }
  }

  async *#toCome(task: Task, host: HostState): AsyncIterable<QuestionToCome> {
    const { itemsBegun, following } = this.#turns.get(host)!
    yield* questionsOf(task, host, this.#ground, itemsBegun)
    yield* questionsToCome(following(), host, this.#ground)
  }

  #changes(host: HostState, where: string): void {
    this.#ahead.forget(host)
    const other = where === host.name ? undefined : this.#ground.run.knownState(where)
    if (other !== undefined) this.#ahead.forget(other)
  }

  #warnOfFact(host: HostState, name: string): void {
    const message = `${host.name}: its fact ${name} is left out: it would change how the host is reached`
    this.#ground.run.emit({ type: 'warning', message })
  }

  #keepFacts(task: Task, scope: Scoped, host: HostState, outcome: results.Outcome): void {
    const facts = outcome.values.ansible_facts
    if (!isMap(facts)) return
    const delegated = flag(scope, task, 'delegate_facts') ? setting(scope, task, 'delegate_to') : undefined
    const owner = delegated === undefined ? host : this.#ground.run.hostState(String(delegated))
    const kept = task.action === 'set_fact' ? owner.assigned : owner.facts
    for (const [name, value] of Object.entries(facts)) {
      if (kept === owner.facts && isConnectionVariable(name)) this.#warnOfFact(host, name)
      else kept.set(name, value)
    }
  }
}
