import type { Module } from '../sdk/module.ts'
import type { SourceSpan } from '../values/source.ts'
import type { MapNode, Node, ScalarNode } from '../values/value.ts'

/** Keywords whose nearest value holds: the task's own, else its block's, its role's, its play's. */
export const keywords = [
  'any_errors_fatal',
  'become',
  'become_exe',
  'become_flags',
  'become_method',
  'become_user',
  'check_mode',
  'connection',
  'delegate_facts',
  'delegate_to',
  'diff',
  'ignore_errors',
  'ignore_unreachable',
  'no_log',
  'port',
  'remote_user',
  'run_once',
  'throttle',
  'timeout',
] as const

export type Keyword = (typeof keywords)[number]

/** What a step has from everything around it, and from itself. */
export interface Inherited {
  /** All must hold; outermost first. */
  readonly when: readonly Node[]
  readonly tags: readonly string[]
  /** Variables of blocks and of the task, outermost first. */
  readonly vars: readonly MapNode[]
  /** Role and include parameters, outermost first: these win over facts and registered results. */
  readonly params: readonly MapNode[]
  readonly environment: readonly Node[]
  /** Handlers that a change notifies: the nearest that are said. */
  readonly notify: readonly Node[]
  readonly keywords: Readonly<Partial<Record<Keyword, Node>>>
  /** `module_defaults`, outermost first. */
  readonly moduleDefaults: readonly MapNode[]
}

interface Common {
  readonly place: SourceSpan
  readonly name: ScalarNode | undefined
  readonly inherited: Inherited
  /** The role it stands in. */
  readonly role: Role | undefined
  /** Folder of the file it stands in. */
  readonly folder: string
}

export interface Loop {
  readonly items: Node
  /** The lookup that makes the items of its terms: `items` for with_items. */
  readonly lookup: string | undefined
  /** The name of the item's variable, a template perhaps; undefined for `item`. */
  readonly variable: ScalarNode | undefined
  readonly indexVariable: ScalarNode | undefined
  readonly label: Node | undefined
  readonly pause: Node | undefined
  readonly extended: Node | undefined
  /** Whether `ansible_loop` holds all items. */
  readonly allItems: Node | undefined
}

/** What a task, an include and a meta task have in common. */
interface Runnable extends Common {
  /** What it does, in the playbook's word: `ansible.builtin.debug`. */
  readonly written: string
  readonly loop: Loop | undefined
  readonly register: string | undefined
  readonly notify: readonly Node[]
  readonly until: Node | undefined
  readonly retries: Node | undefined
  readonly delay: Node | undefined
  readonly changedWhen: Node | undefined
  readonly failedWhen: Node | undefined
  /** Topics that a handler answers to besides its name. */
  readonly listen: readonly string[]
}

export interface Task extends Runnable {
  readonly kind: 'task'
  readonly action: string
  readonly actionPlace: SourceSpan
  readonly module: Module
  /** Arguments as written, free form text already under its option's name. */
  readonly args: MapNode
  /** Seconds that it may take as a job of its own on the host. */
  readonly async?: Node | undefined
  /** Seconds between looks at that job; 0: it is not waited for. */
  readonly poll?: Node | undefined
  /** The task that is meant when its module is named by a template, of the name that it gives. Raises ProblemError. */
  readonly named?: (name: string) => Task
  /** Arguments that a template makes, a map, under those that are written. */
  readonly argsFrom: readonly ScalarNode[]
}

export interface IncludeTasks extends Runnable {
  readonly kind: 'include_tasks'
  readonly file: ScalarNode
  /** The includes by which the run came here, outermost first. */
  readonly within: readonly SourceSpan[]
  /** What holds around it. */
  readonly outer: Inherited
  /** `apply:` keywords, inherited by what is included. */
  readonly apply: Inherited
}

export interface IncludeRole extends Runnable {
  readonly kind: 'include_role'
  readonly roleName: ScalarNode
  readonly from: RoleFiles
  /** As for IncludeTasks. */
  readonly within: readonly SourceSpan[]
  readonly outer: Inherited
  readonly apply: Inherited
  readonly isPublic: boolean
  /** Whether it runs again on a host on which the same has run. */
  readonly allowsDuplicates: boolean
}

export interface Meta extends Runnable {
  readonly kind: 'meta'
  readonly verb: MetaVerb
}

export const metaVerbs = [
  'clear_facts',
  'clear_host_errors',
  'end_batch',
  'end_host',
  'end_play',
  'end_role',
  'flush_handlers',
  'noop',
  'refresh_inventory',
  'reset_connection',
] as const

export type MetaVerb = (typeof metaVerbs)[number]

export interface Block extends Common {
  readonly kind: 'block'
  readonly block: readonly Step[]
  readonly rescue: readonly Step[]
  readonly always: readonly Step[]
  /** The role that this block stands for: import_role. */
  readonly imported?: RoleUse
}

export type Step = Task | IncludeTasks | IncludeRole | Meta | Block

/** Which files of a role are used instead of main.yml. */
export interface RoleFiles {
  readonly tasks?: ScalarNode | undefined
  readonly handlers?: ScalarNode | undefined
  readonly vars?: ScalarNode | undefined
  readonly defaults?: ScalarNode | undefined
  /** Its arguments are not checked by its argument spec. */
  readonly isUnchecked?: boolean
}

export interface Role {
  readonly name: string
  /** Its folder. */
  readonly path: string
  /** The roles whose tasks import or include it, nearest first. */
  readonly parents: readonly Role[]
  /** The roles whose variables it sees below its own: those that import, include or need it, nearest first. */
  readonly around: readonly Role[]
  /** The same for uses of the role that are alike. */
  readonly signature: string
  /** It is left out on a host on which one with its signature has run. */
  readonly runsOnce: boolean
  readonly defaults: ReadonlyMap<string, Node>
  readonly vars: ReadonlyMap<string, Node>
}

/** A role where it is used: with the steps as they inherit from there. */
export interface RoleUse {
  readonly role: Role
  /** Its dependencies come first. */
  readonly dependencies: readonly RoleUse[]
  readonly steps: readonly Step[]
  readonly handlers: readonly Step[]
}

export interface Play {
  readonly place: SourceSpan
  readonly name: string
  readonly hosts: Node
  readonly file: string
  /** Folder of the playbook: playbook_dir, group_vars, roles. */
  readonly folder: string
  readonly inherited: Inherited
  /** `collections:`, in which roles are looked for. */
  readonly collections: readonly string[]
  readonly vars: MapNode | undefined
  readonly varsFiles: readonly Node[]
  readonly varsPrompt: readonly VarsPrompt[]
  readonly gatherFacts: Node | undefined
  readonly gatherSubset: Node | undefined
  readonly gatherTimeout: Node | undefined
  /** Folder of the hosts' own facts. */
  readonly factPath: Node | undefined
  readonly serial: readonly Node[]
  readonly maxFailPercentage: Node | undefined
  readonly strategy: 'linear' | 'free'
  readonly forceHandlers: Node | undefined
  readonly order: string
  readonly preTasks: readonly Step[]
  readonly roles: readonly RoleUse[]
  readonly tasks: readonly Step[]
  readonly postTasks: readonly Step[]
  readonly handlers: readonly Step[]
}

export interface VarsPrompt {
  readonly name: string
  readonly prompt: string
  readonly default: Node | undefined
  readonly isPrivate: boolean
  /** Asked for twice. */
  readonly isConfirmed: boolean
}

export interface Playbook {
  readonly path: string
  readonly plays: readonly Play[]
}
