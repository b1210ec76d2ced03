import { type Problem, ProblemError } from '../values/problem.ts'
import type { SourceSpan, TemplateLanguage } from '../values/source.ts'
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
export type TemplateProblem = Problem<{ readonly start: number; readonly end: number }> & {
  /** The text has parts that mean something in no other language. */
  readonly isCertain?: true
}

export interface Compiled {
  readonly language: TemplateLanguage
  readonly names: readonly NameUse[]
  /** The filters and tests that are not there, which are a mistake where they are reached; `guarded`: they may not be. */
  readonly unknown?: readonly (TemplateProblem & { readonly guarded: boolean })[]
  readonly problems: readonly TemplateProblem[]
  /** The template's value; raises ProblemError. */
  evaluate(scope: VariableScope, locate: (start: number, end: number) => SourceSpan): Value
}

/**
 * What a text is: a `value` keeps the type of an expression that stands alone, a `file` is always text, and an
 * `expression` has no braces.
 */
export type Kind = 'value' | 'file' | 'expression'

/** A template that gives nothing but its problems. */
export function brokenTemplate(
  language: TemplateLanguage,
  problems: readonly TemplateProblem[],
  names: readonly NameUse[] = [],
): Compiled {
  return {
    language,
    names,
    problems,
    evaluate(_scope, locate) {
      throw new ProblemError(
        problems.map(({ message, start, end, hint }) => ({ message, place: locate(start, end), hint })),
      )
    },
  }
}
