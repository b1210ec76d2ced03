import { type Problem, ProblemError } from './problem.ts'

/**
 * What an expression asks for is not there: an unknown variable, a key that a map lacks. `default`, `defined` and
 * their like forgive it; no other problem.
 *
 * Inside an expression of Handlebars problems travel as values, so that `and`, `ternary` or `default` can pass over
 * the one they do not need; they are thrown where a text or a value is wanted.
 */
export class MissingError extends ProblemError {
  /** The variable that there is none of, when it is no part of one. */
  readonly variable: string | undefined

  constructor(problems: readonly Problem[] | Problem, variable?: string) {
    super(problems)
    this.variable = variable
  }
}
