import { isTruthy } from '../python/truth.ts'
import { MissingError } from '../values/missing.ts'
import { ProblemError } from '../values/problem.ts'
import type { SourceSpan } from '../values/source.ts'
import { isTrue } from '../values/truth.ts'
import type { Node, ScalarNode, Value } from '../values/value.ts'
import { placeInScalar } from '../yaml/scalar.ts'
import { compile } from './compile.ts'
import { languagesOf } from './language.ts'
import type { VariableScope } from './scope.ts'

/** Whether a condition holds; all of a list must, and those behind the first that does not are not evaluated. */
export function evaluate(node: Node, scope: VariableScope): boolean {
  if (node.kind === 'list') return node.items.every((item) => evaluate(item, scope))
  if (node.kind === 'map') throw new ProblemError(notACondition(node))
  if (typeof node.value !== 'string') return isTrue(node.value)
  const text = node as ScalarNode & { value: string }
  try {
    const { language, value } = evaluateScalar(text, scope)
    return language === 'jinja' ? isTruthy(value) : isTrue(value)
  } catch (error) {
    const decided = error instanceof MissingError ? whenMissing(error.variable, text.value) : undefined
    if (decided === undefined) throw error
    return decided
  }
}

const ASKED = /(hostvars\[.+\]|\w+)\s+(not\s+is|is\s+not|is)\s+(defined|undefined)/g

/**
 * What a condition of Jinja means that uses a variable that there is none of, and asks somewhere whether it is defined:
 * as in Ansible what it would need there. undefined when it does not ask.
 */
function whenMissing(variable: string | undefined, condition: string): boolean | undefined {
  for (const [, name, words, state] of condition.matchAll(ASKED)) {
    if (name === variable) return words!.includes('not') === (state === 'defined')
  }
  return undefined
}

/** The value of an expression without braces; undefined when what it names is not there. */
export function evaluateExpression(text: string, place: SourceSpan, scope: VariableScope): Value | undefined {
  try {
    return evaluateScalar({ kind: 'scalar', value: text, place }, scope).value
  } catch (error) {
    if (error instanceof MissingError) return undefined
    throw error
  }
}

/** The problem of a map where a condition is wanted. */
export function notACondition(node: Node) {
  return {
    message: 'a condition is an expression or a list of them, and this is a map',
    place: node.place,
    hint: 'quote it if it holds a colon or braces',
  }
}

function evaluateScalar(node: ScalarNode & { value: string }, scope: VariableScope) {
  const expression = compile(node.value, 'expression', languagesOf(node.place.source))
  const value = expression.evaluate(scope, (start, end) => placeInScalar(node, start, end))
  return { language: expression.language, value }
}
