import type { Event, Phase, Status, TaskInfo } from '../../protocol/event.ts'

/** A stretch of time; in seconds since the process began, as all times here. */
export interface Stretch {
  readonly began: number
  readonly ended: number
}

export interface Span extends Stretch {
  readonly phase: Phase
  readonly what: string | undefined
}

/** What one host did for one task. Its spans follow each other and may leave gaps. */
export interface Turn extends Stretch {
  readonly task: TaskInfo
  readonly host: string
  readonly spans: readonly Span[]
  /** undefined when it was interrupted. */
  readonly status: Status | undefined
  /** Until when its host waited for the others to end the same task. */
  readonly waitedUntil: number
  /** The turn whose end it began with. */
  readonly after: Turn | undefined
  /** How many turns had applied something when it began. */
  readonly appliedBefore: number
  /** The probes sent in it. */
  readonly probed: readonly Probed[]
}

export interface Probed {
  readonly at: number
  readonly probes: number
  /** Whether it was the first to its host. */
  readonly isFirst: boolean
}

type Open = { -readonly [Key in keyof Turn]: Turn[Key] } & {
  readonly spans: Span[]
  readonly probed: Probed[]
}

/** Listens to a run for when everything began and ended. */
export class Timeline {
  /** What the runner did for no host. */
  readonly runner: Span[] = []
  readonly plays: (Stretch & { readonly name: string })[] = []
  /** As they began. */
  readonly turns: Turn[] = []
  /** How many connections were begun. */
  connections = 0
  /** When the run was over. */
  seconds = 0
  isComplete = false
  readonly #now: () => number
  readonly #tasks = new Map<number, Map<string, Open>>()
  readonly #finished = new Set<number>()
  readonly #latest = new Map<string, Open>()
  readonly #probed = new Set<string>()
  #lastOver: Turn | undefined
  #applied = 0

  /** `now` gives the seconds since the process began. */
  constructor(now: () => number) {
    this.#now = now
  }

  note(event: Event): void {
    switch (event.type) {
      case 'play-started':
        this.plays.push({ name: event.play.name, began: this.#now(), ended: Number.POSITIVE_INFINITY })
        break
      case 'play-finished':
        this.plays.push({ ...this.plays.pop()!, ended: this.#now() })
        break
      case 'connecting':
        this.connections += 1
        break
      case 'host-started':
        this.#begin(event.task, event.host)
        break
      case 'span':
        this.#span(event)
        break
      case 'probed':
        this.#probe(this.#turn(event), event.probes)
        break
      case 'host-finished':
        this.#end(this.#turn(event), event.result.status)
        break
      case 'task-finished':
        this.#endTask(event.task)
        break
      case 'run-finished':
        this.isComplete = true
        break
      default:
        break
    }
  }

  /** Nothing more will happen. */
  close(): void {
    this.seconds = this.#now()
  }

  /**
   * What the end of the run waited for, from its first turn to its last: before each turn the one whose end it
   * began with. Under linear that is of every task the host that finished last, under free one host's turns. They
   * do not overlap.
   */
  get path(): Turn[] {
    const path: Turn[] = []
    for (let turn = this.#lastOver; turn !== undefined; turn = turn.after) path.push(turn)
    return path.reverse()
  }

  #turn({ task, host }: { task: TaskInfo; host: string }): Open {
    return this.#tasks.get(task.id)!.get(host)!
  }

  #begin(task: TaskInfo, host: string): void {
    const before = this.#latest.get(host)
    const now = this.#now()
    if (before !== undefined) before.waitedUntil = Math.min(before.waitedUntil, now)
    // A task that has not ended everywhere held nobody up: the host goes on alone.
    const isAlone = before !== undefined && !this.#finished.has(before.task.id)
    const turn: Open = {
      task,
      host,
      began: now,
      ended: Number.POSITIVE_INFINITY,
      waitedUntil: Number.POSITIVE_INFINITY,
      spans: [],
      status: undefined,
      after: isAlone ? before : this.#lastOver,
      appliedBefore: this.#applied,
      probed: [],
    }
    const turns = this.#tasks.get(task.id) ?? new Map()
    this.#tasks.set(task.id, turns.set(host, turn))
    this.#latest.set(host, turn)
    this.turns.push(turn)
  }

  #span({ phase, what, task, host, began, seconds }: Event & { type: 'span' }): void {
    const ended = began + seconds
    if (task === undefined || host === undefined) {
      this.runner.push({ phase, what, began, ended })
      return
    }
    // What a task's timeout has cut off ends behind the turn, or behind what was done next in it.
    const turn = this.#turn({ task, host })
    const span = {
      phase,
      what,
      began: Math.max(began, turn.spans.at(-1)?.ended ?? turn.began),
      ended: Math.min(ended, turn.ended),
    }
    if (span.began <= span.ended) turn.spans.push(span)
  }

  #probe(turn: Open, probes: number): void {
    turn.probed.push({ at: this.#now(), probes, isFirst: !this.#probed.has(turn.host) })
    this.#probed.add(turn.host)
  }

  #end(turn: Open, status?: Status): void {
    turn.status = status
    turn.ended = this.#now()
    this.#lastOver = turn
    if (hasApplied(turn)) this.#applied += 1
  }

  #endTask(task: TaskInfo): void {
    this.#finished.add(task.id)
    const now = this.#now()
    for (const turn of this.#tasks.get(task.id)?.values() ?? []) {
      if (turn.ended === Number.POSITIVE_INFINITY) this.#end(turn)
      turn.waitedUntil = Math.min(turn.waitedUntil, now)
    }
  }
}

export function hasApplied({ spans }: Turn): boolean {
  return spans.some(({ phase }) => phase === 'applying')
}

export function turnsBy<K>(turns: readonly Turn[], keyOf: (turn: Turn) => K): Map<K, Turn[]> {
  const groups = new Map<K, Turn[]>()
  for (const turn of turns) {
    const group = groups.get(keyOf(turn))
    if (group === undefined) groups.set(keyOf(turn), [turn])
    else group.push(turn)
  }
  return groups
}
