import { ProblemError } from '../values/problem.ts'

/**
 * What an expression asks for is not there: an unknown variable, a key that a map lacks. `default`, `defined` and
 * their like forgive it; no other problem.
 *
 * Inside an expression problems travel as values, so that `and`, `ternary` or `default` can pass over the one
 * they do not need; they are thrown where a text or a value is wanted.
 */
export class MissingError extends ProblemError {}
