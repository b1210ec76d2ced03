import type { Problem } from '../values/problem.ts'
import type { SourceSpan } from '../values/source.ts'
import type { Rule } from './rule.ts'

export const SEVERITIES = ['VERY_LOW', 'LOW', 'MEDIUM', 'HIGH', 'VERY_HIGH'] as const

/** How bad a finding is, in Ansible-lint's words. */
export type Severity = (typeof SEVERITIES)[number]

/** A stretch of a file that is replaced by a text. */
export interface Edit {
  readonly place: SourceSpan
  readonly text: string
}

/** What a rule has found. */
export interface Found extends Problem<{ readonly place: SourceSpan }> {
  /** The part of the rule, `casing` of name[casing]. */
  readonly part?: string
  /** What puts it right, without a change of what the file means. */
  readonly edits?: readonly Edit[]
}

/** Something found, as it is told. */
export interface Finding extends Found {
  readonly rule: Rule
  /** The name by which it is skipped: `name[casing]`. */
  readonly tag: string
  readonly level: 'error' | 'warning'
  /** The whole of what was looked at, a task or a play, for those that look for it by its beginning. */
  readonly of?: SourceSpan | undefined
}
