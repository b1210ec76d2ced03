import { parseExpression } from '../jinja/parse.ts'
import { compileHandlebars } from '../template/handlebars/compile.ts'
import { compileJinja, valueOptions } from '../template/jinja.ts'
import { type Edit, edited } from './edits.ts'
import { ExpressionWriter } from './expressions.ts'
import { Left } from './left.ts'
import { namesOutside } from './names.ts'
import { Prover } from './prover.ts'
import { decisionOf, difference, outcomeOf } from './same.ts'
import type { Shape } from './shape.ts'
import { rewriteTemplate, singlePrint } from './template.ts'

type ShapeOf = (name: string) => Shape

/**
 * The edits that make Handlebars of a text of a YAML file, a value or a condition, for variables of these shapes. Raises
 * Left for what has no counterpart, and SyntaxFault.
 */
export function rewriteText(text: string, kind: 'value' | 'expression', shapeOf: ShapeOf): Edit[] {
  return kind === 'expression' ? condition(text, shapeOf) : value(text, shapeOf)
}

function condition(text: string, shapeOf: ShapeOf): Edit[] {
  if (/\{[{%#]/.test(text))
    throw new Left('a condition that is a template first is left', { start: 0, end: text.length })
  const expression = parseExpression(text)
  const names = namesOutside(shapeOf)
  const made = new ExpressionWriter(text, new Prover(names)).truth(expression).text
  const wrong = difference([expression], shapeOf, decisionOf(text, 'jinja'), decisionOf(made, 'handlebars'))
  if (wrong !== undefined) throw new Left(wrong, { start: 0, end: text.length })
  const start = text.length - text.trimStart().length
  return [{ start, end: text.trimEnd().length, text: made }]
}

function value(text: string, shapeOf: ShapeOf): Edit[] {
  const single = singlePrint(text, valueOptions, shapeOf)
  const rewritten = single ?? rewriteTemplate(text, valueOptions, 0, shapeOf)
  const made = edited(text, rewritten.tags)
  const whole = { start: 0, end: text.length }
  if (single === undefined && rewritten.text !== made)
    throw new Left('the white space or the braces around its tags cannot be kept', whole)
  const wrong = difference(
    rewritten.body,
    shapeOf,
    outcomeOf(compileJinja(text, 'value')),
    outcomeOf(compileHandlebars(made, 'value')),
  )
  if (wrong !== undefined) throw new Left(wrong, whole)
  return [...rewritten.tags]
}
