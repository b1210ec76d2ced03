import type { Event, Status, TaskInfo, TaskResult } from '../../protocol/event.ts'
import { cleanLines } from '../text.ts'

/** Bytes that have gone, of how many if that is known, and the time at which the first ones had. */
export interface Transfer {
  readonly bytes: number
  readonly of: number | undefined
  readonly since: number
  /** Bytes that had gone at that time. */
  readonly from: number
}

/** A host that works on a task. Times in milliseconds of the report's clock. */
export interface Busy {
  readonly since: number
  items: number
  /** The last thing heard of it. */
  lastOutput: string
  /** How far a large content is on its way. */
  transfer?: Transfer
}

/** A task that has started, and what is known of its hosts. */
export interface RunningTask {
  readonly info: TaskInfo
  readonly hosts: readonly string[]
  readonly since: number
  /** In the order in which they began: the slowest first. */
  readonly busy: Map<string, Busy>
  readonly results: Map<string, TaskResult>
}

/** What a task came to on a host, as it is counted: a failure that is ignored is a thing of its own. */
export type Outcome = Status | 'ignored'

export function outcomeOf({ status, ignored }: TaskResult): Outcome {
  return status === 'failed' && ignored ? 'ignored' : status
}

/** The state of a run as the live rows show it, kept up to date by the events at little cost for each. */
export class LiveState {
  readonly tasks = new Map<number, RunningTask>()
  readonly connecting = new Map<string, number>()
  readonly failed = new Set<string>()
  readonly unreachable = new Set<string>()
  /** Of the present play. */
  hosts: readonly string[] = []
  tasksDone = 0
  changes = 0
  interrupted = false
  readonly since: number
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
    this.since = now()
  }

  apply(event: Event): void {
    switch (event.type) {
      case 'play-started':
        this.hosts = event.hosts
        break
      case 'connecting':
        this.connecting.set(event.host, this.#now())
        break
      case 'connected':
        this.connecting.delete(event.host)
        break
      case 'task-started':
        this.#start(event.task, event.hosts)
        break
      case 'host-started':
        this.tasks.get(event.task.id)?.busy.set(event.host, { since: this.#now(), items: 0, lastOutput: '' })
        break
      case 'item-finished': {
        const busy = this.#busy(event)
        if (busy === undefined) break
        busy.items++
        delete busy.transfer
        busy.lastOutput = `${busy.items} done, last: ${event.item.label}`
        break
      }
      case 'retrying':
        this.#hear(event, `attempt ${event.attempt} failed, ${event.left} left`)
        break
      case 'output':
        this.#hear(event, event.line)
        break
      case 'transferred':
        this.#transfer(event)
        break
      case 'host-finished':
        this.#hostFinished(event.task, event.host, event.result)
        break
      case 'rescued':
        this.failed.delete(event.host)
        break
      case 'interrupted':
        this.interrupted = true
        break
      default:
        break
    }
  }

  /** Takes a task that is done from the board. */
  finish(id: number): RunningTask | undefined {
    const task = this.tasks.get(id)
    if (this.tasks.delete(id)) this.tasksDone++
    return task
  }

  #start(info: TaskInfo, hosts: readonly string[]): void {
    this.tasks.set(info.id, { info, hosts, since: this.#now(), busy: new Map(), results: new Map() })
  }

  #busy({ task, host }: { task: TaskInfo; host: string }): Busy | undefined {
    return this.tasks.get(task.id)?.busy.get(host)
  }

  #transfer({ bytes, of, ...event }: Extract<Event, { type: 'transferred' }>): void {
    const busy = this.#busy(event)
    if (busy === undefined) return
    const { transfer } = busy
    // One that has less behind it than the last is the next one.
    const isNext = transfer === undefined || transfer.of !== of || bytes < transfer.bytes
    const { since, from } = isNext ? { since: this.#now(), from: bytes } : transfer
    if (of === bytes) delete busy.transfer
    else busy.transfer = { bytes, of, since, from }
  }

  #hear(event: { task: TaskInfo; host: string }, lastOutput: string): void {
    const busy = this.#busy(event)
    if (busy !== undefined && lastOutput.trim() !== '') busy.lastOutput = lastOutput
  }

  #hostFinished({ id }: TaskInfo, host: string, result: TaskResult): void {
    const task = this.tasks.get(id)
    task?.busy.delete(host)
    task?.results.set(host, result)
    this.connecting.delete(host)
    const outcome = outcomeOf(result)
    if (outcome === 'changed') this.changes++
    if (outcome === 'failed') this.failed.add(host)
    if (outcome === 'unreachable') this.unreachable.add(host)
  }
}

/** News as one line: of a progress display that overwrites itself, its latest state. */
export function lastOutputLine({ lastOutput }: Busy): string {
  return (
    cleanLines(lastOutput)
      .findLast((line) => line.trim() !== '')
      ?.trim() ?? ''
  )
}
