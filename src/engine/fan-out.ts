import pLimit from 'p-limit'
import type { Block, Play, Step } from '../playbook/ast.ts'
import type { PlayInfo, TaskInfo, TaskResult } from '../protocol/event.ts'
import { Slot } from '../remote/slot.ts'
import { ProblemError } from '../values/problem.ts'
import type { HostState } from './host.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { Prefetcher } from './prefetch/prefetcher.ts'
import type { Run } from './run.ts'
import type { TaskRunner } from './task/runner.ts'
import { changedOf, keptOf, setVariables, type Together, type VariablesTold } from './together.ts'

/** What is done in a round through hosts. */
export interface Round<S> {
  work(info: TaskInfo, host: HostState, slot: Slot, isForAll: boolean): Promise<TaskResult | undefined>
  /** What is to be known of a host's result wherever others of the batch are worked on. */
  say?(host: HostState, result: TaskResult): S
  /** The hosts that have the variables that it sets on one host: with run_once those of the batch. */
  sharers(host: HostState, isForAll: boolean): readonly HostState[]
}

/** What came of a round: results of the hosts, and what was said of them. */
export interface RoundEnd<S> {
  readonly results: Map<HostState, TaskResult>
  readonly said: Map<HostState, S>
}

/** The part of a result by which steps go on. */
type ResultTold = Pick<TaskResult, 'status' | 'ignored'> & { readonly changed: boolean }

interface FanOutParts {
  readonly run: Run
  readonly play: Play
  readonly info: PlayInfo
  readonly tasks: TaskRunner
  readonly together: Together
  readonly prefetcher: Prefetcher
  readonly pipeline: Pipeline
}

/** What all who work on a batch know of a host's result. */
interface Told<S> {
  readonly result: ResultTold
  readonly said: S | undefined
}

/** A step's round through the hosts of a batch: who works at the same time, what is reported and what is counted. */
export class HostFanOut {
  readonly #run: Run
  readonly #play: Play
  readonly #info: PlayInfo
  readonly #tasks: TaskRunner
  readonly #active: () => readonly HostState[]
  readonly #together: Together
  readonly #prefetcher: Prefetcher
  readonly #pipeline: Pipeline
  readonly #announced = new Map<Step, TaskInfo>()

  /** `active` are the hosts that are still in the batch. */
  constructor(
    { run, play, info, tasks, together, prefetcher, pipeline }: FanOutParts,
    active: () => readonly HostState[],
  ) {
    this.#run = run
    this.#play = play
    this.#info = info
    this.#tasks = tasks
    this.#together = together
    this.#prefetcher = prefetcher
    this.#pipeline = pipeline
    this.#active = active
  }

  /**
   * Does something on every host, or on the first for all with run_once, and reports it. A host may give up the slot
   * that it is handed, and must hold it when it works.
   */
  async run<S>(
    step: Exclude<Step, Block>,
    hosts: readonly HostState[],
    handler: boolean,
    round: Round<S>,
  ): Promise<RoundEnd<S>> {
    const { runOnce, throttle, fault } = this.#terms(step, hosts[0]!)
    // As in Ansible, what concerns the run is done once, and its result is that of one host.
    const isOnce = runOnce || (step.kind === 'task' && /^(add_host|pause)$/.test(step.module.controls ?? ''))
    const workers = isOnce ? hosts.slice(0, 1) : hosts
    const here = this.#together.here(workers)
    const info = this.#announce(step, workers, handler)
    const limit =
      throttle > 0
        ? pLimit(Math.max(1, Math.floor(Math.min(throttle, this.#run.request.execution.forks))))
        : this.#run.slots
    const results = new Map<HostState, TaskResult>()
    const told = new Map<HostState, Told<S>>()
    const goOn = async (host: HostState, slot: Slot) => {
      await slot.acquire()
      await this.#run.ready()
      if (this.#run.stop.aborted && !this.#pipeline.owes(host)) return
      const before = this.#together.noted<Told<S>>(workers, host)
      if (before !== undefined) {
        told.set(host, before)
        this.#count(step, host, fromTold(before.result))
        this.#prefetcher.invalidate(host)
        return
      }
      this.#run.emit({ type: 'host-started', task: info, host: host.name })
      const result = fault
        ? this.#tasks.failed(step, info, host, fault)
        : await round.work(info, host, slot, runOnce)
      if (result === undefined) return
      results.set(host, result)
      this.#count(step, host, result)
      this.#run.emit({ type: 'host-finished', task: info, host: host.name, result })
      if (!this.#together.hasOthers) return
      const own = { result: toldOf(result), said: round.say?.(host, result) }
      told.set(host, own)
      this.#together.note(workers, host, own, result.status === 'changed')
    }
    const all = () =>
      Promise.all(
        here.map((host) => {
          const slot = new Slot(limit)
          return goOn(host, slot).finally(() => slot.release())
        }),
      )
    const isDone = this.#together.isDone(workers)
    const before = runOnce && here.length > 0 ? keptOf(here[0]!) : undefined
    const work = isDone ? async () => {} : all
    await (throttle > 0 ? this.#together.inTurn(work) : work())
    if (this.#play.strategy === 'linear' || handler) this.#run.emit({ type: 'task-finished', task: info })
    const shared = before && changedOf(here[0]!, before)
    const end = this.#together.hasOthers
      ? await this.#ofAll(workers, told, shared, round)
      : { results, said: saidOf(results, round) }
    if (isDone) for (const host of here) this.#count(step, host, end.results.get(host))
    return end
  }

  /** The results of all hosts, those too that others have worked on. `shared`: what all hosts are to have. */
  async #ofAll<S>(
    workers: readonly HostState[],
    told: ReadonlyMap<HostState, Told<S>>,
    shared: VariablesTold | undefined,
    { sharers }: Round<S>,
  ): Promise<RoundEnd<S>> {
    const heard = await this.#together.hear(workers, told, {
      shared,
      stale: this.#prefetcher.changed,
      onShared: (variables) => {
        for (const host of sharers(workers[0]!, true)) setVariables(host, variables)
      },
      onStale: (host) => this.#prefetcher.invalidate(host),
    })
    const end: RoundEnd<S> = { results: new Map(), said: new Map() }
    // In one order for all who work on the batch.
    for (const [host, { result, said }] of heard) {
      end.results.set(host, fromTold(result))
      if (said !== undefined) end.said.set(host, said)
    }
    return end
  }

  /** What bears on all hosts together, by the variables of the first; a fault in it fails the step on all of them. */
  #terms(step: Exclude<Step, Block>, first: HostState) {
    try {
      this.#tasks.flag(step, first, 'any_errors_fatal')
      return {
        runOnce: this.#tasks.flag(step, first, 'run_once'),
        throttle: this.#tasks.throttle(step, first),
      }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      return { runOnce: false, throttle: 0, fault: error }
    }
  }

  #announce(step: Exclude<Step, Block>, hosts: readonly HostState[], handler: boolean): TaskInfo {
    const known = this.#announced.get(step)
    if (known !== undefined) return known
    const first = this.#together.here(hosts)[0] ?? hosts[0]!
    const meant = this.#tasks.meant(step, first)
    const info = this.#run.taskInfo(meant, this.#info, this.#tasks.nameOf(step, first), handler)
    const everybody = this.#play.strategy === 'free' && !handler
    if (everybody) this.#announced.set(step, info)
    this.#run.emit({
      type: 'task-started',
      task: info,
      hosts: (everybody ? this.#active() : hosts).map((host) => host.name),
    })
    return info
  }

  #count(step: Exclude<Step, Block>, { stats }: HostState, result: TaskResult | undefined): void {
    if (result === undefined) return
    const { status, ignored, values } = result
    if (ignored) stats.ignored += 1
    // What an include includes counts when it is gone through.
    const isInclude = step.kind === 'include_tasks' || step.kind === 'include_role'
    if (ignored || status === 'changed' || (status === 'ok' && !isInclude)) stats.ok += 1
    else if (status === 'ok') return
    else if (status !== 'failed') stats[status] += 1
    if (status === 'changed' || (ignored && values.changed === true)) stats.changed += 1
  }

  /** Under free a task's end is reported when all hosts are through the section that it is in. */
  end(): void {
    for (const task of this.#announced.values()) this.#run.emit({ type: 'task-finished', task })
    this.#announced.clear()
  }
}

function toldOf({ status, ignored, values }: TaskResult): ResultTold {
  return { status, changed: values.changed === true, ...(ignored && { ignored }) }
}

function fromTold({ changed, ...told }: ResultTold): TaskResult {
  return { ...told, changes: [], values: { changed }, seconds: 0 }
}

function saidOf<S>(results: ReadonlyMap<HostState, TaskResult>, { say }: Round<S>): Map<HostState, S> {
  if (say === undefined) return new Map()
  return new Map([...results].map(([host, result]) => [host, say(host, result)]))
}
