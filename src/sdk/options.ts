import type { Listing } from '../shell/archive.ts'
import type { Content, LocalFile } from '../shell/content.ts'
import type { Value, ValueMap } from '../values/value.ts'

/** What an option's value is after it has been rendered and converted. */
export interface OptionTypes {
  str: string
  int: number
  float: number
  bool: boolean
  /** A path on the host; a leading `~` is left to the host. */
  path: string
  /** Permission bits: octal text such as "0644", or symbolic such as "u=rw,go=r". */
  mode: string
  /** A list of strings; a single string, or one with commas, counts as a list. */
  strings: string[]
  list: Value[]
  map: ValueMap
  any: Value
  /**
   * A path on the controller, searched like Ansible does (the role's files/, beside the playbook), read when needed;
   * the plain path on the host when the module's `remoteSource` says so.
   */
  file: LocalFile | string
  /** Like `file`, and what the archive holds, as far as the task's `exclude`, `include` and `extra_opts` leave it. */
  archive: (LocalFile & { readonly content: Content; readonly listing: Listing }) | string
  /** A path like `file`'s, and words behind it as on a command line, which are left as they are written. */
  script: { file: LocalFile; words: string }
  /** Like `file`, but searched in templates/, and its content is what it was rendered to for the host. */
  template: LocalFile & { readonly content: Content }
  /** A condition or a list of them, evaluated for the host. */
  conditions: { text: string; holds: boolean }[]
  /** An expression or variable name, evaluated for the host. */
  expression: { text: string; value: Value | undefined }
}

export interface Option {
  readonly type: keyof OptionTypes
  /** One sentence for the documentation. */
  readonly help: string
  readonly required?: boolean
  readonly default?: Value
  readonly choices?: readonly string[]
  readonly aliases?: readonly string[]
  /** Words that Ansible took once, or takes elsewhere, for one of the choices. */
  readonly synonyms?: Readonly<Record<string, string>>
  /** Its value is a password or key: never shown. */
  readonly secret?: boolean
  /** Its text becomes bytes of a file or stream, which may be any; others are given to programs, which take no NUL. */
  readonly bytes?: true
  /** Permissions that may also be "preserve": those of the source. */
  readonly preserve?: true
}

export type Options = Readonly<Record<string, Option>>

type ValueOf<O extends Option> = O extends { type: 'str'; choices: readonly (infer Choice)[] }
  ? Choice
  : OptionTypes[O['type']]

type IsSet<O extends Option> = O extends { required: true }
  ? true
  : O extends { default: Value }
    ? true
    : false

/** The arguments a module is given, as its options declare them. */
export type ArgsOf<O extends Options> = {
  [Name in keyof O]: IsSet<O[Name]> extends true ? ValueOf<O[Name]> : ValueOf<O[Name]> | undefined
}

/** Keeps the literal types of a module's options, so that `ArgsOf` can read them. */
export function options<const O extends Options>(declared: O): O {
  return declared
}

/** The options of every module that leaves a file behind. */
export const fileOptions = options({
  owner: { type: 'str', help: 'User name or id that owns the file.' },
  group: { type: 'str', help: 'Group name or id of the file.' },
  mode: { type: 'mode', help: 'Permissions, quoted octal ("0644") or symbolic ("u=rw,go=r").' },
})
