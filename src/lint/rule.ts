import type { Catalogue } from '../sdk/module.ts'
import type { SourceSpan } from '../values/source.ts'
import type { MapNode } from '../values/value.ts'
import type { LintConfig } from './config.ts'
import type { Found, Severity } from './finding.ts'
import type { LintFile } from './lint-file.ts'
import type { ProfileName } from './profiles.ts'
import type { Project } from './project.ts'
import type { LintTask } from './tasks.ts'

/** What is known of a rule, for lists and documents. */
interface RuleFacts {
  readonly id: string
  /** One sentence: what is to be done. */
  readonly description: string
  readonly severity: Severity
  /** Ansible-lint's groups of rules; `opt-in` rules are used only if they are enabled. */
  readonly tags: readonly string[]
  /** The least strict profile that has the rule; undefined: none has. */
  readonly profile?: ProfileName
  /** Parts with a profile of their own. */
  readonly partProfiles?: Readonly<Record<string, ProfileName>>
  /** The parts that findings name, `casing` of name[casing], each with what is to be done. */
  readonly parts?: Readonly<Record<string, string>>
  /** `--fix` puts right what it can. */
  readonly fixes?: boolean
}

/** What rules are told besides what they look at. */
export interface RuleContext {
  readonly config: LintConfig
  readonly modules: Catalogue
  readonly project: Project
}

/** A rule, by what it looks at. */
export type Rule = RuleFacts &
  (
    | { readonly on: 'task'; check(task: LintTask, context: RuleContext): Iterable<Found> }
    | { readonly on: 'play'; check(play: MapNode, file: LintFile, context: RuleContext): Iterable<Found> }
    | { readonly on: 'file'; check(file: LintFile, context: RuleContext): Iterable<Found> }
    | { readonly on: 'project'; check(project: Project, context: RuleContext): Iterable<Found> }
    | { readonly on: 'reading' }
  )

/** Something found, as it is told. */
export interface Finding extends Found {
  readonly rule: Rule
  /** The name by which it is skipped: `name[casing]`. */
  readonly tag: string
  readonly level: 'error' | 'warning'
  /** The whole of what was looked at, a task or a play, for those that look for it by its beginning. */
  readonly of?: SourceSpan | undefined
}
