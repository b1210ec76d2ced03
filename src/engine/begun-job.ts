import type { Args, Module, Plan } from '../sdk/module.ts'

/** A job that this run has begun: what its end is told by. */
export interface BegunJob {
  readonly module: Module
  readonly args: Args
  /** What the module found before. */
  readonly state: unknown
  readonly plan: Plan
}
