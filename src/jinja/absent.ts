import { isTruthy } from '../python/truth.ts'
import { type Missing, Undefined } from '../python/undefined.ts'
import type { Problem } from '../values/problem.ts'

/** What an inline `if` without `else` gives when its condition does not hold: it is undefined, and prints as nothing. */
export class NoElse extends Undefined {
  constructor() {
    super({ hint: 'the condition does not hold and there is no else' })
  }
}

/** Whether a value counts as true. Raises an UndefinedError. */
export function isTrue(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  return !(value instanceof NoElse) && isTruthy(value)
}

/** Something undefined that knows its own message, with its place; asked for when it is used. */
export class Absent extends Undefined {
  readonly problem: () => Problem
  /** The variable that there is none of, when it is no part of one. */
  readonly variable: string | undefined

  constructor(missing: Missing, problem: () => Problem, variable?: string) {
    super(missing)
    this.problem = problem
    this.variable = variable
  }
}
