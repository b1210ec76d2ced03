import type { StagedFolder } from '../local/staged-folder.ts'
import type { Problem } from '../values/problem.ts'
import type { LockFile } from './lock.ts'
import type { GalaxyServer } from './server.ts'
import type { WebOptions } from './web.ts'

/** Roles or collections that are fetched at the same time. */
export const AT_A_TIME = 4

/** What somebody wants of an installation beside what is installed. */
export interface InstallOptions {
  /** Installed ones that the user names are replaced; with their dependencies those too. */
  readonly force: 'nothing' | 'named' | 'all'
  readonly withDependencies: boolean
  /** The newest that fits, whatever is installed or locked. */
  readonly upgrade: boolean
  readonly preReleases: boolean
  /** No Galaxy server is asked. */
  readonly offline: boolean
  /** What fails is told, and the rest is installed. */
  readonly ignoreErrors: boolean
  readonly web: WebOptions
}

/** What an installation works with. */
export interface Installing {
  readonly options: InstallOptions
  readonly servers: readonly GalaxyServer[]
  /** The folder of roles or of collections. */
  readonly root: string
  readonly staged: StagedFolder
  readonly lock: LockFile
  /** Undefined: nothing is locked. */
  readonly lockPath: string | undefined
  readonly warn: (problem: Problem) => void
}

/** What has become, or is to become, of a role or collection. */
export interface Outcome {
  readonly kind: 'role' | 'collection'
  readonly name: string
  /** For people. */
  readonly version: string
  readonly state: 'installed' | 'changed' | 'unchanged'
  /** The version that it had. */
  readonly before?: string | undefined
  readonly path: string
}
