import type { Step, Task } from '../../playbook/ast.ts'
import type { Args } from '../../sdk/module.ts'
import type { HostState } from '../host.ts'
import type { ModuleRun } from '../task/run-module.ts'

/** A task, or one item of its loop, that was planned before its turn, as it would be then. */
export interface Planned {
  readonly task: Task
  /** Which item of its loop, from 0; 0 without a loop. */
  readonly item: number
  readonly args: Args
  /** Its actions have gone to the host. */
  readonly isSent: boolean
  /**
   * What came of it; undefined if it was not done, and is to be done in its turn. Raises what the task would raise, and
   * what keeps everybody from knowing whether it was done.
   */
  readonly end: () => Promise<ModuleRun | undefined>
}

/** What a batch knows of its steps. */
interface Knowing {
  /** Whether a step is not passed over on a host. */
  isThere(step: Step, host: HostState): boolean
  isHandler(name: string): boolean
}

/** What goes along with changes: tasks whose turn has not come, and that cannot tell the difference. */
export class Pipeline {
  readonly #reach: 'nothing' | 'items' | 'tasks'
  readonly #knowing: Knowing
  readonly #planned = new Map<HostState, Planned[]>()

  /** `reach`: whether other items of a loop, or other tasks, go along with a change. */
  constructor(reach: 'nothing' | 'items' | 'tasks', knowing: Knowing) {
    this.#reach = reach
    this.#knowing = knowing
  }

  /** Whether something may go along with a change of this task, or the task with one of another. */
  concerns({ loop }: Task): boolean {
    return this.#reach === 'tasks' || (this.#reach === 'items' && loop !== undefined)
  }

  get crossesTasks(): boolean {
    return this.#reach === 'tasks'
  }

  isThere(step: Step, host: HostState): boolean {
    return this.#knowing.isThere(step, host)
  }

  isHandler(name: string): boolean {
    return this.#knowing.isHandler(name)
  }

  /** Keeps what was planned for the next turns of a host, in their order. */
  keep(host: HostState, planned: readonly Planned[]): void {
    this.#planned.set(host, [...planned])
  }

  isPlanned(host: HostState, task: Task, item: number): boolean {
    return this.#planned.get(host)?.some((one) => one.task === task && one.item === item) ?? false
  }

  /** What was planned for the turn that has come. */
  take(host: HostState, task: Task, item: number): Planned | undefined {
    const [first] = this.#planned.get(host) ?? []
    if (first?.task !== task || first.item !== item) return undefined
    this.#planned.get(host)!.shift()
    return first
  }

  /** Whether something was sent to a host that has not been told of: its turn is to come whatever happens. */
  owes(host: HostState): boolean {
    return this.#planned.get(host)?.some(({ isSent }) => isSent) ?? false
  }

  /** What was sent to a host and has not been told of. */
  owed(host: HostState): readonly Planned[] {
    return this.#planned.get(host)?.filter(({ isSent }) => isSent) ?? []
  }

  /** What was planned and is not done: something has failed before it. */
  forget(host: HostState): void {
    this.#planned.delete(host)
  }

  /** Something else was done on a host: what was only planned is planned anew. */
  forgetUnsent(host: HostState): void {
    if (!this.owes(host)) this.forget(host)
  }
}
