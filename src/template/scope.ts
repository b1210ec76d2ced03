import type { Value } from '../values/value.ts'

/** The variables that a template sees. */
export interface VariableScope {
  /** A variable's value, rendered; undefined when there is none. Raises ProblemError when it cannot be rendered. */
  get(name: string): Value | undefined
  has(name: string): boolean
  names(): Iterable<string>
}
