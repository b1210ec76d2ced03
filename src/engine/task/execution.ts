import { setImmediate } from 'node:timers/promises'
import type { Task } from '../../playbook/ast.ts'
import type { TaskInfo } from '../../protocol/event.ts'
import type { Session } from '../../remote/session.ts'
import type { Program } from '../../sdk/module.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import type { TemplateContext } from '../../template/context.ts'
import type { ValueMap } from '../../values/value.ts'
import { interpreterIn, runProgram } from '../foreign/run.ts'
import type { HostState } from '../host.ts'
import { Interrupted, waitSeconds } from '../interrupt.ts'
import { numberOf } from '../number.ts'
import { asksOf } from '../pipeline/asks.ts'
import { canPrefetch } from '../prefetch/upcoming.ts'
import * as results from '../results.ts'
import type { Timed } from '../spans.ts'
import { Jobs, NOT_SUPPORTED } from './background.ts'
import { letTimePass, saysItChangesNothing } from './believed.ts'
import { control } from './controls/index.ts'
import { keepFacts } from './facts.ts'
import { invocationOf } from './invocation.ts'
import { caught, explained } from './looped.ts'
import { hiddenBecause } from './no-log.ts'
import { applyOutcomeConditions, applyUntil, untilNotMet } from './outcome-conditions.ts'
import { prefetching, type Turn } from './prefetching.ts'
import { waitForConnection } from './reconnect.ts'
import { probesOf, type ResolvedTask, resolveTask, sessionOf } from './resolve.ts'
import { restartHost } from './restart.ts'
import { type ModuleRunOptions, runModule } from './run-module.ts'
import type { Surroundings } from './surroundings.ts'
import { withTimeout } from './timeout.ts'
import { transfers } from './transfers.ts'

/** One task on one host: its items one after the other, each with its tries. */
export class TaskExecution {
  readonly #task: Task
  readonly #info: TaskInfo
  readonly #host: HostState
  readonly #surroundings: Surroundings
  readonly #timed: Timed
  /** How many items of the loop have begun; 1 without a loop. */
  #itemsBegun = 0
  /** An item has failed, and with it the task, unless somebody says otherwise when all are done. */
  #hasFailed = false
  /** What the module of the item was last given, where that is shown. */
  #invocation: ValueMap | undefined

  constructor(task: Task, info: TaskInfo, host: HostState, surroundings: Surroundings) {
    this.#task = task
    this.#info = info
    this.#host = host
    this.#surroundings = surroundings
    this.#timed = surroundings.context.run.timed(info, host)
  }

  /** One item, or a task without a loop: its condition, then tries until it is as `until` wants. */
  async item(scope: TemplateContext): Promise<results.Outcome> {
    this.#itemsBegun += 1
    this.#invocation = undefined
    const outcome = (await this.#planned(scope)) ?? (await this.#tries(scope))
    if (outcome.status === 'failed' || outcome.status === 'unreachable') this.#hasFailed = true
    return this.#invocation === undefined ? outcome : { ...outcome, invocation: this.#invocation }
  }

  /** What came of it, if it was planned before, and done with a change of a task before if there was something to do. */
  async #planned(scope: TemplateContext): Promise<results.Outcome | undefined> {
    const task = this.#task
    const { pipeline } = this.#surroundings.context
    const planned = pipeline.take(this.#host, task, this.#itemsBegun - 1)
    if (planned === undefined) return undefined
    if (this.#surroundings.context.run.request.output.verbosity > 2)
      this.#invocation = invocationOf(task.module, planned.args)
    const outcome = await this.#timed('applying', planned.end)
      .then((performed) => performed && results.moduleResult(performed))
      .catch(explained)
    return outcome && applyOutcomeConditions(task, scope, outcome)
  }

  async #tries(scope: TemplateContext): Promise<results.Outcome> {
    const task = this.#task
    const { context, prefetcher } = this.#surroundings
    const condition = this.#timed('rendering', () => scope.failing(task.inherited.when))
    if (condition !== undefined) return results.skippedResult('conditional result was false', condition)
    const isTried = task.until !== undefined || task.retries !== undefined
    const tries = isTried ? numberOf(scope, task.retries, 'retries', 3) + 1 : 1
    const delay = numberOf(scope, task.delay, 'delay', 5)
    for (let attempt = 1; ; attempt += 1) {
      const tried = await caught(() => this.#attempt(scope))
      const counted = isTried ? { ...tried, values: { ...tried.values, attempts: attempt } } : tried
      const { done, outcome } = applyUntil(task, scope, applyOutcomeConditions(task, scope, counted))
      if (done || tries <= 1) return outcome
      if (attempt >= tries) return untilNotMet(outcome, tries)
      prefetcher.invalidate(this.#host)
      this.#emit({ type: 'retrying', attempt, left: tries - attempt })
      await this.#timed('pausing', () => waitSeconds(delay, context.run.stop))
    }
  }

  async #attempt(scope: TemplateContext): Promise<results.Outcome> {
    const task = this.#task
    const { context, prefetcher, slot } = this.#surroundings
    const { run } = context
    const asJob = numberOf(scope, task.async, 'async', 0)
    if (asJob > 0 && task.module.inForeground) return NOT_SUPPORTED
    const ready = this.#untold(
      await this.#timed('rendering', () => resolveTask(task, this.#host, scope, context)),
      scope,
    )
    if (run.stop.aborted) throw new Interrupted()
    const { module, args, view, target, where } = ready
    if (module.probe !== undefined && run.request.output.verbosity > 2)
      this.#invocation = invocationOf(module, args)
    if (module.reconnects) {
      if (view.check) return results.skippedResult('nothing is waited for under check')
      this.#changes(where)
      return this.#timed('pausing', () => waitForConnection(args, target, slot, run))
    }
    if (module.controls !== undefined && module.controls !== 'async_status' && asJob === 0) {
      const outcome = await control(ready, scope, {
        task: this.#task,
        host: this.#host,
        timed: this.#timed,
        ...this.#surroundings,
      })
      if (module.controls === 'pause' && !view.check) prefetcher.invalidate(this.#host)
      return outcome
    }
    const session = await this.#timed('connecting', () => this.#connect(ready))
    if (asJob > 0 || module.controls !== undefined) return this.#asJob(ready, scope, session, asJob)
    if (module.program !== undefined && session !== undefined)
      return this.#foreign(ready, module.program, scope, session)
    if (module.restart !== undefined) return this.#restart(ready, scope, session)
    const performed = await this.#inTime(ready, scope, session, (stop) =>
      runModule(module, args, session, { ...this.#options(scope, ready, session), stop }),
    )
    if (letTimePass(this.#task, performed)) this.#changes(where)
    const outcome = results.moduleResult(performed)
    await this.#keepFacts(scope, outcome, ready)
    return this.#from(where, outcome)
  }

  /** A module that is run on the host as it is, which may have done anything there. */
  async #foreign(
    ready: ResolvedTask,
    program: Program,
    scope: TemplateContext,
    session: Session,
  ): Promise<results.Outcome> {
    const { args, environment, module, view, where } = ready
    const interpreter = interpreterIn(scope)
    await this.#surroundings.context.run.begins(this.#host)
    this.#changes(where)
    const run = { name: module.name, program, args, view, environment, interpreter }
    this.#detail(() => `RUN MODULE ${module.name}`)
    const outcome = await this.#inTime(ready, scope, session, () =>
      this.#timed('applying', () => runProgram(run, session)),
    )
    this.#changes(where)
    await this.#keepFacts(scope, outcome, ready)
    return this.#from(where, outcome)
  }

  /** Gives work on a host as many seconds as the task says. */
  #inTime<T>(
    { where }: ResolvedTask,
    scope: TemplateContext,
    session: Session | undefined,
    work: (stop: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const seconds = numberOf(scope, this.#task.inherited.keywords.timeout, 'timeout', 0)
    return withTimeout(seconds, this.#surroundings.context.run.stop, work, () => {
      session?.kill()
      // What was sent over the session gets no result.
      this.#changes(where)
    })
  }

  /** A task that goes on by itself on its host for so many seconds, or a look at one. */
  async #asJob(
    ready: ResolvedTask,
    scope: TemplateContext,
    session: Session | undefined,
    limit: number,
  ): Promise<results.Outcome> {
    const { run } = this.#surroundings.context
    const { args, environment, module, view, where } = ready
    // What a job does is done at any time.
    this.#changes(where)
    const folder = String(
      environment?.ANSIBLE_ASYNC_DIR ??
        scope.variables.get('ansible_async_dir') ??
        run.request.execution.asyncFolder,
    )
    const options = this.#options(scope, ready, session)
    const poll = numberOf(scope, this.#task.poll, 'poll', run.request.execution.pollInterval)
    const jobs = new Jobs(run.jobs, run.sources.modules)
    const outcome =
      module.controls === 'async_status' && session !== undefined && limit === 0
        ? await jobs.status(args, session, folder, view.check)
        : await this.#inTime(ready, scope, session, (stop) =>
            jobs.run(
              ready,
              session,
              { ...options, stop },
              { limit, poll, folder, interpreter: interpreterIn(scope) },
            ),
          )
    this.#changes(where)
    await this.#keepFacts(scope, outcome, ready)
    return this.#from(where, outcome)
  }

  async #restart(
    ready: ResolvedTask,
    scope: TemplateContext,
    session: Session | undefined,
  ): Promise<results.Outcome> {
    const { context, slot } = this.#surroundings
    // Nothing is probed behind it, for the session ends with it.
    const { onLastSent: _, ...options } = this.#options(scope, ready, session)
    const outcome = await this.#inTime(ready, scope, session, (stop) =>
      restartHost(ready, session, { ...options, stop }, slot, context.run),
    )
    this.#changes(ready.where)
    return this.#from(ready.where, outcome)
  }

  /** With -vvv it is told how a host is reached, but not for a task of which nothing is told. */
  #untold(ready: ResolvedTask, scope: TemplateContext): ResolvedTask {
    const isTold = this.#surroundings.context.run.request.output.verbosity > 2
    if (!isTold || hiddenBecause(this.#task, scope) === undefined) return ready
    return { ...ready, target: { ...ready.target, isHidden: true } }
  }

  async #connect(ready: ResolvedTask): Promise<Session | undefined> {
    const { context, slot } = this.#surroundings
    const session = await sessionOf(ready, context.run, () => slot.release())
    await slot.acquire()
    // The turn is left for the request to go out.
    if (canPrefetch(ready.module) && !ready.module.runsCommands && session?.begin()) await setImmediate()
    return session
  }

  #options(scope: TemplateContext, ready: ResolvedTask, session: Session | undefined): ModuleRunOptions {
    const { environment, view, where } = ready
    const { run } = this.#surroundings.context
    const isOwn = where === this.#host.name
    return {
      view,
      environment,
      ...(ready.module.probe !== undefined && { asks: this.#asks(ready) }),
      ...(hiddenBecause(this.#task, scope) === undefined && {
        onLine: (line: string) => this.#emit({ type: 'output', line }),
      }),
      onBytes: transfers((bytes, of) =>
        this.#emit({ type: 'transferred', bytes, ...(of !== undefined && { of }) }),
      ),
      onApply: async () => {
        await run.begins(this.#host)
        this.#changes(where, saysItChangesNothing(this.#task))
      },
      onAction: () => run.holds(this.#host),
      onSent: (words) => this.#detail(words),
      timed: this.#timed,
      // What is known of a host is kept with its own steps: a delegated one always probes for itself.
      ...(session && run.request.execution.prefetch && isOwn && prefetching(this.#turn(), session, ready)),
    }
  }

  #asks(ready: ResolvedTask): readonly BatchedProbe[] {
    return this.#surroundings.context.pipeline.concerns(this.#task) ? asksOf(ready) : probesOf(ready)
  }

  #turn(): Turn {
    return {
      task: this.#task,
      host: this.#host,
      timed: this.#timed,
      itemsBegun: this.#itemsBegun,
      hasFailed: this.#hasFailed,
      surroundings: this.#surroundings,
      sent: (probes) => this.#emit({ type: 'probed', probes }),
      detail: (words) => this.#detail(words),
    }
  }

  #keepFacts(scope: TemplateContext, { values }: results.Outcome, { args }: ResolvedTask): Promise<void> {
    const { context, sharers } = this.#surroundings
    return keepFacts(
      values.ansible_facts,
      { task: this.#task, args, scope, sharers, host: this.#host.name },
      context.run,
    )
  }

  /** An outcome with the host that it is of, if that is not the task's own. */
  #from(where: string, outcome: results.Outcome): results.Outcome {
    return where === this.#host.name ? outcome : { ...outcome, delegatedTo: where }
  }

  /** Where only hosts that it is about may have been changed, what is known of the others stays. */
  #changes(where: string, onlyThese = false): void {
    const { context, prefetcher } = this.#surroundings
    const other = where === this.#host.name ? undefined : context.run.knownState(where)
    for (const host of [this.#host, ...(other ? [other] : [])]) {
      if (onlyThese) prefetcher.forget(host)
      else prefetcher.invalidate(host)
    }
  }

  /** Says what goes to the host, with -vvv. */
  #detail(words: () => string): void {
    this.#surroundings.context.run.detail(3, words, this.#host.name)
  }

  #emit(
    event:
      | { type: 'retrying'; attempt: number; left: number }
      | { type: 'output'; line: string }
      | { type: 'transferred'; bytes: number; of?: number }
      | { type: 'probed'; probes: number },
  ): void {
    this.#surroundings.context.run.emit({ ...event, task: this.#info, host: this.#host.name })
  }
}
