import type { MessagePort } from 'node:worker_threads'
import type { RunRequest } from '../protocol/request.ts'
import type { ControllerView } from '../values/controller-files.ts'
import type { LaterFile } from '../values/later-file.ts'
import type { ListedSlice } from './chunks.ts'

/** The word by which a worker has this program open a thread. */
export const LANE = '__lane'

/** An attempt at a slice: its id, and which attempt, "3.1.2 1". */
export type AttemptName = string

/** What the thread of a run is given when it begins. */
export interface LaneData {
  /** The key with which it seals what it says. */
  readonly key: Uint8Array
  /** Of the worker, for people. */
  readonly worker: string
}

/** What a worker tells the thread in which it carries out slices of one run. */
export type ToLane =
  | {
      readonly type: 'prepare'
      readonly run: string
      readonly request: RunRequest
      readonly view: Omit<ControllerView, 'later'>
      /** What is known of files whose content comes when it is read, by their paths. */
      readonly later: ReadonlyMap<string, LaterFile>
      /** As packInventory gives it. */
      readonly inventory: string
    }
  /** A list of hosts that slices name. */
  | { readonly type: 'list'; readonly name: string; readonly hosts: readonly string[] }
  | {
      readonly type: 'slice'
      readonly name: AttemptName
      readonly attempt: number
      readonly slice: ListedSlice
      /** Of the lease on its hosts. */
      readonly clock: SharedArrayBuffer
      /** What it has said at points in attempts before. */
      readonly said: readonly (readonly [point: string, word: string])[]
      /** Whether it has to ask before each login. */
      readonly isPaced: boolean
    }
  | { readonly type: 'give-up'; readonly name: AttemptName }
  | { readonly type: 'stop' | 'cut' }
  /** The run is over, and another may follow. */
  | { readonly type: 'rest' }
  /** So many bytes of what an attempt has said have gone to Redis. */
  | { readonly type: 'taken'; readonly name: AttemptName; readonly bytes: number }
  | { readonly type: 'answer'; readonly call: number; readonly words: readonly (string | undefined)[] }
  | { readonly type: 'refusal'; readonly call: number; readonly reason: string }
  | { readonly type: 'ping' }

/** What that thread says. */
export type FromLane =
  | { readonly type: 'prepared' }
  /** What was sent cannot be read here: why. */
  | { readonly type: 'unreadable'; readonly reason: string }
  | {
      readonly type: 'chunk'
      readonly name: AttemptName
      readonly slice: string
      readonly attempt: number
      readonly number: number
      readonly isLast: boolean
      readonly sealed: Uint8Array
      /** Of the text that is sealed. */
      readonly bytes: number
      /** What the slice has noted meanwhile, sealed. */
      readonly noted?: string
    }
  | {
      readonly type: 'ended'
      readonly name: AttemptName
      readonly fault?: string
      readonly isGivenUp?: boolean
    }
  | {
      readonly type: 'meet'
      readonly name: AttemptName
      readonly call: number
      readonly point: string
      readonly word: string
    }
  | { readonly type: 'login'; readonly name: AttemptName; readonly call: number }
  /** A content is needed: the answer is where it lies. */
  | { readonly type: 'content'; readonly path: string; readonly call: number }
  /** The same by a thread that stands still until the signal is 1; the answer is at the port then. */
  | {
      readonly type: 'content-now'
      readonly path: string
      readonly signal: SharedArrayBuffer
      readonly port: MessagePort
    }
  | { readonly type: 'pong' }

/** Where a content lies, or why it cannot be had. */
export interface ContentAnswer {
  readonly place?: string
  readonly reason?: string
}
