import type { TemplateLanguage } from '../values/source.ts'
import type { Value } from '../values/value.ts'
import type { Keyring } from '../vault/keyring.ts'

/**
 * What the command line and the settings file ask for, as plain JSON: a run can be given to another process, which
 * needs nothing else but the files. Paths may be relative to `folder`.
 */
export interface RunRequest {
  readonly playbooks: readonly string[]
  /** Playbooks that are no files: their texts by their paths. */
  readonly texts?: Readonly<Record<string, string>>
  /** Absolute: the folder in which the user gave the command. */
  readonly folder: string
  readonly selection: Selection
  /** -e, lowest precedence first. */
  readonly variables: readonly VariableText[]
  readonly connection: ConnectionDefaults
  readonly execution: Execution
  readonly output: OutputOptions
  readonly vault: Keyring
  /** What somebody should know of how this came about. */
  readonly warnings: readonly string[]
}

/** On which hosts, and which of the tasks. */
export interface Selection {
  readonly inventory: readonly string[]
  /** Regular expressions for names that are left out of inventory folders. */
  readonly ignored: readonly string[]
  readonly limit?: string
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly startAtTask?: string
}

/** Variables as they were given; `file` is the path when they were given as @FILE. */
export interface VariableText {
  readonly text: string
  readonly file?: string
}

/** What holds for hosts whose variables say nothing else. */
export interface ConnectionDefaults {
  readonly user?: string
  readonly port?: number
  readonly privateKeyFile?: string
  /** Given with -k. */
  readonly password?: string
  /** Seconds. */
  readonly timeout: number
  readonly connection?: string
  readonly sshArgs?: string
  readonly sshCommonArgs?: string
  readonly sshExtraArgs?: string
  readonly hostKeyChecking?: boolean
  readonly become: boolean
  readonly becomeUser: string
  readonly becomeMethod: string
  readonly becomeExe?: string
  readonly becomeFlags?: string
  readonly becomePassword?: string
}

/** Facts that are kept in files. */
export interface FactCaching {
  /** Absolute. */
  readonly folder: string
  /** What names of files begin with. */
  readonly prefix: string
  /** How long they hold; 0: for ever. */
  readonly seconds: number
}

export interface Execution {
  /** Nothing is run: what is written is checked, and perhaps listed. */
  readonly onlyReads: boolean
  readonly check: boolean
  readonly diff: boolean
  /** Hosts worked on at the same time. */
  readonly forks: number
  readonly rolesPath: readonly string[]
  /** The language of templates; without it, each text's own. */
  readonly templateLanguage?: TemplateLanguage
  /** Whether hosts are probed for upcoming steps. */
  readonly prefetch: boolean
  /** Whether changes of several tasks go together where hosts wait for each other after each. */
  readonly pipeline: boolean
  /** Whether somebody is asked before each task. */
  readonly step: boolean
  /** Whether plays that do not say gather facts. */
  readonly gatherFacts: boolean
  /** Whether no play gathers facts of hosts of which there are some. */
  readonly gathersOnce?: boolean
  /** Where facts are kept for other runs, if they are. */
  readonly facts?: FactCaching
  /** Folders that hold ansible_collections. */
  readonly collectionsPath: readonly string[]
  /** Folders of modules of one's own, and of what those in Python import. */
  readonly library: readonly string[]
  readonly moduleUtils: readonly string[]
  /** Whether maps of the same name are merged, and not replaced. */
  readonly mergesMaps: boolean
  /** What a key is that a map in a file gives twice. */
  readonly doubleKeys: 'error' | 'warn' | 'ignore'
  /** The variable ansible_managed. */
  readonly ansibleManaged: string
  /** Keywords that plays have which do not say them. */
  readonly keywords: Readonly<Record<string, Value>>
  /** Bytes of one output of a host that are kept; a longer one fails its task. */
  readonly maxOutput: number
  /** Where hosts keep the jobs of async tasks; `~` is the user's home there. */
  readonly asyncFolder: string
  /** Seconds between looks at the jobs of async tasks that do not say; 0: they are not waited for. */
  readonly pollInterval: number
}

/** What the output of a run looks like: the names of Ansible's callbacks of which one is in charge of it. */
export type ShownFormat = 'default' | 'minimal' | 'oneline' | 'dense' | 'json' | 'jsonl'
/** What is done besides: the names of callbacks that are added to such a one. */
export type AddedFormat = 'tree' | 'profile_tasks' | 'timer'

export interface Format {
  readonly shown: ShownFormat
  readonly added: readonly AddedFormat[]
}

/** What is shown of results, and how. */
export interface Display {
  /** Whether hosts are shown on which a task has changed nothing, and those on which it is skipped. */
  readonly ok: boolean
  readonly skipped: boolean
  /** Lines of what failed go to stderr. */
  readonly failedToStderr: boolean
  /** It is said when a task begins on a host. */
  readonly starts: boolean
  /** What marks a check: plays; with true the run and its tasks too, with false nothing. */
  readonly checkMarkers?: boolean
  readonly customStats: boolean
  /** Whether it is told that what a module was asked for will not work for ever. */
  readonly deprecations: boolean
  readonly results: 'yaml' | 'json'
  /** Whether JSON of results has lines; from -vvv on if nothing is said. */
  readonly pretty?: boolean
  /** Parameters of the control sequences of colours, by the names of Ansible's settings for them; empty: no colour. */
  readonly colors: Readonly<Record<string, string>>
}

/** A line for whoever has said as many -v as its level. */
export interface About {
  readonly level: number
  readonly message: string
}

interface OutputOptions {
  /** How many -v were given. */
  readonly verbosity: number
  /** What is said of the run with so many -v, before it begins. */
  readonly about?: readonly About[]
  /** Whether it is reported how long everything takes. */
  readonly profile: boolean
  readonly format: Format
  readonly display: Display
  /** Colours or none, wherever the output goes. */
  readonly color?: boolean
  /** The file to which the report is added. */
  readonly log?: string
  /** The folder in which it is kept what came of it. */
  readonly history?: string
}
