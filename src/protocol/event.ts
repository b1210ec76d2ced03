import type { Change } from '../sdk/module.ts'
import type { ValueMap } from '../values/value.ts'

/** Where something stands in the user's files; line and column from 1. */
export interface Location {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface PlayInfo {
  readonly id: number
  readonly name: string
  readonly location: Location
}

export interface TaskInfo {
  /** Unique in the run; a task run again (a handler, an include) is another. */
  readonly id: number
  readonly play: number
  /** As shown: "role : name". */
  readonly name: string
  /** The module or keyword: "copy", "include_tasks". */
  readonly action: string
  readonly location: Location
  readonly handler: boolean
  /** What it returns is shown without -v. */
  readonly verboseAlways?: boolean
}

export type Status = 'ok' | 'changed' | 'failed' | 'skipped' | 'unreachable'

export interface TaskResult {
  readonly status: Status
  /** What differs (check) or differed (run) from the declared state. */
  readonly changes: readonly Change[]
  /** Ansible's return values: changed, failed, rc, stdout, msg, diff, ... Censored when no_log. */
  readonly values: ValueMap
  /** Why it failed, was skipped or could not be reached: a sentence. */
  readonly message?: string
  /** What to try, for an unreachable host or a known failure. */
  readonly advice?: string
  /** What was run on the host, for commands. */
  readonly ran?: string
  /** A program has said so that was run as it is, not a module of this runner, which only says what it has seen. */
  readonly isForeign?: true
  /** The arguments that the module was given, without secrets; with -vvv only. */
  readonly invocation?: ValueMap
  /** Failed, but ignore_errors or a rescue said to go on. */
  readonly ignored?: boolean
  /** One result per item of a loop. */
  readonly items?: readonly ItemResult[]
  readonly delegatedTo?: string
  /** Seconds. */
  readonly seconds: number
}

export interface ItemResult extends TaskResult {
  /** The item as shown: loop_control.label or the item itself. */
  readonly label: string
}

export interface HostStats {
  ok: number
  changed: number
  failures: number
  unreachable: number
  skipped: number
  rescued: number
  ignored: number
}

/** What a stretch of time went into: the first ones are the runner's own, the others those of a host's turn. */
export type Phase =
  /** Until the command line is read: node, and the runner's own code. */
  | 'starting'
  /** Reading playbooks and roles. */
  | 'playbooks'
  | 'inventory'
  /** Finding what is wrong without a host. */
  | 'checking'
  /** Somebody is asked for a password or a variable. */
  | 'prompting'
  | 'closing'
  /** Conditions and arguments of a task. */
  | 'rendering'
  | 'connecting'
  /** Rendering upcoming tasks and sending their probes. */
  | 'prefetching'
  /** Waiting for the result of a probe that was sent with others. */
  | 'result'
  /** Sending one probe and waiting for its result. */
  | 'probing'
  | 'planning'
  /** One action. */
  | 'applying'
  /** Time that is to pass: a pause, the delay before another try. */
  | 'pausing'

/** Everything that happens in a run, in its order. Reports are made of nothing else. */
export type Event =
  | {
      readonly type: 'run-started'
      readonly playbooks: readonly string[]
      readonly check: boolean
      readonly diff: boolean
    }
  | { readonly type: 'play-started'; readonly play: PlayInfo; readonly hosts: readonly string[] }
  | { readonly type: 'play-without-hosts'; readonly play: PlayInfo; readonly reason: string }
  | { readonly type: 'connecting'; readonly host: string }
  | { readonly type: 'connected'; readonly host: string; readonly seconds: number }
  | { readonly type: 'task-started'; readonly task: TaskInfo; readonly hosts: readonly string[] }
  | { readonly type: 'host-started'; readonly task: TaskInfo; readonly host: string }
  | {
      readonly type: 'item-finished'
      readonly task: TaskInfo
      readonly host: string
      readonly item: ItemResult
    }
  | {
      readonly type: 'retrying'
      readonly task: TaskInfo
      readonly host: string
      readonly attempt: number
      readonly left: number
    }
  | { readonly type: 'output'; readonly task: TaskInfo; readonly host: string; readonly line: string }
  | {
      /** Bytes of a large content have gone to a host, come from it, or been fetched by it. */
      readonly type: 'transferred'
      readonly task: TaskInfo
      readonly host: string
      readonly bytes: number
      /** How many there are, where that is known. */
      readonly of?: number
    }
  | {
      readonly type: 'host-finished'
      readonly task: TaskInfo
      readonly host: string
      readonly result: TaskResult
    }
  | { readonly type: 'task-finished'; readonly task: TaskInfo }
  | {
      /** Something has ended that took its time; sent with `profile` only. Those of one turn do not overlap. */
      readonly type: 'span'
      readonly phase: Phase
      /** Which of its kind. */
      readonly what?: string
      /** Whose turn at which task it is part of; without them it is the runner's own. */
      readonly task?: TaskInfo
      readonly host?: string
      /** Seconds since the process began. */
      readonly began: number
      readonly seconds: number
    }
  | {
      /** Probes have gone to a host together: that of the task and of upcoming ones, or these behind its change. */
      readonly type: 'probed'
      readonly task: TaskInfo
      readonly host: string
      readonly probes: number
    }
  | { readonly type: 'rescued'; readonly task: TaskInfo; readonly host: string }
  | {
      readonly type: 'warning'
      readonly message: string
      readonly location?: Location
      /** Something still works that will not for ever. */
      readonly isDeprecation?: true
    }
  | {
      /** What only somebody wants to know who has said so many -v; nobody else is sent it. */
      readonly type: 'detail'
      readonly level: number
      readonly message: string
      /** The host that it is about. */
      readonly host?: string
      /** It stands above what follows. */
      readonly isHeading?: true
    }
  | { readonly type: 'interrupted'; readonly running: readonly string[]; readonly again: boolean }
  | { readonly type: 'play-finished'; readonly play: PlayInfo }
  | {
      readonly type: 'run-finished'
      readonly stats: Readonly<Record<string, HostStats>>
      readonly interrupted: boolean
      readonly seconds: number
    }

export type Listener = (event: Event) => void
