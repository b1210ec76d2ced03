import type { Event, TaskInfo, TaskResult } from '../protocol/event.ts'
import type { Change } from '../sdk/module.ts'
import type { ValueMap } from '../values/value.ts'

/** An event of a run, and when it came: milliseconds since 1970. */
export interface KeptEvent {
  readonly at: number
  readonly event: Event
}

type Finished = Extract<Event, { type: 'host-finished' }>

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

/** Results like the one before them of the same task, but for how long each took: most are. */
type Again = [at: number, task: number, ...hosts: (string | number)[]]

/**
 * The lines of a run as it is kept: its text is what `take` gives, one after the other. A task is told once, and named by
 * its number from then on; of hosts that came to the same result one after the other, the first one's is told.
 */
export class KeptLines {
  #lines: string[]
  /** What there is to keep of the last result of each task, where that is only how it has ended. */
  readonly #last = new Map<number, string | undefined>()
  /** Hosts that came to the same result at the same time: their line may become longer. */
  #again: Again | undefined
  #size = 0
  #taken = 0

  constructor(about: About) {
    this.#lines = [JSON.stringify(about)]
  }

  /** How many characters there are to take. */
  get waiting(): number {
    return this.#size - this.#taken
  }

  /** What was added since it was last taken. */
  take(): string {
    this.#endAgain()
    const text = this.#lines.join('\n')
    this.#lines = ['']
    this.#taken = this.#size
    return text
  }

  add(event: Event, at: number): void {
    if (!KEPT.has(event.type)) return
    const fully = this.#size < MOST_OF_A_RUN
    if (event.type === 'host-finished' && this.#isAgain(event, fully)) this.#tellAgain(event, at)
    else {
      this.#endAgain()
      this.#push({ at, event: shortened(event, fully) })
    }
  }

  #isAgain({ task, result }: Finished, fully: boolean): boolean {
    const ending = endingOf(result, fully)
    const isSame = ending !== undefined && this.#last.get(task.id) === ending
    this.#last.set(task.id, ending)
    return isSame
  }

  #tellAgain({ task, host, result }: Finished, at: number): void {
    if (this.#again?.[0] !== at || this.#again[1] !== task.id) {
      this.#endAgain()
      this.#again = [at, task.id]
    }
    this.#again.push(host, result.seconds)
  }

  #endAgain(): void {
    if (this.#again !== undefined) this.#push(this.#again)
    this.#again = undefined
  }

  #push(told: object): void {
    const line = JSON.stringify(told)
    this.#size += line.length
    this.#lines.push(line)
  }
}

/** What such lines say; undefined when they are no whole run. */
export function readKept(text: string): KeptRun | undefined {
  try {
    const [about, ...lines] = text.split('\n').map((line) => JSON.parse(line))
    const tasks = new Map<number, TaskInfo>()
    const last = new Map<TaskInfo, TaskResult>()
    const events = (lines as (KeptEvent | Again)[]).flatMap((line): KeptEvent | KeptEvent[] => {
      if (Array.isArray(line)) return toldAgain(line as Again, tasks, last)
      const { at, event } = line as KeptEvent
      if (event.type === 'task-started') tasks.set(event.task.id, event.task)
      const whole = withTask(event, tasks)
      if (whole.type === 'host-finished') last.set(whole.task, whole.result)
      return { at, event: whole }
    })
    return events.at(-1)?.event.type === 'run-finished' ? { about, events } : undefined
  } catch {
    return undefined
  }
}

function toldAgain(
  [at, number, ...hosts]: Again,
  tasks: ReadonlyMap<number, TaskInfo>,
  last: ReadonlyMap<TaskInfo, TaskResult>,
): KeptEvent[] {
  const task = taskOf(number, tasks)
  const result = last.get(task)
  if (result === undefined) throw new Error(`no result of task ${number}`)
  return Array.from({ length: hosts.length / 2 }, (_, index) => {
    const [host, seconds] = hosts.slice(2 * index, 2 * index + 2) as [string, number]
    return { at, event: { type: 'host-finished', task, host, result: { ...result, seconds } } }
  })
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
  return { ...event, task: taskOf(event.task, tasks) } as Event
}

function taskOf(number: number, tasks: ReadonlyMap<number, TaskInfo>): TaskInfo {
  const task = tasks.get(number)
  if (task === undefined) throw new Error(`no task ${number}`)
  return task
}

/** Of what went well nothing else is kept. */
function isShort({ status }: TaskResult, fully: boolean): boolean {
  return !fully || status === 'ok' || status === 'skipped'
}

/** What is left of a short result besides its seconds, as a word; undefined where that takes more. */
function endingOf(result: TaskResult, fully: boolean): string | undefined {
  const { status, values } = result
  const { changed = status === 'changed' } = values
  if (!isShort(result, fully) || typeof changed !== 'boolean') return undefined
  for (const name in result) if (fully && !IN_A_WORD.has(name)) return undefined
  return `${status} ${changed}`
}

/** What such a word says of a result, and what is not kept. */
const IN_A_WORD = new Set(['status', 'values', 'changes', 'items', 'seconds'])

function shortResult(result: TaskResult, fully: boolean): TaskResult {
  const { status, values, changes, items, seconds, ...told } = result
  const { changed = status === 'changed' } = values
  if (isShort(result, fully)) return { status, values: { changed }, changes: [], seconds, ...(fully && told) }
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
