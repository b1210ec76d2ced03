import { ProblemError } from '../values/problem.ts'
import type { SourceSpan } from '../values/source.ts'
import type { Value } from '../values/value.ts'
import type { VariableScope } from './scope.ts'

/** A name that a template takes from the variables; offsets into its text. */
export interface NameUse {
  readonly name: string
  readonly start: number
  readonly end: number
  /** It may be missing: it is the argument of `default`, `defined` or `undefined`. */
  readonly guarded: boolean
}

/** Something wrong with a template; offsets into its text. */
export interface Fault {
  readonly message: string
  readonly start: number
  readonly end: number
  readonly hint?: string | undefined
}

export interface Compiled {
  readonly language: Language
  readonly names: readonly NameUse[]
  readonly faults: readonly Fault[]
  /** The template's value; raises ProblemError. */
  evaluate(scope: VariableScope, locate: (start: number, end: number) => SourceSpan): Value
}

export type Language = 'handlebars' | 'jinja'

/**
 * What a text is: a `value` keeps the type of an expression that stands alone, a `file` is always text, and an
 * `expression` has no braces.
 */
export type Kind = 'value' | 'file' | 'expression'

/** A template that gives nothing but its faults. */
export function brokenTemplate(
  language: Language,
  faults: readonly Fault[],
  names: readonly NameUse[] = [],
): Compiled {
  return {
    language,
    names,
    faults,
    evaluate(_scope, locate) {
      throw new ProblemError(
        faults.map(({ message, start, end, hint }) => ({ message, place: locate(start, end), hint })),
      )
    },
  }
}
