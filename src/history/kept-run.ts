import type { Event, TaskInfo, TaskResult } from '../protocol/event.ts'
import type { Change } from '../sdk/module.ts'
import type { ValueMap } from '../values/value.ts'

/** An event of a run, and when it came: milliseconds since 1970. */
export interface KeptEvent {
  readonly at: number
  readonly event: Event
}

/** Where a run was asked for, and of what: it stands before its events. */
export interface About {
  readonly folder: string
  readonly limit?: string
}

export interface KeptRun {
  readonly about: About
  readonly events: readonly KeptEvent[]
}

/** Characters of one text that are kept, and of one run before it is only kept how tasks have ended. */
const MOST_OF_A_TEXT = 64 * 1024
const MOST_OF_A_RUN = 16 * 1024 * 1024

const KEPT = new Set<Event['type']>([
  ...(['run-started', 'play-started', 'play-without-hosts', 'task-started', 'host-finished'] as const),
  ...(['task-finished', 'rescued', 'interrupted', 'run-finished'] as const),
])

/** The lines of a run as it is kept. A task is told once, and named by its number from then on. */
export class KeptLines {
  readonly lines: string[]
  #size = 0

  constructor(about: About) {
    this.lines = [JSON.stringify(about)]
  }

  add(event: Event, at: number): void {
    if (!KEPT.has(event.type)) return
    const line = JSON.stringify({ at, event: shortened(event, this.#size < MOST_OF_A_RUN) })
    this.#size += line.length
    this.lines.push(line)
  }
}

/** What such lines say; undefined when they are no whole run. */
export function readKept(text: string): KeptRun | undefined {
  try {
    const [about, ...lines] = text.split('\n').map((line) => JSON.parse(line))
    const tasks = new Map<number, TaskInfo>()
    const events = (lines as KeptEvent[]).map(({ at, event }): KeptEvent => {
      if (event.type === 'task-started') tasks.set(event.task.id, event.task)
      return { at, event: withTask(event, tasks) }
    })
    return events.at(-1)?.event.type === 'run-finished' ? { about, events } : undefined
  } catch {
    return undefined
  }
}

function shortened(event: Event, fully: boolean): object {
  switch (event.type) {
    case 'host-finished':
      return { ...event, task: event.task.id, result: shortResult(event.result, fully) }
    case 'task-finished':
    case 'rescued':
      return { ...event, task: event.task.id }
    default:
      return event
  }
}

function withTask(event: Event, tasks: ReadonlyMap<number, TaskInfo>): Event {
  if (!('task' in event) || typeof event.task !== 'number') return event
  const task = tasks.get(event.task)
  if (task === undefined) throw new Error(`no task ${event.task}`)
  return { ...event, task } as Event
}

function shortResult(result: TaskResult, fully: boolean): TaskResult {
  const { status, values, changes, items, seconds, ...told } = result
  const { changed = status === 'changed' } = values
  if (!fully || status === 'ok' || status === 'skipped')
    return { status, values: { changed }, changes: [], seconds, ...(fully && told) }
  return {
    ...told,
    ...{ status, seconds, values: shortValues(values), changes: changes.map(shortChange) },
    ...(items && { items: items.map((item) => ({ ...shortResult(item, fully), label: item.label })) }),
  }
}

/** What no report shows of a result. */
const LEFT_OUT = new Set(['diff', 'invocation', 'ansible_facts', 'results', 'stdout_lines', 'stderr_lines'])

function shortValues(values: ValueMap): ValueMap {
  const kept = Object.entries(values).filter(([name]) => !LEFT_OUT.has(name))
  return Object.fromEntries(
    kept.map(([name, value]) => [name, typeof value === 'string' ? value.slice(-MOST_OF_A_TEXT) : value]),
  )
}

function shortChange({ text, ...change }: Change): Change {
  const isShort = text !== undefined && text.before.length + text.after.length <= MOST_OF_A_TEXT
  return isShort ? { ...change, text } : change
}
