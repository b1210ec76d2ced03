import type { Problem } from '../values/problem.ts'
import type { SourceSpan } from '../values/source.ts'

/** How bad a finding is, in Ansible-lint's words. */
export type Severity = 'VERY_LOW' | 'LOW' | 'MEDIUM' | 'HIGH' | 'VERY_HIGH'

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
