import { maskedEvent, takeAsShown } from '../engine/masked.ts'
import type { Event, ItemResult, TaskInfo, TaskResult } from '../protocol/event.ts'
import { secretsKept } from '../vault/secrets.ts'
import { isSame, type Json, packed, unpacked } from './packed.ts'

/**
 * Events that go from one process to another, as JSON. What many of them have in common stands there once: what is done on
 * a host is the numbers of its task and its result.
 */
export interface PackedEvents {
  readonly tasks: readonly TaskInfo[]
  /** Without their seconds. */
  readonly results: readonly Json[]
  readonly events: readonly (Turn | Readonly<Record<string, Json>>)[]
}

/** A host has begun with a task, has its result, or both, where nothing else was told of it in between. */
type Turn =
  | readonly [kind: typeof BEGUN, task: number, host: string]
  | readonly [
      kind: typeof ENDED | typeof BEGUN_AND_ENDED,
      task: number,
      host: string,
      result: number,
      seconds: readonly number[],
    ]

const BEGUN = 0
const ENDED = 1
const BEGUN_AND_ENDED = 2

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
  #events: string[] = []
  /** By the ids of tasks. */
  readonly #known = new Map<number, Known>()
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
    const tasks = JSON.stringify(this.#tasks)
    const text = `{"tasks":${tasks},"results":[${this.#results.join()}],"events":[${this.#events.join()}]}`
    this.#tasks = []
    this.#results = []
    this.#events = []
    this.#known.clear()
    this.#begun.clear()
    return text
  }

  #begin(task: TaskInfo, host: string): number {
    const { number } = this.#numbered(task)
    this.#begun.set(host, { task: number, at: this.#events.length })
    return this.#push(JSON.stringify([BEGUN, number, host]))
  }

  #finish(event: Finished): number {
    const known = this.#numbered(event.task)
    const before = this.#results.length
    const end = [known.number, event.host, this.#resultOf(event, known), secondsOf(event.result)]
    const longer = this.#results.length > before ? this.#results.at(-1)!.length : 0
    const begun = this.#begun.get(event.host)
    this.#begun.delete(event.host)
    if (begun?.task !== known.number) return longer + this.#push(JSON.stringify([ENDED, ...end]))
    this.#events[begun.at] = JSON.stringify([BEGUN_AND_ENDED, ...end])
    return longer
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

/** Tells the events that an EventPacker has gathered, in their order. */
export function tellEvents({ tasks, results, events }: PackedEvents, emit: (event: Event) => void): void {
  const known = results.map((result) => unpacked(result) as TaskResult)
  for (const result of known) takeAsShown(result)
  for (const packedEvent of events) {
    if (!isTurn(packedEvent)) {
      const event = unpacked(packedEvent) as { readonly task?: number }
      emit((event.task === undefined ? event : { ...event, task: tasks[event.task]! }) as Event)
      continue
    }
    const [kind, number, host, result, seconds] = packedEvent
    const task = tasks[number]!
    if (kind !== ENDED) emit({ type: 'host-started', task, host })
    if (kind !== BEGUN)
      emit({ type: 'host-finished', task, host, result: withSeconds(known[result!]!, seconds!) })
  }
}

function isTurn(event: PackedEvents['events'][number]): event is Turn {
  return Array.isArray(event)
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

/** Of a result and of its items. */
function secondsOf({ seconds, items = [] }: TaskResult): number[] {
  return [seconds, ...items.map((item) => item.seconds)]
}

function withSeconds(result: TaskResult, [seconds, ...ofItems]: readonly number[]): TaskResult {
  const timed = { ...result, seconds: seconds! }
  if (result.items === undefined) return timed
  const items = result.items.map((item, at): ItemResult => ({ ...item, seconds: ofItems[at]! }))
  return { ...timed, items }
}
