import { setImmediate } from 'node:timers/promises'
import { ConnectionError, isConnectionVariable } from '../inventory/connection-variables.ts'
import type { Block, IncludeRole, IncludeTasks, Setting, Step, Task } from '../language/ast.ts'
import { ProblemError } from '../language/problem.ts'
import type { Value, ValueMap } from '../language/value.ts'
import { isMap } from '../language/value.ts'
import { looksOf, type Probe } from '../modules/look.ts'
import { BecomeError } from '../remote/become.ts'
import { Unreachable } from '../remote/channel.ts'
import type { Place } from '../remote/place.ts'
import type { Session } from '../remote/session.ts'
import type { Ahead, QuestionToCome } from './ahead.ts'
import { breathe } from './breath.ts'
import { withTimeout } from './deadline.ts'
import type { ItemResult, TaskInfo, TaskResult } from './event.ts'
import type { HostState } from './host.ts'
import { type Inclusion, inclusionOf } from './include.ts'
import { Interrupted, waitSeconds } from './interrupt.ts'
import { ignoring, judge, registered, untilHolds } from './judge.ts'
import { loopItems } from './loop.ts'
import { numberOf } from './number.ts'
import { type PerformOptions, perform, StepFailed } from './perform.ts'
import { type Ground, type Ready, readyTask, sessionOf, setting } from './ready.ts'
import * as results from './results.ts'
import type { Scoped } from './scope.ts'
import { type Timed, untimed } from './spans.ts'
import { canLookAhead, type Following, questionsOf, questionsToCome } from './to-come.ts'
import { waitForConnection } from './wait-for-connection.ts'

type Runnable = Exclude<Step, Block>

/** A host's present task. */
interface Turn {
  readonly place: Place
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

  /** The task's name as shown, with its role; templates in it rendered for one host if that can be done. */
  nameOf(step: Runnable, host: HostState): string {
    const name = this.#ground.scope.nameOf(step, host)
    return step.role === undefined ? name : `${step.role.name} : ${name}`
  }

  setting(step: Runnable, host: HostState, setting: Setting): Value | undefined {
    const node = step.inherited.settings[setting]
    return node === undefined ? undefined : this.#ground.scope.forStep(step, host).render(node)
  }

  holds(step: Runnable, host: HostState): boolean {
    return this.#ground.scope.forStep(step, host).failing(step.inherited.when) === undefined
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

  async resetConnection(step: Runnable, host: HostState): Promise<void> {
    await this.#ground.run.links.drop(
      this.#ground.scope.target(this.#ground.scope.forStep(step, host), step, host.name, host.name),
    )
  }

  /**
   * Runs a task on a host that holds a place; undefined when an interrupt kept it from beginning. `following` are the
   * steps behind it, which may be looked at ahead.
   */
  async run(
    task: Task,
    info: TaskInfo,
    host: HostState,
    place: Place,
    following: Following,
  ): Promise<TaskResult | undefined> {
    const started = performance.now()
    const turn: Turn = { place, following, itemsBegun: 0 }
    this.#turns.set(host, turn)
    const once = (scope: Scoped) => {
      turn.itemsBegun += 1
      return this.#once(task, info, host, scope)
    }
    try {
      const scope = this.#ground.scope.forStep(task, host)
      const outcome = await this.#looped(task, scope, once, {
        onItem: (item) => this.#ground.run.emit({ type: 'item-finished', task: info, host: host.name, item }),
        timed: this.#ground.run.timed(info, host),
      })
      const result: TaskResult = { ...outcome, seconds: (performance.now() - started) / 1000 }
      if (task.register !== undefined) host.assigned.set(task.register, registered(result))
      if (result.status === 'failed') this.#lastFailure.set(host, { task: info, values: result.values })
      const told = setting(scope, task, 'no_log') === true ? results.censored(result) : result
      for (const warning of results.warningsOf(told))
        this.#ground.run.emit({
          type: 'warning',
          message: `${host.name}: ${warning}`,
          location: info.location,
        })
      return told
    } catch (error) {
      if (error instanceof Interrupted) return undefined
      throw error
    }
  }

  /** What a host includes, and the include's own result; undefined when an interrupt came before it was known. */
  async include(
    step: IncludeTasks | IncludeRole,
    info: TaskInfo,
    host: HostState,
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
      const outcome = await this.#looped(step, this.#ground.scope.forStep(step, host), look, {
        onItem: (item) => this.#ground.run.emit({ type: 'item-finished', task: info, host: host.name, item }),
        timed: this.#ground.run.timed(info, host),
      })
      return { result: { ...outcome, seconds: (performance.now() - started) / 1000 }, inclusions }
    } catch (error) {
      if (error instanceof Interrupted) return undefined
      throw error
    }
  }

  async #looped(
    step: Runnable,
    scope: Scoped,
    work: (scope: Scoped, item: ValueMap) => Promise<results.Outcome>,
    { onItem, timed }: { onItem: (item: ItemResult) => void; timed: Timed },
  ): Promise<results.Outcome> {
    try {
      if (step.loop === undefined) return await work(scope, {})
      const items = await loopItems(step.loop, scope, step.inherited.when)
      if (!Array.isArray(items)) return results.skippedResult('conditional result was false', items.condition)
      const done: ItemResult[] = []
      for (const { variables, label, value } of items) {
        await breathe()
        if (this.#ground.run.interrupt.requested) throw new Interrupted()
        const started = performance.now()
        const outcome = await this.#caught(() => work(scope.with(variables), variables))
        const values = {
          ...outcome.values,
          [step.loop.variable]: value,
          ansible_loop_var: step.loop.variable,
        }
        const item = { ...outcome, values, label, seconds: (performance.now() - started) / 1000 }
        done.push(item)
        onItem(item)
        if (item.status === 'unreachable') break
        if (step.loop.pause === undefined) continue
        const pause = numberOf(scope, step.loop.pause, 'pause', 0)
        await timed('pausing', () => waitSeconds(pause, this.#ground.run.interrupt))
      }
      return results.loopResult(done)
    } catch (error) {
      return this.#explained(error)
    }
  }

  async #caught(work: () => Promise<results.Outcome>): Promise<results.Outcome> {
    try {
      return await work()
    } catch (error) {
      return this.#explained(error)
    }
  }

  #explained(error: unknown): results.Outcome {
    if (error instanceof ProblemError) return results.problemsResult(error.problems)
    if (error instanceof StepFailed) return results.stepFailedResult(error)
    if (error instanceof BecomeError) return results.becomeFailedResult(error)
    if (error instanceof Unreachable) return results.unreachableResult(error)
    if (error instanceof ConnectionError) return results.failedResult(error.message, {}, error.hint)
    if (error instanceof Interrupted) throw error
    return results.failedResult(error instanceof Error ? error.message : String(error))
  }

  /** One item, or a task without a loop: its condition, then tries until it is as `until` wants. */
  async #once(task: Task, info: TaskInfo, host: HostState, scope: Scoped): Promise<results.Outcome> {
    const timed = this.#ground.run.timed(info, host)
    const condition = timed('rendering', () => scope.failing(task.inherited.when))
    if (condition !== undefined) return results.skippedResult('conditional result was false', condition)
    const tries =
      task.until === undefined && task.retries === undefined
        ? 1
        : numberOf(scope, task.retries, 'retries', 3) + 1
    const delay = numberOf(scope, task.delay, 'delay', 5)
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#caught(() => this.#attempt(task, info, host, scope))
      const judged = await this.#caught(async () => judge(task, scope, outcome))
      if (attempt > 1) judged.values.attempts = attempt
      const done = task.until === undefined ? judged.status !== 'failed' : untilHolds(task, scope, judged)
      if (done || judged.status === 'unreachable') return ignoring(task, scope, judged)
      if (attempt >= tries) {
        const message = judged.message ?? `still not as "until" wants after ${tries} tries`
        const values = {
          ...judged.values,
          failed: true,
          msg: judged.values.msg ?? message,
          attempts: attempt,
        }
        const failed: results.Outcome =
          tries === 1 ? judged : { ...judged, status: 'failed', message, values }
        return ignoring(task, scope, failed)
      }
      this.#ahead.forget(host)
      this.#ground.run.emit({ type: 'retrying', task: info, host: host.name, attempt, left: tries - attempt })
      await timed('pausing', () => waitSeconds(delay, this.#ground.run.interrupt))
    }
  }

  async #attempt(task: Task, info: TaskInfo, host: HostState, scope: Scoped): Promise<results.Outcome> {
    const { run } = this.#ground
    const { place } = this.#turns.get(host)!
    const timed = run.timed(info, host)
    const ready = await timed('rendering', () => readyTask(task, host, scope, this.#ground))
    if (run.interrupt.requested) throw new Interrupted()
    const { module, args, environment, view, where } = ready
    const changes = () => this.#changes(host, where)
    if (task.action === 'wait_for_connection') {
      if (view.check) return results.skippedResult('nothing is waited for under check')
      changes()
      return timed('pausing', () => waitForConnection(args, ready.target, place, run))
    }
    const session = await timed('connecting', async () => {
      const session = await sessionOf(ready, run, () => place.leave())
      await place.take()
      // The turn is left for the request to go out.
      if (canLookAhead(module) && session?.begin()) await setImmediate()
      return session
    })
    const isOwn = where === host.name
    const performed = await withTimeout(
      numberOf(scope, task.inherited.settings.timeout, 'timeout', 0),
      run.interrupt,
      (interrupt) =>
        perform(module, args, session, {
          view,
          environment,
          interrupt,
          onLine: (line) => run.emit({ type: 'output', task: info, host: host.name, line }),
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
    const delegated =
      setting(scope, task, 'delegate_facts') === true ? setting(scope, task, 'delegate_to') : undefined
    const owner = delegated === undefined ? host : this.#ground.run.hostState(String(delegated))
    const kept = task.action === 'set_fact' ? owner.assigned : owner.facts
    for (const [name, value] of Object.entries(facts)) {
      if (kept === owner.facts && isConnectionVariable(name)) this.#warnOfFact(host, name)
      else kept.set(name, value)
    }
  }
}
