import type { Content } from '../shell/content.ts'
import type { Outcome } from '../shell/outcome.ts'
import type { Talk } from '../shell/talk.ts'
import type { Value, ValueMap } from '../values/value.ts'
import type { Footprints } from './footprint.ts'
import type { ArgsOf, Options } from './options.ts'
import type { Probe, ProbeOutput } from './probe.ts'

export type { Outcome }

/**
 * A module is a read-only probe and a pure plan, which says what changes and by what actions; never anything else.
 * Check mode does not run the actions; that is all it does.
 */
export interface Module<O extends Options = Options, State = unknown> {
  readonly name: string
  /** One sentence for the documentation. */
  readonly summary: string
  readonly options: O
  /** The option that takes the text of `name: free text`. */
  readonly freeForm?: keyof O & string
  /**
   * What is wrong with arguments that are each right by themselves ("src and content exclude each other"); one
   * sentence a problem. Also called before connecting, then with only those arguments that hold no template; when
   * none does, `complete` says that what is missing is missing for good.
   */
  validate?(args: Partial<ArgsOf<O>>, complete: boolean): string[]
  /**
   * Batched probes that tasks share, and at most one script of POSIX sh of its own that never writes, run by
   * /bin/sh (dash, busybox, bash) as the task's user, its stdin /dev/null. Exit status 0 says the host was probed;
   * anything else fails the task with its stderr. A module without a probe never asks the host, and an empty
   * script asks nothing either.
   */
  probe?(args: ArgsOf<O>, view: ModuleContext): Probe
  /** The state that the probe's output describes. Throws an Error with a sentence when it makes no sense. */
  parse?(output: ProbeOutput, args: ArgsOf<O>, view: ModuleContext): State
  /**
   * What is found out, behind the probe, by a program of this machine that speaks with one on the host; both only read.
   * Without a talk there is nothing more to know.
   */
  readonly talks?: {
    ask(args: ArgsOf<O>, state: State, view: ModuleContext): Talk | undefined
    /** The state that its outcome describes. */
    heard(outcome: Outcome, args: ArgsOf<O>, state: State): State
  }
  /** It works between its host and another machine, `view.ends`. Its probe is never sent ahead. */
  readonly betweenMachines?: true
  /** Pure: from what is wanted and what is to what must change; `state` is undefined without a probe. */
  plan(args: ArgsOf<O>, state: State, view: ModuleContext): Plan
  /**
   * What a plan looks at and changes, so that changes of several tasks can go to the host in one message; without it each
   * goes alone.
   */
  readonly footprint?: Footprints<ArgsOf<O>, State, ModuleContext, Plan>
  /**
   * What the outcomes of the plan's actions mean, in their order, none of those behind a failed one; without it an exit
   * status other than 0 fails the task.
   */
  interpret?(outcomes: Outcome[], args: ArgsOf<O>, state: State, plan: Plan): ModuleResult
  /**
   * A module that waits is probed again every `delay` seconds until this says undefined; a sentence says what
   * it still waits for, and fails the task once `timeout` seconds are over (with `failed`, if it says so). Not
   * waited for under check.
   */
  poll?(args: ArgsOf<O>, state: State): PollState | undefined
  /** Seconds before the first probe. Not waited for under check. */
  pause?(args: ArgsOf<O>): number
  /** Runs the user's own programs: whose effect is unknown, but where the probe has run it, and skipped under check unless plan() knows. */
  readonly runsCommands?: boolean
  /** Its probe asks other machines too: it is never sent ahead, for they may take their time, or count the questions. */
  readonly probesElsewhere?: true
  /** It makes files on the controller. */
  readonly writesHere?: true
  /** Arguments as written say that options of type `file` name a path on the host, not on the controller. */
  remoteSource?(given: Readonly<Record<string, unknown>>): boolean
  /** Arguments of Ansible's that are passed over, for they mean nothing here. */
  readonly accepts?: readonly string[]
  /** Takes arguments of any name besides its options; their values are kept as they are. */
  readonly openEnded?: true
  /** What it returns as `ansible_facts` is set as by the user, above all facts. */
  readonly setsVariables?: true
  /** The facts that it finds on every host. */
  readonly gathersFacts?: readonly string[]
  /**
   * Names of the facts that it returns besides `gathersFacts`, as far as the arguments that hold no template tell;
   * undefined if they do not.
   */
  returnsFacts?(given: Readonly<Record<string, unknown>>): readonly string[] | undefined
  /** It waits for the host itself: it is connected anew, as `delay`, `sleep` and `timeout` (seconds) say. */
  readonly reconnects?: true
  /**
   * Its actions restart the host: it is waited for until that has happened, which `rebooted` and `elapsed` of the result
   * tell.
   */
  restart?(args: ArgsOf<O>, state: State): Restart
  /** It cannot be left to go on by itself (`async`). */
  readonly inForeground?: true
  /** What the result of a task holds besides whose arguments are refused: Ansible's names for it. */
  readonly refusal?: ValueMap
  /**
   * It is a program that is run on the host as it is: what changes, also under check, is its own word. The engine runs
   * it, and asks for no plan.
   */
  readonly program?: Program
  /** The engine does it: it concerns variables, the run or its jobs. */
  readonly controls?:
    | 'add_host'
    | 'async_status'
    | 'group_by'
    | 'include_vars'
    | 'pause'
    | 'validate_argument_spec'
  /** What it returns is shown without -v. */
  readonly verboseAlways?: true
}

/** Modules by the names that users write. A module may be loaded when it is asked for: whoever wants one asks by its name. */
export type Catalogue = Readonly<Record<string, Module>>

/** The module that plays begin with unless they say otherwise. */
export const GATHERER = 'setup'

/** One catalogue of several; their modules stay unloaded. */
export function catalogueOf(...catalogues: readonly Catalogue[]): Catalogue {
  return Object.defineProperties({}, Object.assign({}, ...catalogues.map(Object.getOwnPropertyDescriptors)))
}

export interface PollState {
  /** Seconds until the next probe. */
  readonly delay: number
  /** Seconds after the first probe at which to give up. */
  readonly timeout: number
  readonly for: string
  readonly failed?: string | undefined
}

/** How it is known that a host has restarted. */
export interface Restart {
  /** Sh that prints another text after each start, and what it printed before. */
  readonly ask: string
  readonly before: string
  /** Sh that succeeds once the host can be used. */
  readonly test: string
  /** Seconds before the host is first asked. */
  readonly delay: number
  /** Seconds after which to give up, for each of both. */
  readonly timeout: number
  /** Seconds that a login may take meanwhile; the target's own if it is undefined. */
  readonly patience: number | undefined
}

/** Arguments as they are for a module that one does not know by name. */
export type Args = ArgsOf<Options>

/** What a module may know of the run. */
export interface ModuleContext {
  readonly check: boolean
  /** The tasks before were only planned, too: what they would have made is not there. */
  readonly rehearsal?: boolean
  /** Somebody will read before and after: probes then bring the text of what may be replaced. */
  readonly diff: boolean
  /** The task may be left to go on by itself, and is not run by a probe. */
  readonly async?: boolean
  /** How many -v the run was given; none if it is not said. */
  readonly verbosity?: number
  /** Seconds that have been waited, for a module that waits. */
  readonly waited?: number
  /** The host's name in the inventory. */
  readonly host?: string
  /** Absolute path of the playbook's folder, where relative paths on the controller start. */
  readonly folder?: string
  /** For a module that works between machines. */
  readonly ends?: Ends
}

/** The two machines that a module works between, seen from the session. */
export interface Ends {
  /**
   * This machine and the host of the session; that host alone; or that host, to which the task is delegated, and the
   * task's own.
   */
  readonly are: 'here and there' | 'there' | 'there and beyond'
  /** How the host of the session reaches the task's own; undefined where it need not, or it is the controller. */
  readonly beyond?: Beyond
  /** Where a file of the controller's is looked for, in Ansible's order; undefined where none is meant. */
  paths?(name: string): readonly string[]
}

/** How a host is reached from another one. */
export interface Beyond {
  readonly address: string
  readonly port: number | undefined
  readonly user: string | undefined
  readonly privateKeyFile: string | undefined
  readonly sshArgs: readonly string[]
  /** Whom a program becomes there, and by which program. */
  readonly become: { readonly user: string; readonly method: 'sudo' | 'su' } | undefined
}

export interface Change {
  /** What changes, as short as a column heading: "mode", "line", "route 10.0.0.0/8". */
  readonly what: string
  /** null when it is not there; secrets as "(hidden)". */
  readonly before: Value
  readonly after: Value
  /** Both sides as text, for a line by line diff; a side that is not there is "". */
  readonly text?: { readonly before: string; readonly after: string }
}

/** A module of Ansible's, or of a library beside the playbook: it takes its arguments as JSON and prints JSON. */
export interface Program {
  /** Absolute path on the controller. */
  readonly path: string
  /** What Python calls it: `ansible_collections.community.general.plugins.modules.timezone`. */
  readonly dotted: string
  /** Folders on the controller in which `ansible` and `ansible_collections` are looked for. */
  readonly roots: readonly string[]
  /** Folders whose files stand for those of `ansible.module_utils`. */
  readonly utils: readonly string[]
}

export interface Plan {
  /** Empty: in sync. */
  readonly changes: Change[]
  /** What carries out the changes, in this order, and nothing else; left away under check. */
  readonly actions?: readonly Action[]
  /** The changes are such as Ansible makes without a word: the task is "ok", with and without check. */
  readonly silent?: boolean
  /** The changes stand for the task itself, and are no difference that it returns (a command that is run). */
  readonly withoutDiff?: true
  /** What the task returns besides `changed`: Ansible's names for it. */
  readonly result?: ValueMap
  /** What somebody should know though nothing is done about it; a sentence each. */
  readonly warnings?: readonly string[]
  /** A command of the user's that only looks, which the probe has run; what it came to is in the state. */
  readonly ran?: { readonly script: string; readonly seconds: number }
  /** A sentence: the wanted state cannot be reached from here. */
  readonly failed?: string
  /** What somebody may try about that. */
  readonly advice?: string | undefined
  /** A sentence: there is nothing to do here whatever the state (`creates:` exists, a command under check). */
  readonly skipped?: string
}

export type Action =
  /** A program of this machine speaks with one on the host. */
  | { readonly do: 'talk'; readonly talk: Talk }
  /** A script for the resident shell; its stdin is /dev/null. `tells`: it can tell its progress (shell/progress.ts). */
  | { readonly do: 'sh'; readonly script: string; readonly tells?: true }
  /**
   * A script that reads `content` from its stdin, on a channel of its own; if it is over as soon as it has read it
   * (`brief`), a small content goes to the resident shell together with the script.
   */
  | { readonly do: 'send'; readonly script: string; readonly content: Content; readonly brief?: boolean }
  /**
   * A command line for /bin/sh on a channel of its own, with the task's environment; nobody knows what it prints.
   * `becomes`: it becomes one program by exec, and its shell says nothing of itself.
   */
  | { readonly do: 'exec'; readonly script: string; readonly stdin?: string; readonly becomes?: true }
  /**
   * A script on a channel of its own whose stdout becomes the controller's file `to`, renamed into place; fails when it
   * prints more than the `size` bytes that were announced.
   */
  | { readonly do: 'receive'; readonly script: string; readonly to: string; readonly size: number }

export interface ModuleResult {
  readonly result?: ValueMap
  readonly failed?: string
  /** Overrides "changed because something was applied". */
  readonly changed?: boolean
}

/**
 * Checks a module's types against its own options, and gives it as one that is known by name only: it is called
 * with what `readArguments` read for it and with what its own probe said, so the types hold.
 */
export function defineModule<const O extends Options, State = undefined>(module: Module<O, State>): Module {
  return module as unknown as Module
}
