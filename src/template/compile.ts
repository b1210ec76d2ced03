import Handlebars from 'handlebars'
import { DEEPEST, TOO_DEEP } from '../values/depth.ts'
import { ProblemError } from '../values/problem.ts'
import type { Compiled, Kind, NameUse, TemplateProblem } from './compiled.ts'
import { explainSyntax, jinjaTags } from './handlebars/explain.ts'
import { Rewriter } from './handlebars/rewrite.ts'
import { compileProgram, Run } from './handlebars/runtime.ts'

const compiled: Record<Kind, Map<string, Compiled>> = {
  value: new Map(),
  file: new Map(),
  expression: new Map(),
}

/** Compiles a text once, however often it is asked for. */
export function compile(text: string, kind: Kind): Compiled {
  const known = compiled[kind].get(text)
  if (known !== undefined) return known
  const made = compileNew(text, kind)
  compiled[kind].set(text, made)
  return made
}

const OPEN = '{{ '
const MEBI = 1024 * 1024
/** Characters that a template or expression may make. */
const TEXT_AT_MOST = 64 * MEBI

function compileNew(text: string, kind: Kind): Compiled {
  const shift = kind === 'expression' ? OPEN.length : 0
  const written = kind === 'expression' ? `${OPEN}${text} }}` : text
  const jinja = kind === 'expression' ? [] : jinjaTags(text)
  const deep = tooDeepAt(written)
  if (deep !== undefined) {
    const start = Math.min(deep - shift, text.length)
    return broken([{ message: TOO_DEEP, start, end: start + 1 }])
  }
  let program: hbs.AST.Program
  try {
    program = Handlebars.parseWithoutProcessing(written)
  } catch (error) {
    return broken([...jinja, ...explainSyntax(text, kind, (error as Error).message)])
  }
  const single = program.body.length === 1 && program.body[0]!.type === 'MustacheStatement'
  if (kind === 'expression' && !single) return broken(explainSyntax(text, kind, 'not one expression'))
  const keep = single && kind !== 'file'
  const rewriter = new Rewriter(text, written, shift, keep ? '$value' : '$text')
  rewriter.program(program)
  const { names, sites } = rewriter
  const faults = [...jinja, ...rewriter.faults]
  if (faults.length > 0) return broken(faults, names)
  const render = compileProgram(program)
  return {
    names,
    faults,
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

function broken(faults: readonly TemplateProblem[], names: readonly NameUse[] = []): Compiled {
  return {
    names,
    faults,
    evaluate(_scope, locate) {
      throw new ProblemError(
        faults.map(({ message, start, end, hint }) => ({ message, place: locate(start, end), hint })),
      )
    },
  }
}
