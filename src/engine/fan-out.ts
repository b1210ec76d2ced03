import pLimit from 'p-limit'
import type { Block, Play, Step } from '../playbook/ast.ts'
import type { PlayInfo, TaskInfo, TaskResult } from '../protocol/event.ts'
import { Slot } from '../remote/slot.ts'
import { ProblemError } from '../values/problem.ts'
import type { HostState } from './host.ts'
import type { Run } from './run.ts'
import type { TaskRunner } from './task/runner.ts'

/** A step's round through the hosts of a batch: who works at the same time, what is reported and what is counted. */
export class HostFanOut {
  readonly #run: Run
  readonly #play: Play
  readonly #info: PlayInfo
  readonly #tasks: TaskRunner
  readonly #active: () => readonly HostState[]
  readonly #announced = new Map<Step, TaskInfo>()

  /** `active` are the hosts that are still in the batch. */
  constructor(run: Run, play: Play, info: PlayInfo, tasks: TaskRunner, active: () => readonly HostState[]) {
    this.#run = run
    this.#play = play
    this.#info = info
    this.#tasks = tasks
    this.#active = active
  }

  /**
   * Does something on every host, or on the first for all with run_once, and reports it. A host may give up the slot
   * that it is handed, and must hold it when it works.
   */
  async run(
    step: Exclude<Step, Block>,
    hosts: readonly HostState[],
    handler: boolean,
    work: (info: TaskInfo, host: HostState, slot: Slot, isForAll: boolean) => Promise<TaskResult | undefined>,
  ): Promise<Map<HostState, TaskResult>> {
    const { runOnce, throttle, fault } = this.#terms(step, hosts[0]!)
    // As in Ansible, what concerns the run is done once, and its result is that of one host.
    const isOnce = runOnce || (step.kind === 'task' && /^(add_host|pause)$/.test(step.module.controls ?? ''))
    const workers = isOnce ? hosts.slice(0, 1) : hosts
    const info = this.#announce(step, workers, handler)
    const limit =
      throttle > 0
        ? pLimit(Math.max(1, Math.floor(Math.min(throttle, this.#run.request.execution.forks))))
        : this.#run.slots
    const results = new Map<HostState, TaskResult>()
    const goOn = async (host: HostState, slot: Slot) => {
      await slot.acquire()
      if (this.#run.stop.aborted) return
      this.#run.emit({ type: 'host-started', task: info, host: host.name })
      const result = fault
        ? this.#tasks.failed(step, info, host, fault)
        : await work(info, host, slot, runOnce)
      if (result === undefined) return
      results.set(host, result)
      this.#count(step, host, result)
      this.#run.emit({ type: 'host-finished', task: info, host: host.name, result })
    }
    await Promise.all(
      workers.map((host) => {
        const slot = new Slot(limit)
        return goOn(host, slot).finally(() => slot.release())
      }),
    )
    if (this.#play.strategy === 'linear' || handler) this.#run.emit({ type: 'task-finished', task: info })
    return results
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
    const meant = this.#tasks.meant(step, hosts[0]!)
    const info = this.#run.taskInfo(meant, this.#info, this.#tasks.nameOf(step, hosts[0]!), handler)
    const everybody = this.#play.strategy === 'free' && !handler
    if (everybody) this.#announced.set(step, info)
    this.#run.emit({
      type: 'task-started',
      task: info,
      hosts: (everybody ? this.#active() : hosts).map((host) => host.name),
    })
    return info
  }

  #count(step: Exclude<Step, Block>, { stats }: HostState, { status, ignored, values }: TaskResult): void {
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
