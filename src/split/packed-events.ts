import { maskedEvent, takeAsShown } from '../engine/masked.ts'
import type { Event, ItemResult, TaskInfo, TaskResult } from '../protocol/event.ts'
import { secretsKept } from '../vault/secrets.ts'
import { isSame, type Json, packed, unpacked } from './packed.ts'

/**
 * Events that go from one process to another, as JSON. What many of them have in common stands there once: what is done on
 * a host is a few numbers.
 */
export interface PackedEvents {
  readonly tasks: readonly TaskInfo[]
  /** Without their seconds. */
  readonly results: readonly Json[]
  readonly hosts: readonly string[]
  /**
   * One after the other, events as objects and turns of hosts as numbers, without brackets, which cost more to read than what
   * is in them: a kind, the task, the host, and where it has ended the result and the microseconds of this and of its items.
   */
  readonly events: readonly (number | Readonly<Record<string, Json>>)[]
}

/** A host has begun with a task, has its result, or both, where nothing else was told of it in between. */
const BEGUN = 0
const ENDED = 1
const BEGUN_AND_ENDED = 2

/** Microseconds of a second. */
const MICRO = 1e6

/** With so many results of its task a result is compared, at most. */
const COMPARED = 4

type Finished = Extract<Event, { type: 'host-finished' }>

interface Known {
  readonly number: number
  readonly results: { readonly of: TaskResult; readonly number: number }[]
}

/** Gathers events, masked, until they are taken. */
export class EventPacker {
  #tasks: Json[] = []
  #results: string[] = []
  #hosts: string[] = []
  #events: string[] = []
  /** By the ids of tasks. */
  readonly #known = new Map<number, Known>()
  /** By their names. */
  readonly #hostNumbers = new Map<string, number>()
  /** The hosts whose last event is that they have begun with a task, and where that is. */
  readonly #begun = new Map<string, { readonly task: number; readonly at: number }>()
  #secrets = secretsKept()

  get isEmpty(): boolean {
    return this.#events.length === 0
  }

  /** Takes one more; gives about how many characters there are more. */
  add(event: Event): number {
    if (event.type === 'host-started') return this.#begin(event.task, event.host)
    if (event.type === 'host-finished') return this.#finish(event)
    if ('host' in event && event.host !== undefined) this.#begun.delete(event.host)
    return this.#push(JSON.stringify(packed(this.#withNumber(maskedEvent(event)))))
  }

  /** All that was added since it was last called: the text of PackedEvents. */
  take(): string {
    const common = `"tasks":${JSON.stringify(this.#tasks)},"results":[${this.#results.join()}]`
    const text = `{${common},"hosts":${JSON.stringify(this.#hosts)},"events":[${this.#events.join()}]}`
    this.#tasks = []
    this.#results = []
    this.#hosts = []
    this.#events = []
    this.#known.clear()
    this.#hostNumbers.clear()
    this.#begun.clear()
    return text
  }

  #begin(task: TaskInfo, host: string): number {
    const { number } = this.#numbered(task)
    this.#begun.set(host, { task: number, at: this.#events.length })
    return this.#push(`${BEGUN},${number},${this.#hostNumber(host)}`)
  }

  #finish(event: Finished): number {
    const known = this.#numbered(event.task)
    const before = this.#results.length
    const result = this.#resultOf(event, known)
    const longer = this.#results.length > before ? this.#results.at(-1)!.length : 0
    const end = `${known.number},${this.#hostNumber(event.host)},${result},${timesOf(event.result)}`
    const begun = this.#begun.get(event.host)
    this.#begun.delete(event.host)
    if (begun?.task !== known.number) return longer + this.#push(`${ENDED},${end}`)
    this.#events[begun.at] = `${BEGUN_AND_ENDED},${end}`
    return longer
  }

  #hostNumber(host: string): number {
    let number = this.#hostNumbers.get(host)
    if (number === undefined) {
      number = this.#hosts.push(host) - 1
      this.#hostNumbers.set(host, number)
    }
    return number
  }

  /** The number of a result: that of one that is the same, or a new one. */
  #resultOf(event: Finished, { results }: Known): number {
    const same = results.find(({ of }) => isSameResult(of, event.result))
    if (same !== undefined) return same.number
    const number = this.#results.length
    if (results.length < COMPARED) results.push({ of: event.result, number })
    const { result } = maskedEvent(event) as Finished
    this.#results.push(JSON.stringify(packed(result)))
    return number
  }

  #withNumber(event: Event): object {
    if (!('task' in event) || event.task === undefined) return event
    return { ...event, task: this.#numbered(event.task).number }
  }

  #numbered(task: TaskInfo): Known {
    // What has become a secret is masked in all that follows.
    if (this.#secrets !== secretsKept()) this.#known.clear()
    this.#secrets = secretsKept()
    let known = this.#known.get(task.id)
    if (known === undefined) {
      known = { number: this.#tasks.length, results: [] }
      this.#known.set(task.id, known)
      this.#tasks.push(packed((maskedEvent({ type: 'task-finished', task }) as { task: TaskInfo }).task))
    }
    return known
  }

  #push(text: string): number {
    this.#events.push(text)
    return text.length
  }
}

/**
 * Tells the events that an EventPacker has gathered, in their order. `names` are of hosts that are known: who keeps a name
 * keeps that text, and not one of each chunk.
 */
export function tellEvents(
  { tasks, results, hosts: told, events }: PackedEvents,
  emit: (event: Event) => void,
  names: ReadonlyMap<string, string> = new Map(),
): void {
  const hosts = told.map((host) => names.get(host) ?? host)
  const known = results.map((result) => unpacked(result) as TaskResult)
  for (const result of known) takeAsShown(result)
  for (let at = 0; at < events.length; ) {
    const kind = events[at]!
    if (typeof kind === 'object') {
      emit(eventOf(kind, tasks))
      at += 1
      continue
    }
    const task = tasks[events[at + 1] as number]!
    const host = hosts[events[at + 2] as number]!
    at += 3
    if (kind !== ENDED) emit({ type: 'host-started', task, host })
    if (kind === BEGUN) continue
    const result = known[events[at] as number]!
    emit({ type: 'host-finished', task, host, result: withTimes(result, events as number[], at + 1) })
    at += 2 + (result.items?.length ?? 0)
  }
}

function eventOf(packedEvent: Readonly<Record<string, Json>>, tasks: readonly TaskInfo[]): Event {
  const event = unpacked(packedEvent as Json) as { readonly task?: number }
  return (event.task === undefined ? event : { ...event, task: tasks[event.task]! }) as Event
}

/** Whether two results differ in nothing but how long it took. */
function isSameResult(one: TaskResult, other: TaskResult): boolean {
  const names = Object.keys(one) as (keyof TaskResult)[]
  return names.length === Object.keys(other).length && names.every((name) => isSameIn(one, other, name))
}

function isSameIn(one: TaskResult, other: TaskResult, name: keyof TaskResult): boolean {
  if (name === 'seconds') return true
  if (name !== 'items') return isSame(one[name], other[name])
  const [items, others] = [one.items, other.items]
  if (items?.length !== others?.length) return false
  return items === undefined || items.every((item, at) => isSameResult(item, others![at]!))
}

/** The microseconds of a result and of its items. */
function timesOf({ seconds, items }: TaskResult): string {
  const time = microseconds(seconds)
  return items === undefined ? time : [time, ...items.map((item) => microseconds(item.seconds))].join()
}

function microseconds(seconds: number): string {
  return String(Math.round(seconds * MICRO))
}

/** A result with its seconds: microseconds stand there from `at` on. */
function withTimes(result: TaskResult, times: readonly number[], at: number): TaskResult {
  const timed = { ...result, seconds: times[at]! / MICRO }
  if (result.items === undefined) return timed
  const items = result.items.map(
    (item, index): ItemResult => ({ ...item, seconds: times[at + 1 + index]! / MICRO }),
  )
  return { ...timed, items }
}
