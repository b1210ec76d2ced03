import type { Expression } from '../jinja/ast.ts'
import type { Aspect } from './prover.ts'
import type { Written } from './written.ts'

/** Writes the parts of an expression. */
export interface Writer {
  value(node: Expression): Written
  /** The same, but a tuple is a list: where only its items matter. */
  items(node: Expression): Written
  /** An attribute, or an entry of that name. */
  member(node: Expression, of: Expression, name: string): Written
  /** The first of several ways to write something that means the same. Raises Left when none does. */
  among(node: Expression, aspect: Aspect, ways: readonly Written[]): Written
  /** Raises Left for what Jinja evaluates only where it is needed, and Handlebars always, if that matters. */
  lazy(...nodes: readonly (Expression | undefined)[]): void
}
