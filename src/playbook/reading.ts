import type { Catalogue } from '../sdk/module.ts'
import type { Problem } from '../values/problem.ts'
import type { SourceSpan } from '../values/source.ts'
import type { MapNode, Node, Value } from '../values/value.ts'
import type { Files } from '../yaml/files.ts'
import type { Inherited, Role } from './ast.ts'

/** What playbooks and roles are read from, and with. */
export interface Sources {
  readonly files: Files
  /** Folders that hold roles, besides `roles/` beside the playbook. */
  readonly rolesPath: readonly string[]
  readonly modules: Catalogue
  /** Given with -e: names of what is imported may need them. */
  readonly extraVars: ReadonlyMap<string, Node>
  /** Keywords that plays have which do not say them. */
  readonly keywords: Readonly<Record<string, Value>>
}

/** What reading a playbook needs to know of where it is. */
export interface Reading extends Sources {
  readonly problems: Problem[]
  /** Folder of the playbook. */
  readonly playFolder: string
  /** `vars:` of the play. */
  readonly playVars: MapNode | undefined
  /** Folder of the file being read. */
  readonly folder: string
  readonly role: Role | undefined
  readonly inherited: Inherited
  /** Collections whose roles and modules may be named without them. */
  readonly collections: readonly string[]
  /** Files and roles that are being read, outermost first: one that is in it again is a cycle. */
  readonly chain: readonly string[]
  /** The includes by which the run came here, outermost first. */
  readonly within: readonly SourceSpan[]
  /** Reading handlers: `listen` is allowed. */
  readonly handlers: boolean
}

/** What a task does: the word, and what stands behind it. */
export interface Action {
  readonly name: string
  /** The name as it stands in the playbook, perhaps with its collection. */
  readonly written: string
  readonly place: Node['place']
  readonly args: Node | undefined
}
