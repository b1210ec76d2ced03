import Handlebars from 'handlebars'
import { Undefined } from '../../python/undefined.ts'
import { Float } from '../../values/float.ts'
import { MissingError } from '../../values/missing.ts'
import { didYouMean, ProblemError } from '../../values/problem.ts'
import type { SourceSpan } from '../../values/source.ts'
import { toText } from '../../values/text.ts'
import { isTrue } from '../../values/truth.ts'
import { isMap, type Value, type ValueMap } from '../../values/value.ts'
import { type Helper, shown } from '../helpers/define.ts'
import type { VariableScope } from '../scope.ts'

/** Something in a template that is evaluated; offsets into the template's text. */
export interface SourceMapEntry {
  readonly start: number
  readonly end: number
  /** The name a path starts with; undefined for `this` and `..`. */
  readonly head?: string
  /** The names behind it. */
  readonly tail?: readonly string[]
  readonly helper?: Helper
}

/** One evaluation of a template: what its parts must know, handed on by Handlebars as `data.run`. */
export class Run {
  readonly sites: readonly SourceMapEntry[]
  readonly scope: VariableScope
  readonly #locate: (start: number, end: number) => SourceSpan
  /** The value of a template that is one expression. */
  kept: Value | undefined

  constructor(
    sites: readonly SourceMapEntry[],
    scope: VariableScope,
    locate: (start: number, end: number) => SourceSpan,
  ) {
    this.sites = sites
    this.scope = scope
    this.#locate = locate
  }

  /** A name as seen from inside blocks: the contexts of #each and #with, innermost first, then the variables. */
  lookup(contexts: readonly unknown[], name: string): unknown {
    for (const context of contexts) {
      if (context === this.scope) break
      const found = isMap(context as Value) ? member(context as Value, name) : undefined
      if (found !== undefined) return found
    }
    return this.variable(name)
  }

  variable(name: string): Value | ProblemError | undefined {
    try {
      return this.scope.get(name)
    } catch (error) {
      if (error instanceof ProblemError) return error
      throw error
    }
  }

  missing(site: SourceMapEntry, message: string, hint?: string): MissingError {
    return new MissingError({ message, place: this.#locate(site.start, site.end), hint })
  }

  problem(site: SourceMapEntry, message: string): ProblemError {
    return new ProblemError({ message, place: this.#locate(site.start, site.end) })
  }
}

// The calls that a template's expressions are rewritten to (see compile.ts); no user can write these names.
const handlers: Record<string, Handlebars.HelperDelegate> = {
  $path: (head: unknown, index: number, { data }: Handlebars.HelperOptions) => follow(head, index, data.run),
  $call: (...args: unknown[]) => callHelper(args),
  $test: (value: unknown) => isTrue(needed(value)),
  $need: needed,
  $items: (value: unknown, index: number, { data }: Handlebars.HelperOptions) =>
    iterable(needed(value), index, data.run),
  $text: (value: unknown, index: number, { data }: Handlebars.HelperOptions) =>
    toText(whole(value, index, data.run)),
  $value: (value: unknown, index: number, { data }: Handlebars.HelperOptions) => {
    const run = data.run as Run
    run.kept = whole(value, index, run)
    return ''
  },
  raw: (options: Handlebars.HelperOptions) => options.fn({}),
}

const environment = Handlebars.create()
for (const name of ['lookup', 'log', 'helperMissing', 'blockHelperMissing'])
  environment.unregisterHelper(name)
environment.registerHelper(handlers as Handlebars.HelperDeclareSpec)

interface JavaScriptCompiler {
  quotedString(text: string): string
}
const library = environment as typeof environment & {
  JavaScriptCompiler: { new (): JavaScriptCompiler; prototype: object }
}
// Overriding depthedLookup is Handlebars' documented way to look names up differently. Its own takes a null for
// a name that is not there, and knows neither variables that are rendered when asked for nor their problems.
library.JavaScriptCompiler = class extends library.JavaScriptCompiler {
  compiler = library.JavaScriptCompiler
  depthedLookup(name: string): string[] {
    return ['data.run.lookup(depths, ', this.quotedString(name), ')']
  }
}

/** Makes a function of a program in which everything that is evaluated has been rewritten to a handler's call. */
export function compileProgram(program: hbs.AST.Program): (run: Run) => string {
  const knownHelpers = Object.fromEntries(Object.keys(environment.helpers).map((name) => [name, true]))
  const template = environment.compile<VariableScope>(program, {
    noEscape: true,
    compat: true,
    knownHelpers: knownHelpers as CompileOptions['knownHelpers'],
    knownHelpersOnly: true,
  })
  return (run) =>
    template(run.scope, {
      data: { root: run.scope, run },
      allowProtoMethodsByDefault: false,
      allowProtoPropertiesByDefault: false,
    })
}

function needed(value: unknown): Value {
  if (value instanceof ProblemError) throw value
  return value as Value
}

/** A value as it leaves a template: a filter may have found nothing for some item of a list. */
function whole(value: unknown, index: number, run: Run): Value {
  const found = needed(value)
  const lacking = Array.isArray(found)
    ? (found as unknown[]).find((item) => item instanceof Undefined)
    : undefined
  if (lacking instanceof Undefined) throw run.missing(run.sites[index]!, lacking.message)
  return found
}

function follow(head: unknown, index: number, run: Run): Value | ProblemError {
  const site = run.sites[index]!
  if (head === undefined) return missingName(site, run)
  if (head instanceof ProblemError) return head
  const tail = site.tail ?? []
  let at = 0
  let value = head as Value | VariableScope
  if (value === run.scope) {
    const name = tail[at++]
    if (name === undefined) return run.problem(site, 'this stands for all variables here; name one')
    const found = run.variable(name)
    if (found === undefined) return missingVariable(name, site, run)
    if (found instanceof ProblemError) return found
    value = found
  }
  for (; at < tail.length; at += 1) {
    const found = member(value as Value, tail[at]!)
    if (found === undefined) return missingMember(value as Value, at, site, run)
    value = found
  }
  return value as Value
}

/** What a map or list holds under a name of its own; texts have no parts. */
function member(value: Value, name: string): Value | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as ValueMap)[name]
}

function missingName(site: SourceMapEntry, run: Run): MissingError {
  if (site.head === undefined) return run.missing(site, 'there is nothing around this block')
  if (site.head.startsWith('@')) return run.missing(site, `${site.head} is known inside #each only`)
  return missingVariable(site.head, site, run)
}

function missingVariable(name: string, site: SourceMapEntry, run: Run): MissingError {
  return run.missing(site, `unknown variable "${name}"`, didYouMean(name, run.scope.names()))
}

function missingMember(value: Value, at: number, site: SourceMapEntry, run: Run): MissingError {
  const tail = site.tail ?? []
  const name = tail[at]!
  const owner = [site.head ?? 'this', ...tail.slice(0, at)].join('.')
  if (isMap(value)) {
    return run.missing(site, `"${owner}" has no "${name}"`, didYouMean(name, Object.keys(value)))
  }
  if (Array.isArray(value)) {
    const size = value.length === 1 ? '1 item' : `${value.length} items`
    return run.missing(site, `"${owner}" is a list of ${size} and has no "${name}"`)
  }
  return run.missing(site, `"${owner}" is ${shown(value)} and has no "${name}"`)
}

function callHelper(args: unknown[]): Value | ProblemError {
  const { hash, data } = args.pop() as Handlebars.HelperOptions
  const run = data.run as Run
  const site = run.sites[args.shift() as number]!
  const helper = site.helper!
  const given = args as (Value | ProblemError)[]
  for (const value of Object.values(hash)) if (value instanceof ProblemError) return value
  if (!helper.lazy) for (const value of given) if (value instanceof ProblemError) return value
  try {
    const result = helper.call(given, { named: hash, scope: run.scope })
    if (result !== undefined) return result
    const args = given.map((value) => (value instanceof ProblemError ? '?' : shown(value))).join(' ')
    return run.missing(site, `${helper.name} finds nothing for ${args}`)
  } catch (error) {
    return error instanceof ProblemError
      ? error
      : run.problem(site, `${helper.name}: ${(error as Error).message}`)
  }
}

function iterable(value: Value, index: number, run: Run): Value {
  if (value === null || (typeof value === 'object' && !(value instanceof Float))) return value
  throw run.problem(run.sites[index]!, `#each needs a list or a map, and ${shown(value)} is neither`)
}
