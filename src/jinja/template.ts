import { TOO_DEEP } from '../values/depth.ts'
import type { Body, Expression } from './ast.ts'
import { mayChange } from './changes.ts'
import type { Evaluate, Execute } from './code.ts'
import { StatementCompiler } from './compile-statements.ts'
import { readHeader } from './header.ts'
import { literalOf } from './literal.ts'
import { defaultOptions, type Options } from './options.ts'
import { Output } from './output.ts'
import { parseExpression, parseTemplate } from './parse.ts'
import { finished } from './printed.ts'
import {
  type BlockBody,
  type Code,
  Context,
  Frame,
  Instance,
  type Locate,
  Run,
  type Surroundings,
} from './run.ts'
import { namesSetIn, Scope } from './scopes.ts'
import { SyntaxFault } from './syntax-error.ts'
import { heightOf } from './walk.ts'

/** Parts of a template that may lie in each other; a chain of operators counts as such. */
const HIGHEST = 1000

/** Filters whose text stays one, whatever it looks like. */
const TEXTUAL = /^(?:ansible\.builtin\.)?(?:string|to_json|to_nice_json|to_yaml|to_nice_yaml|ppretty|json)$/

/** A template of Jinja, made into functions. */
export class Template implements Code {
  readonly body: Body
  /** Whether it may change values that it gets, so that it gets its own. */
  readonly changes: boolean
  readonly #write: Execute
  readonly #size: () => number
  readonly #blocks: ReadonlyMap<string, (instance: Instance) => BlockBody>
  readonly #single: Single | undefined
  /** Line ends behind the last character of the text. */
  readonly #newlines: number
  readonly #newline: string

  private constructor(text: string, body: Body, options: Options) {
    if (heightOf(body) > HIGHEST) throw new SyntaxFault(TOO_DEEP, 0, text.length)
    const compiler = new StatementCompiler(text, body)
    const scope = Scope.ofTemplate(namesSetIn(body))
    this.body = body
    this.changes = mayChange(body)
    this.#write = compiler.body(body, scope)
    this.#blocks = compiler.blocks
    this.#single = singleOf(body, compiler, scope)
    this.#size = () => scope.frameSize()
    this.#newlines = newlinesAtEnd(text)
    this.#newline = options.newline
  }

  /** The template that a text is; raises SyntaxFault. */
  static of(text: string, options: Options = defaultOptions): Template {
    const header = readHeader(text, options)
    return new Template(text, parseTemplate(text, header.options, header.start), header.options)
  }

  /** The template that gives an expression's value. */
  static ofExpression(text: string): Template {
    const value = parseExpression(text)
    return new Template(text, [{ kind: 'print', value, start: value.start, end: value.end }], defaultOptions)
  }

  /** Writes it within a run. */
  write(instance: Instance, output: Output): void {
    const { blocks } = instance.context
    for (const [name, bodyFor] of this.#blocks) {
      const known = blocks.get(name)
      if (known === undefined) blocks.set(name, [bodyFor(instance)])
      else known.push(bodyFor(instance))
    }
    const frame = new Frame(instance, this.#size())
    frame.guard(() => this.#write(frame, output))
    const { parent } = instance
    if (parent === undefined) return
    const { template, locate, written } = parent
    output.text = output.text.slice(0, written)
    template.write(new Instance(template, instance.context, locate), output)
  }

  /** Its text, with the line ends at its end that it was written with. Raises ProblemError. */
  text(surroundings: Surroundings, locate: Locate, converts = false): string {
    const instance = new Instance(this, new Context(new Run(surroundings, converts)), locate)
    const output = new Output()
    this.write(instance, output)
    return this.#withNewlines(output.text)
  }

  #withNewlines(text: string): string {
    const lost = this.#newlines - newlinesAtEnd(text)
    return lost > 0 ? text + this.#newline.repeat(lost) : text
  }

  /**
   * Its value as that of an entry of a playbook: of one expression what that gives, else text; texts that look like a
   * list, a map or a boolean become one. Raises ProblemError.
   */
  value(surroundings: Surroundings, locate: Locate): unknown {
    if (this.#single === undefined) return literalOf(this.text(surroundings, locate, true))
    const value = this.#singleValue(surroundings, locate)
    if (value === null && !this.#single.isName) return this.#withNewlines('')
    const made = typeof value === 'string' && !this.#single.isTextual ? literalOf(value) : value
    return typeof made === 'string' ? this.#withNewlines(made) : made
  }

  /** The value of a template that is one expression, as it is. Raises ProblemError. */
  expression(surroundings: Surroundings, locate: Locate): unknown {
    return this.#singleValue(surroundings, locate)
  }

  #singleValue(surroundings: Surroundings, locate: Locate): unknown {
    const instance = new Instance(this, new Context(new Run(surroundings, true)), locate)
    const frame = new Frame(instance, this.#size())
    const value = frame.guard(() => this.#single!.evaluate(frame))
    return typeof value === 'bigint' ? String(value) : value
  }
}

function newlinesAtEnd(text: string): number {
  let at = text.length
  while (text[at - 1] === '\n') at -= 1
  return text.length - at
}

/** A template that is one expression. */
interface Single {
  readonly evaluate: Evaluate
  readonly isTextual: boolean
  /** A variable and nothing else, which stays none; any other none becomes an empty text. */
  readonly isName: boolean
}

function singleOf([first, ...others]: Body, compiler: StatementCompiler, scope: Scope): Single | undefined {
  if (first?.kind !== 'print' || others.length > 0) return undefined
  const { value } = first
  const evaluate = compiler.expression(value, scope)
  return {
    evaluate(frame) {
      const made = evaluate(frame)
      frame.at = value
      return finished(made)
    },
    isTextual: isTextual(value),
    isName: value.kind === 'name',
  }
}

function isTextual(node: Expression): boolean {
  if (node.kind === 'choice') return isTextual(node.yes) || (node.no !== undefined && isTextual(node.no))
  return node.kind === 'filter' && TEXTUAL.test(node.name)
}
