import Handlebars from 'handlebars'
import { DEEPEST, TOO_DEEP } from '../../values/depth.ts'
import { ProblemError } from '../../values/problem.ts'
import { brokenTemplate, type Compiled, type Kind } from '../compiled.ts'
import { explainSyntax, jinjaTags } from './explain.ts'
import { Rewriter } from './rewrite.ts'
import { compileProgram, Run } from './runtime.ts'

const OPEN = '{{ '
const MEBI = 1024 * 1024
/** Characters that a template or expression may make. */
const TEXT_AT_MOST = 64 * MEBI

/** A text as a template of Handlebars. */
export function compileHandlebars(text: string, kind: Kind): Compiled {
  const shift = kind === 'expression' ? OPEN.length : 0
  const written = kind === 'expression' ? `${OPEN}${text} }}` : text
  const jinja = kind === 'expression' ? [] : jinjaTags(text)
  const deep = tooDeepAt(written)
  if (deep !== undefined) {
    const start = Math.min(deep - shift, text.length)
    return brokenTemplate('handlebars', [{ message: TOO_DEEP, start, end: start + 1 }])
  }
  let program: hbs.AST.Program
  try {
    program = Handlebars.parseWithoutProcessing(written)
  } catch (error) {
    return brokenTemplate('handlebars', [...jinja, ...explainSyntax(text, kind, (error as Error).message)])
  }
  const single = program.body.length === 1 && program.body[0]!.type === 'MustacheStatement'
  if (kind === 'expression' && !single)
    return brokenTemplate('handlebars', explainSyntax(text, kind, 'not one expression'))
  const keep = single && kind !== 'file'
  const rewriter = new Rewriter(text, written, shift, keep ? '$value' : '$text')
  rewriter.program(program)
  const { names, sites } = rewriter
  const problems = [...jinja, ...rewriter.problems]
  if (problems.length > 0) return brokenTemplate('handlebars', problems, names)
  const render = compileProgram(program)
  return {
    language: 'handlebars',
    names,
    problems,
    evaluate(scope, locate) {
      const run = new Run(sites, scope, locate)
      const rendered = render(run)
      const value = keep ? run.kept! : rendered
      if (typeof value !== 'string' || value.length <= TEXT_AT_MOST) return value
      const message = `this makes a text of ${Math.ceil(value.length / MEBI)} MiB, and there may be ${TEXT_AT_MOST / MEBI}`
      throw new ProblemError({ message, place: locate(0, text.length) })
    },
  }
}

const NESTING = /\{\{\{?~?(?:\/|(#|\^(?!~?\})|else\s+[^~}])?)|(\}\})|([()])/g

/** Where blocks or parentheses come to lie too deep in each other. The parser itself takes ever longer for them. */
function tooDeepAt(written: string): number | undefined {
  /** How deep the blocks were before each open one; an "else if" lies in the "if" that it belongs to. */
  const before: number[] = []
  let blocks = 0
  let calls: number | undefined
  for (const { 0: piece, 1: opening, 2: end, 3: parenthesis, index } of written.matchAll(NESTING)) {
    if (end !== undefined) calls = undefined
    else if (parenthesis === undefined) {
      calls = 0
      if (opening === '#' || opening === '^') before.push(blocks)
      if (opening !== undefined) blocks += 1
      else if (piece.endsWith('/')) blocks = before.pop() ?? 0
    } else if (calls !== undefined) calls += parenthesis === '(' ? 1 : -1
    if (blocks > DEEPEST || (calls ?? 0) > DEEPEST) return index
  }
  return undefined
}
