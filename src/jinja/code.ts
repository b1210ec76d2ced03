import type { Body, Expression } from './ast.ts'
import type { Output } from './output.ts'
import type { Frame } from './run.ts'
import type { Scope } from './scopes.ts'

/** Makes the value of an expression. */
export type Evaluate = (frame: Frame) => unknown

/** What ends a turn of a loop early. */
type Leave = 'break' | 'continue'

/** Carries out a statement. */
export type Execute = (frame: Frame, output: Output) => Leave | undefined

/** What makes functions of the parts of a template. */
export interface Compiler {
  expression(node: Expression, scope: Scope): Evaluate
  body(body: Body, scope: Scope): Execute
  /** The same for statements with a scope of their own. */
  inner(body: Body, scope: Scope): Execute
}
