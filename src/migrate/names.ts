import type { Expression } from '../jinja/ast.ts'
import type { Shape } from './shape.ts'
import type { Written } from './written.ts'

/** What names mean where an expression stands. */
export interface Names {
  /** The names of loops, and what those of `set` stand for. */
  readonly bound: ReadonlyMap<string, Written | Expression>
  /** Names may also come from the item of an `#each`, so that variables are written @root.name. */
  readonly isInItem: boolean
  /** What the loop around goes over, and how that is written; undefined outside of loops. */
  readonly loop: { readonly list: Expression; readonly written: Written } | undefined
  /** What the values of variables, and of the names of loops, may be. */
  shapeOf(name: string): Shape
}

/** Names outside of loops. */
export function namesOutside(shapeOf: (name: string) => Shape): Names {
  return { bound: new Map(), isInItem: false, loop: undefined, shapeOf }
}
