import type { Event } from '../protocol/event.ts'

/** A play for some of its hosts, as plain JSON: it can be carried out by another process that has the run's files. */
export interface Slice {
  /** Unique in the run, and the same whenever the run is taken up again: play, batch and slice by their numbers, "3.1.2". */
  readonly id: string
  /** Which play, from 1 over all playbooks of the run. */
  readonly play: number
  /** All hosts that the play means, those that are to go through it together, and those of the slice: in the play's order. */
  readonly playHosts: readonly string[]
  readonly batch: readonly string[]
  readonly hosts: readonly string[]
  /** The ids of the slices whom it meets, in order, this one too: all of the batch, or itself alone. */
  readonly batchSlices: readonly string[]
  /** What its tasks need of other hosts, and what must be kept across slices, as reading the play has found it. */
  readonly across: boolean
  /** Answers to vars_prompt, and what else the coordinator alone knows. */
  readonly given: string
  /** States of its hosts before the play; empty when they have none yet. */
  readonly states: string
}

export interface SliceResult {
  /** States of its hosts after the play. */
  readonly states: string
  /** Why slices after it need not begin: any_errors_fatal, end_play, an interrupt. */
  readonly ends?: 'batch' | 'play' | 'run'
}

/** What a slice has where it is carried out. */
export interface SliceHost {
  /** Hears what happens, as it happens: not masked yet. */
  readonly emit: (event: Event) => void
  /** Nothing more is to be started; what runs is to be cut off. */
  readonly stop: AbortSignal
  readonly cut: AbortSignal
  /**
   * What this slice has said at points when it was carried out before, by point; empty, or left out, the first time.
   * What was done before such a point is not done again.
   */
  readonly said?: ReadonlyMap<string, string>
  /**
   * Keeps what this slice says at a point that nobody waits for: behind the events before it, and before it meets again. It
   * is among what it has `said` when it is carried out again. Without it, a host does again what its slice has not met after.
   */
  readonly note: (point: string, word: string) => void
  /** Waits until all that was noted is kept, or the slice is given up. */
  readonly kept: () => Promise<void>
  /**
   * Gives what this slice has to say at a point to others, and what each slice of the batch has said there, in the order of
   * `batchSlices`; undefined for one that has ended before it came there. A slice that is carried out again is given what
   * was said the first time. Rejects when the slice is given up.
   */
  readonly meet: (point: string, word: string) => Promise<readonly (string | undefined)[]>
  /** Raises an Error when hosts are not, or may not be, this process's any more; is asked before each action. */
  readonly holds: (host: string) => void
  /** Waits while what was emitted has not gone its way; is asked before each host's turn at a task. */
  readonly ready?: () => Promise<void>
  /** Waits until one more login may begin. */
  readonly login?: () => Promise<void>
}

/** What the coordinator knows of a slice while it is carried out. */
export interface SliceHooks {
  readonly emit: (event: Event) => void
  readonly stop: AbortSignal
  readonly cut: AbortSignal
}

/** Hosts that nobody could be found for, or whose state is not known: the run is told why. */
export class SliceLost extends Error {
  readonly advice: string | undefined

  constructor(message: string, advice?: string) {
    super(message)
    this.name = 'SliceLost'
    this.advice = advice
  }
}

/** Carries out slices, many at a time; each hears of its events in their order. */
export interface SliceRunner {
  /** Whoever carries slices out runs on the coordinator's machine: what is local to it is local to them. */
  readonly isHere?: boolean
  /** Raises SliceLost. `groupsOf` hosts: which may be in one slice, by whoever reaches them. */
  run(slice: Slice, hooks: SliceHooks): Promise<SliceResult>
  /**
   * Waits until no other run works on any of these hosts, or `stop` says not to: they are this run's until it claims others, or
   * ends.
   */
  claim(hosts: readonly string[], stop: AbortSignal): Promise<void>
  /** Cuts hosts into slices by who reaches them; the same hosts are cut in the same way in one run. */
  partition(hosts: readonly string[]): Promise<readonly (readonly string[])[]>
  /** What the coordinator did by itself is kept, so that a run that is taken up again does not do it again. */
  remember(key: string, text: string): Promise<void>
  recall(key: string): Promise<string | undefined>
}
