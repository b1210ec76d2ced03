import { type Missing, Undefined } from '../python/undefined.ts'
import type { Problem } from '../values/problem.ts'

/** What an inline `if` without `else` gives when its condition does not hold: it is undefined, and prints as nothing. */
export class NoElse extends Undefined {}

/** Something undefined that knows what to tell of itself, with its place; asked for when it is used. */
export class Absent extends Undefined {
  readonly problem: () => Problem

  constructor(missing: Missing, problem: () => Problem) {
    super(missing)
    this.problem = problem
  }
}
