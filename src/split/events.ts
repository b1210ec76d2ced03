import type { Event, Listener, PlayInfo, TaskInfo } from '../protocol/event.ts'

/** A task as the reports see it: one for all slices of the batch. */
interface Merged {
  readonly task: TaskInfo
  /** The slices that are through it, or past it. */
  readonly past: Set<Progress>
  /** The hosts that have had their results. */
  readonly done: Set<string>
}

/** How far a slice is. */
interface Progress {
  /** How often it has begun a task at a place. */
  readonly times: Map<string, number>
  readonly tasks: Map<number, Merged>
  /** By hosts, the tasks that they are at. */
  readonly turns: Map<string, TaskInfo>
  /** The tasks that it has begun, as many as were before them. */
  readonly begun: Map<Merged, number>
}

export interface MergedFor {
  readonly emit: Listener
  readonly play: PlayInfo
  /** How many slices there are. */
  readonly slices: number
  /** Whether a slice that begins a task is through those before it. */
  readonly inOrder: boolean
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
  readonly #ended = new Set<Progress>()
  /** The tasks that have begun and not ended. */
  readonly #open = new Set<Merged>()
  readonly #known = new Map<string, Merged>()
  /** How often a warning was given: by each slice, and to the reports. */
  readonly #warned = new Map<string, number>()

  constructor(options: MergedFor) {
    this.#for = options
    this.#slices = Array.from({ length: options.slices }, () => ({
      times: new Map(),
      tasks: new Map(),
      turns: new Map(),
      begun: new Map(),
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
      progress.tasks.get(event.task.id)?.past.add(progress)
      this.#finish()
    } else if (event.type === 'warning') this.#warn(slice, event)
    else this.#tell(event, progress)
  }

  /** A result counts once: what a slice tells of a host that is through a task it tells again. */
  #tell(event: Event, { tasks, turns }: Progress): void {
    const merged = 'task' in event && event.task !== undefined ? tasks.get(event.task.id) : undefined
    if (merged !== undefined && 'host' in event && event.host !== undefined) {
      if (merged.done.has(event.host)) return
      if (event.type === 'host-started') turns.set(event.host, merged.task)
      if (event.type === 'host-finished') {
        merged.done.add(event.host)
        turns.delete(event.host)
      }
    }
    this.#for.emit(merged === undefined ? event : ({ ...event, task: merged.task } as Event))
  }

  /** The tasks that hosts of a slice are at. */
  turnsOf(slice: number): ReadonlyMap<string, TaskInfo> {
    return this.#slices[slice]!.turns
  }

  /** A slice has no more to say. */
  end(slice: number): void {
    this.#ended.add(this.#slices[slice]!)
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
      merged = { task: { ...task, id: newId(), play: play.id }, past: new Set(), done: new Set() }
      this.#known.set(key, merged)
      this.#open.add(merged)
      const all = [...new Set([...this.#for.hosts(), ...hosts])]
      this.#for.emit({ type: 'task-started', task: merged.task, hosts: all })
    }
    progress.tasks.set(task.id, merged)
    if (!progress.begun.has(merged)) progress.begun.set(merged, progress.begun.size)
    if (this.#for.inOrder) this.#pass(merged, progress)
    this.#finish()
  }

  /** Whoever is at a task is past all that somebody else was at before it. */
  #pass(at: Merged, progress: Progress): void {
    const isBefore = (task: Merged, { begun }: Progress) =>
      begun.has(at) && (begun.get(task) ?? Number.POSITIVE_INFINITY) < begun.get(at)!
    for (const task of this.#open) {
      if (task === at) continue
      if (this.#slices.some((other) => isBefore(task, other))) task.past.add(progress)
      if (!isBefore(task, progress)) continue
      for (const other of this.#slices) if (other.begun.has(at)) task.past.add(other)
    }
  }

  /** A task that all slices are past has ended. */
  #finish(): void {
    for (const merged of this.#open) {
      if (!this.#slices.every((slice) => this.#ended.has(slice) || merged.past.has(slice))) continue
      this.#open.delete(merged)
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
}
