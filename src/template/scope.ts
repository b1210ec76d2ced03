import type { Value, ValueMap } from '../values/value.ts'

/** The variables that a template sees. */
export interface VariableScope {
  /** A variable's value, rendered; undefined when there is none. Raises ProblemError when it cannot be rendered. */
  get(name: string): Value | undefined
  has(name: string): boolean
  names(): Iterable<string>
  /**
   * What a lookup finds: `lookup('file', 'a')` in a template. `named` are its keyword arguments, `wantlist` and
   * `errors` among them. Throws an Error with a sentence.
   */
  lookup?(name: string, terms: readonly Value[], named: ValueMap): Value
}
