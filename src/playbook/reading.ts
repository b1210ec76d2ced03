import type { Problem } from '../values/problem.ts'
import type { Place } from '../values/source.ts'
import type { Files } from '../yaml/files.ts'
import type { Inherited, Role } from './ast.ts'

/** What reading a playbook needs to know of where it is. */
export interface Reading {
  readonly files: Files
  readonly problems: Problem[]
  /** Folders that hold roles, besides `roles/` beside the playbook. */
  readonly rolesPath: readonly string[]
  /** Folder of the playbook. */
  readonly playFolder: string
  /** Folder of the file being read. */
  readonly folder: string
  readonly role: Role | undefined
  readonly inherited: Inherited
  /** Files and roles that are being read, outermost first: one that is in it again is a cycle. */
  readonly chain: readonly string[]
  /** The includes by which the run came here, outermost first. */
  readonly within: readonly Place[]
  /** Reading handlers: `listen` is allowed. */
  readonly handlers: boolean
}
