import { Composer, type CST, type Document, Lexer, Parser } from 'yaml'
import { DEEPEST, TOO_DEEP } from '../values/depth.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import type { Source } from '../values/source.ts'
import { syntaxProblem } from './problems.ts'

/** The documents of a YAML text; raises ProblemError. */
export function documentsOf(source: Source): Document.Parsed[] {
  if (source.text.length > YAML_AT_MOST) throw new ProblemError(tooLarge(source))
  const documents = composed(source, new Lexer())
  const problem = problemIn(documents, source)
  if (problem === undefined) return documents
  // Only now: where a quote is forgotten, the indentation tells which one it is.
  const unindented = composed(source, unindentedLexer())
  if (problemIn(unindented, source) !== undefined) throw new ProblemError(problem)
  return unindented
}

function composed(source: Source, lexer: Lexer): Document.Parsed[] {
  return [...new Composer(OPTIONS).compose(tokensOf(source, lexer))]
}

/** What follows a first syntax error is mostly its consequence. */
function problemIn(documents: readonly Document.Parsed[], source: Source): Problem | undefined {
  for (const document of documents) {
    const error = document.errors[0]
    if (error !== undefined) return syntaxProblem(error, document, source)
  }
  return undefined
}

/** Within quotes and brackets lines may begin anywhere, as PyYAML has it, and not only behind the indentation. */
function unindentedLexer(): Lexer {
  const lexer = new Lexer()
  const inner = lexer as unknown as Inner
  for (const name of ['parseQuotedScalar', 'parseFlowCollection'] as const) {
    const own = inner[name]
    inner[name] = function* () {
      const { indentNext } = inner
      inner.indentNext = 0
      const next = yield* own.call(inner)
      inner.indentNext = indentNext
      return next
    }
  }
  return lexer
}

/** What the library's lexer has for itself. */
interface Inner {
  /** How far a line must be indented to go on with what is being read. */
  indentNext: number
  parseQuotedScalar(): Generator<string, unknown>
  parseFlowCollection(): Generator<string, unknown>
}

const OPTIONS = {
  schema: 'failsafe',
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const

/** Raises ProblemError before anything becomes so deep that the parser could come to the end of the stack. */
function* tokensOf(source: Source, lexer: Lexer): Generator<CST.Token> {
  const parser = new Parser()
  for (const lexeme of lexer.lex(source.text)) {
    yield* parser.next(lexeme)
    // Besides lists and maps there are the document and what is being read.
    if (parser.stack.length <= DEEPEST + 2) continue
    const start = Math.min(parser.offset, source.text.length) - lexeme.length
    throw new ProblemError({ message: TOO_DEEP, place: { source, start, end: start + 1 } })
  }
  yield* parser.end()
}

/** Characters of one YAML text; so many take half a minute and more than a gigabyte. */
const YAML_AT_MOST = 8 * 1024 * 1024

function tooLarge({ path, text }: Source): Problem {
  const size = Math.ceil(text.length / 1024 / 1024)
  const message = `${path} holds ${size} MiB of YAML, and no more than ${YAML_AT_MOST / 1024 / 1024} MiB are read`
  return { message, hint: 'divide it into several files' }
}
