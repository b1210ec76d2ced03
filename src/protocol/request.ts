import type { Node } from '../values/value.ts'

/** What the command line and the settings file ask for. */
export interface RunRequest {
  readonly playbooks: readonly string[]
  readonly inventory: readonly string[]
  readonly limit: string | undefined
  /** -e, lowest precedence first. */
  readonly extraVars: ReadonlyMap<string, Node>
  readonly check: boolean
  readonly diff: boolean
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly startAtTask: string | undefined
  /** Hosts worked on at the same time. */
  readonly forks: number
  readonly verbosity: number
  readonly rolesPath: readonly string[]
  /** Whether hosts are looked at for steps whose turn has not come. */
  readonly ahead: boolean
  /** Whether it is told how long everything takes. */
  readonly profile: boolean
  /** Whether plays that do not say gather facts. */
  readonly gatherFacts: boolean
  /** Bytes of one output of a host that are kept; a longer one fails its task. */
  readonly maxOutput: number
  readonly connection: ConnectionDefaults
  /** What somebody should know of how this came about. */
  readonly warnings?: readonly string[]
}

/** What holds for hosts whose variables say nothing else. */
interface ConnectionDefaults {
  readonly user: string | undefined
  readonly privateKeyFile: string | undefined
  /** Given with -k. */
  readonly password: string | undefined
  /** Seconds. */
  readonly timeout: number
  readonly connection: string | undefined
  readonly sshCommonArgs: string | undefined
  readonly hostKeyChecking: boolean | undefined
  readonly become: boolean
  readonly becomeUser: string
  readonly becomeMethod: string
  readonly becomePassword: string | undefined
}
