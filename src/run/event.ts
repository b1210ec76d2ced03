import type { ValueMap } from '../language/value.ts'
import type { Change } from '../modules/module.ts'

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
      readonly type: 'host-finished'
      readonly task: TaskInfo
      readonly host: string
      readonly result: TaskResult
    }
  | { readonly type: 'task-finished'; readonly task: TaskInfo }
  | { readonly type: 'rescued'; readonly task: TaskInfo; readonly host: string }
  | { readonly type: 'warning'; readonly message: string; readonly location?: Location }
  | { readonly type: 'interrupted'; readonly running: readonly string[]; readonly again: boolean }
  | { readonly type: 'play-finished'; readonly play: PlayInfo }
  | {
      readonly type: 'run-finished'
      readonly stats: Readonly<Record<string, HostStats>>
      readonly interrupted: boolean
      readonly seconds: number
    }

export type Listener = (event: Event) => void
