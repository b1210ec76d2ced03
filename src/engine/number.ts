import { omit, type TemplateContext } from '../template/context.ts'
import { toNumber } from '../values/number.ts'
import { ProblemError } from '../values/problem.ts'
import { type Node, toValue, type Value } from '../values/value.ts'

/**
 * The number that a keyword such as `delay` holds, 0 if it is less than that; `otherwise` when nothing is said.
 * Raises ProblemError: what is no number would be waited for without end.
 */
export function numberOf(
  scope: TemplateContext,
  node: Node | undefined,
  keyword: string,
  otherwise: number,
): number {
  const value = node === undefined ? null : scope.render(node)
  if (node === undefined || value === null || value === '' || value === omit) return otherwise
  const number = toNumber(value)
  if (number === undefined) throw new ProblemError(noNumber(node, keyword, value))
  return Math.max(0, number)
}

/** The problem of a keyword that is written plainly and holds no number. */
export function noNumber(node: Node, keyword: string, value: Value = toValue(node)) {
  return { message: `"${keyword}" takes a number, this is ${JSON.stringify(value)}`, place: node.place }
}
