import type { Event, Listener, PlayInfo, TaskInfo } from '../protocol/event.ts'

/** A task as the reports see it: one for all slices of the batch. */
interface Merged {
  readonly task: TaskInfo
  /** The slices that are through it. */
  readonly ended: Set<number>
}

/** How far a slice is. */
interface Progress {
  /** How often it has begun a task at a place. */
  readonly times: Map<string, number>
  readonly tasks: Map<number, Merged>
  /** Among all tasks the one that it began last; -1 before the first. */
  at: number
  hasEnded: boolean
}

export interface MergedFor {
  readonly emit: Listener
  readonly play: PlayInfo
  /** How many slices there are. */
  readonly slices: number
  /** Gives a task its number in the run. */
  readonly newId: () => number
  /** The hosts that may have a result of a task that begins. */
  readonly hosts: () => readonly string[]
}

/**
 * Makes one stream of events of those of the slices of a batch, as one process would tell it that lets each host go on
 * alone: a task begins once, with the first slice that comes to it, and has ended when all slices are past it.
 */
export class MergedEvents {
  readonly #for: MergedFor
  readonly #slices: readonly Progress[]
  /** The tasks in the order of the play, as far as slices have come to them. */
  readonly #order: Merged[] = []
  /** How many of them have ended. */
  #finished = 0
  readonly #known = new Map<string, Merged>()
  /** The turns of hosts at tasks that have ended. */
  readonly #done = new Set<string>()
  /** How often a warning was given: by each slice, and to the reports. */
  readonly #warned = new Map<string, number>()

  constructor(options: MergedFor) {
    this.#for = options
    this.#slices = Array.from({ length: options.slices }, () => ({
      times: new Map(),
      tasks: new Map(),
      at: -1,
      hasEnded: false,
    }))
  }

  /** Takes an event of a slice. */
  take(slice: number, event: Event): void {
    const progress = this.#slices[slice]!
    if (event.type === 'play-started') {
      // It is carried out, perhaps again: then it comes to the same tasks once more.
      progress.times.clear()
      progress.tasks.clear()
    } else if (event.type === 'task-started') this.#begin(progress, event.task, event.hosts)
    else if (event.type === 'task-finished') {
      progress.tasks.get(event.task.id)?.ended.add(slice)
      this.#finish()
    } else if (event.type === 'warning') this.#warn(slice, event)
    else this.#tell(this.#renamed(event, progress))
  }

  /** A result counts once: what a slice tells of a host that is through a task it tells again. */
  #tell(event: Event): void {
    if ('task' in event && event.task !== undefined && 'host' in event) {
      const turn = `${event.task.id} ${event.host}`
      if (this.#done.has(turn)) return
      if (event.type === 'host-finished') this.#done.add(turn)
    }
    this.#for.emit(event)
  }

  /** A slice has no more to say. */
  end(slice: number): void {
    this.#slices[slice]!.hasEnded = true
    this.#finish()
  }

  #begin(progress: Progress, task: TaskInfo, hosts: readonly string[]): void {
    const { file, line, column } = task.location
    const place = `${file}:${line}:${column} ${task.handler}`
    const times = (progress.times.get(place) ?? 0) + 1
    progress.times.set(place, times)
    const key = `${place} ${times}`
    let merged = this.#known.get(key)
    if (merged === undefined) {
      const { play, newId } = this.#for
      merged = { task: { ...task, id: newId(), play: play.id }, ended: new Set() }
      this.#known.set(key, merged)
      this.#insert(merged, progress.at + 1)
      const all = [...new Set([...this.#for.hosts(), ...hosts])]
      this.#for.emit({ type: 'task-started', task: merged.task, hosts: all })
    }
    progress.tasks.set(task.id, merged)
    progress.at = Math.max(progress.at, this.#order.indexOf(merged))
    this.#finish()
  }

  #insert(merged: Merged, at: number): void {
    this.#order.splice(at, 0, merged)
    for (const progress of this.#slices) if (progress.at >= at) progress.at += 1
  }

  /** A task that all slices are past has ended: none before it is left, and none is put before it any more. */
  #finish(): void {
    for (; this.#finished < this.#order.length; this.#finished += 1) {
      const merged = this.#order[this.#finished]!
      const isPast = ({ at, hasEnded }: Progress, slice: number) =>
        hasEnded || at > this.#finished || merged.ended.has(slice)
      if (!this.#slices.every(isPast)) return
      this.#for.emit({ type: 'task-finished', task: merged.task })
    }
  }

  /** What every slice warns of is told once. */
  #warn(slice: number, event: Extract<Event, { type: 'warning' }>): void {
    const key = JSON.stringify([event.message, event.location])
    const own = (this.#warned.get(`${slice} ${key}`) ?? 0) + 1
    this.#warned.set(`${slice} ${key}`, own)
    if (own <= (this.#warned.get(key) ?? 0)) return
    this.#warned.set(key, own)
    this.#for.emit(event)
  }

  #renamed(event: Event, { tasks }: Progress): Event {
    if (!('task' in event) || event.task === undefined) return event
    const merged = tasks.get(event.task.id)
    return merged === undefined ? event : ({ ...event, task: merged.task } as Event)
  }
}
