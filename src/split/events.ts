import type { Event, Listener, PlayInfo, TaskInfo } from '../protocol/event.ts'
import { HostMarks, HostNumbers } from './host-marks.ts'

/** A task as the reports see it: one for all slices of the batch. */
interface Merged {
  readonly task: TaskInfo
  /** The slices that are through it, or past it. */
  readonly past: Set<Progress>
  /** How many slices are neither past it nor at their end. */
  left: number
  /** The slices that have begun it, and what any of them began before it and has not ended. */
  readonly begunBy: Set<Progress>
  readonly before: Set<Merged>
  /** The hosts that have had their results. */
  readonly done: HostMarks
}

/** How far a slice is. */
interface Progress {
  /** How often it has begun a task at a place. */
  readonly times: Map<string, number>
  readonly tasks: Map<number, Merged>
  /** By hosts, the tasks that they have begun last. */
  readonly turns: Map<string, Merged>
  /** The tasks that it has begun, as many as were before them. */
  readonly begun: Map<Merged, number>
}

/** A host has begun with a task, or has its result. */
type Turn = Extract<Event, { type: 'host-started' | 'host-finished' }>

export interface MergedFor {
  readonly emit: Listener
  readonly play: PlayInfo
  /** How many slices there are. */
  readonly slices: number
  /** Whether a slice that begins a task is through those before it. */
  readonly inOrder: boolean
  /** Gives a task its number in the run. */
  readonly newId: () => number
  /** The hosts that may have a result of a task that begins: the same list where they are the same. */
  readonly hosts: () => readonly string[]
}

/**
 * Makes one stream of events of those of the slices of a batch, as one process would tell it that lets each host go on
 * alone: a task begins once, with the first slice that comes to it, and has ended when all slices are past it.
 */
export class MergedEvents {
  readonly #for: MergedFor
  readonly #slices: readonly Progress[]
  readonly #hosts = new HostNumbers()
  /** The hosts that may have a result, as they were last. */
  #may: { readonly names: readonly string[]; readonly marks: HostMarks } = {
    names: [],
    marks: new HostMarks(),
  }
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
    if (event.type === 'host-started' || event.type === 'host-finished') this.#turn(event, progress)
    else if (event.type === 'play-started') {
      // It is carried out, perhaps again: then it comes to the same tasks once more.
      progress.times.clear()
      progress.tasks.clear()
    } else if (event.type === 'task-started') this.#begin(progress, event.task, event.hosts)
    else if (event.type === 'task-finished') {
      const merged = progress.tasks.get(event.task.id)
      if (merged !== undefined) this.#pass(merged, progress)
      this.#finish()
    } else if (event.type === 'warning') this.#warn(slice, event)
    else this.#tell(event, progress)
  }

  /** What a slice tells of a host that is through a task it tells again. */
  #tell(event: Event, { tasks }: Progress): void {
    const merged = 'task' in event && event.task !== undefined ? tasks.get(event.task.id) : undefined
    const host = 'host' in event ? event.host : undefined
    if (merged !== undefined && host !== undefined && merged.done.has(this.#hosts.of(host))) return
    this.#for.emit(merged === undefined ? event : ({ ...event, task: merged.task } as Event))
  }

  /** A result counts once. Nearly all that is told are turns: copying whatever an event may hold takes twice the time. */
  #turn(event: Turn, { tasks, turns }: Progress): void {
    const merged = tasks.get(event.task.id)
    if (merged === undefined) {
      this.#for.emit(event)
      return
    }
    const { task, done } = merged
    const { type, host } = event
    const number = this.#hosts.of(host)
    if (done.has(number)) return
    if (type === 'host-started') {
      turns.set(host, merged)
      this.#for.emit({ type, task, host })
    } else {
      done.add(number)
      this.#for.emit({ type, task, host, result: event.result })
    }
  }

  /** The tasks that hosts of a slice are at. */
  turnsOf(slice: number): ReadonlyMap<string, TaskInfo> {
    const begun = [...this.#slices[slice]!.turns]
    return new Map(
      begun
        .filter(([host, { done }]) => !done.has(this.#hosts.of(host)))
        .map(([host, { task }]) => [host, task]),
    )
  }

  /** A slice has no more to say. */
  end(slice: number): void {
    const progress = this.#slices[slice]!
    this.#ended.add(progress)
    for (const merged of this.#open) if (!merged.past.has(progress)) merged.left -= 1
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
      merged = {
        task: { ...task, id: newId(), play: play.id },
        ...{ past: new Set(), begunBy: new Set(), before: new Set(), done: new HostMarks() },
        left: this.#slices.length - this.#ended.size,
      }
      this.#known.set(key, merged)
      this.#open.add(merged)
      this.#for.emit({ type: 'task-started', task: merged.task, hosts: this.#with(hosts) })
    }
    progress.tasks.set(task.id, merged)
    if (!progress.begun.has(merged)) progress.begun.set(merged, progress.begun.size)
    if (this.#for.inOrder) this.#passBefore(merged, progress)
    this.#finish()
  }

  /** The hosts that may have a result of a task that begins, and these. */
  #with(hosts: readonly string[]): readonly string[] {
    const may = this.#for.hosts()
    if (this.#may.names !== may) {
      const marks = new HostMarks()
      for (const host of may) marks.add(this.#hosts.of(host))
      this.#may = { names: may, marks }
    }
    const { marks } = this.#may
    const others = hosts.filter((host) => !marks.has(this.#hosts.of(host)))
    return others.length === 0 ? may : [...may, ...others]
  }

  /** Whoever is at a task is past all that somebody else was at before it. */
  #passBefore(at: Merged, progress: Progress): void {
    const { begun } = progress
    const { before, begunBy } = at
    for (const task of this.#open) {
      if (before.has(task) || !((begun.get(task) ?? Number.POSITIVE_INFINITY) < begun.get(at)!)) continue
      before.add(task)
      for (const other of begunBy) this.#pass(task, other)
    }
    begunBy.add(progress)
    for (const task of before) {
      if (this.#open.has(task)) this.#pass(task, progress)
      else before.delete(task)
    }
  }

  #pass(task: Merged, progress: Progress): void {
    if (task.past.has(progress)) return
    task.past.add(progress)
    if (!this.#ended.has(progress)) task.left -= 1
  }

  /** A task that all slices are past has ended. */
  #finish(): void {
    for (const merged of this.#open) {
      if (merged.left > 0) continue
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
