import type { FileState, Reached } from '../../../host/file-state.ts'
import type { Ground } from './archive.ts'

/** A container as lxc-info tells it, and its configuration. */
export interface State extends Reached {
  /** STOPPED, RUNNING, FROZEN; undefined if there is none. */
  readonly found: string | undefined
  readonly pid: number | null
  readonly ips: string[]
  readonly interfaces: string[]
  /** Whether the host has control groups of version 2 only. */
  readonly unified: boolean
  /** What control groups of a running container are set to. */
  readonly live: ReadonlyMap<string, string>
  readonly text: string
  readonly uid: number
  readonly folder: FileState | undefined
  readonly hasClone: boolean
  /** What an archive needs; undefined if none is made. */
  readonly ground: Ground | undefined
}
