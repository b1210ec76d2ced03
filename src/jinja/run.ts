import { str } from '../python/text.ts'
import { type Undefined, UndefinedError } from '../python/undefined.ts'
import { DEEPEST, TOO_DEEP } from '../values/depth.ts'
import { MissingError } from '../values/missing.ts'
import { didYouMean, ProblemError } from '../values/problem.ts'
import type { Source, SourceSpan } from '../values/source.ts'
import { Absent } from './absent.ts'
import { globalNames, globals } from './globals.ts'
import { literalOf } from './literal.ts'
import { Invocable, type Named } from './opaque.ts'
import type { Output } from './output.ts'
import { ownCopy } from './own-copy.ts'
import { finished } from './printed.ts'
import type { Home } from './scopes.ts'

/** What a template is rendered with. */
export interface Surroundings {
  /** A variable's value; undefined when there is none. Raises ProblemError, MissingError for what is undefined in it. */
  get(name: string): unknown
  names(): Iterable<string>
  lookup?(name: string, terms: readonly unknown[], named: Readonly<Record<string, unknown>>): unknown
  /** The template that an include, import or extends in `from` names; undefined when there is none. */
  template?(name: string, from: Source): Located | undefined
}

/** A template made into functions. */
export interface Code {
  /** Whether it may change values that it gets, so that it gets its own. */
  readonly changes: boolean
  /** Writes it within a run. */
  write(instance: Instance, output: Output): void
}

export type Locate = (start: number, end: number) => SourceSpan

/** A template and where it stands. */
export interface Located {
  readonly template: Code
  readonly locate: Locate
}

/** Turns that the loops of an evaluation may have, all together: some ten seconds. */
const TURNS_AT_MOST = 50_000_000

/** One evaluation of a template and of all that it includes. */
export class Run {
  readonly surroundings: Surroundings
  /** Whether texts that look like lists or maps become such, as in the values of a playbook. */
  readonly converts: boolean
  /** Own copies of the variables, for templates that change what they get. */
  #copies: Map<string, unknown> | undefined
  #depth = 0
  #turns = 0

  constructor(surroundings: Surroundings, converts: boolean) {
    this.surroundings = surroundings
    this.converts = converts
  }

  /** A function that every template has; undefined when there is none. */
  global(name: string): unknown {
    return globals.get(name) ?? this.#lookupNamed(name)
  }

  /** A variable, or a global; undefined when there is neither. `copied`: for a template that may change it. */
  outside(name: string, copied: boolean): unknown {
    const value = this.#variable(name)
    if (value === undefined) return this.global(name)
    if (!copied || typeof value !== 'object' || value === null) return value
    this.#copies ??= new Map()
    let copy = this.#copies.get(name)
    if (copy === undefined) {
      copy = ownCopy(value)
      this.#copies.set(name, copy)
    }
    return copy
  }

  #variable(name: string): unknown {
    try {
      return this.surroundings.get(name)
    } catch (error) {
      return undefinedFor(error, name)
    }
  }

  #lookupNamed(name: string): Invocable | undefined {
    switch (name) {
      case 'lookup':
        return new Invocable((args, named) => this.#lookup(args, named))
      case 'query':
      case 'q':
        return new Invocable((args, named) => this.#lookup(args, { ...named, wantlist: true }))
      default:
        return undefined
    }
  }

  #lookup([name, ...terms]: readonly unknown[], named: Named): unknown {
    const { surroundings } = this
    if (surroundings.lookup === undefined) throw new Error('there are no lookups here')
    try {
      return ownCopy(surroundings.lookup(str(name), terms.map(finished), named))
    } catch (error) {
      return undefinedFor(error, str(name))
    }
  }

  /** What the text of a macro or block becomes as a value. */
  captured(text: string): unknown {
    return this.converts ? literalOf(text) : text
  }

  /** Counts turns of loops: there is an end to them. */
  turns(count: number): void {
    this.#turns += count
    if (this.#turns > TURNS_AT_MOST) {
      throw new Error(`the loops of this template have more than ${TURNS_AT_MOST} turns`)
    }
  }

  /** Does something a level deeper: calls of macros, includes. */
  deeper<T>(work: () => T): T {
    if (this.#depth >= DEEPEST) throw new Error(TOO_DEEP)
    this.#depth += 1
    try {
      return work()
    } finally {
      this.#depth -= 1
    }
  }
}

/** What is undefined within a variable makes the variable undefined; it names the first. */
export function undefinedFor(error: unknown, name: string): Undefined {
  if (!(error instanceof MissingError)) throw error
  return new Absent({ name }, () => error.problems[0]!, error.variable)
}

/** Writes a block for a context, at its depth in the chain of those of its name. */
export interface BlockBody {
  write(context: Context, depth: number, output: Output): void
  /** It must be overridden. */
  readonly isRequired: boolean
}

/** The variables that the templates of a chain of `extends` share, and their blocks, those that override first. */
export class Context {
  readonly run: Run
  /** Names that a template has set at its top level, or that it was included with. */
  vars: Map<string, unknown> | undefined
  readonly blocks = new Map<string, BlockBody[]>()
  /** Whether the variables of the run are to be seen: an import is without them. */
  readonly #hasVariables: boolean

  constructor(run: Run, vars?: Map<string, unknown>, hasVariables = true) {
    this.run = run
    this.vars = vars
    this.#hasVariables = hasVariables
  }

  outside(name: string, copied: boolean): unknown {
    return this.#hasVariables ? this.run.outside(name, copied) : this.run.global(name)
  }

  set(name: string, value: unknown): void {
    this.vars ??= new Map()
    this.vars.set(name, value)
  }

  /** The same with other names on top; its blocks are those of this one. */
  with(vars: ReadonlyMap<string, unknown>): Context {
    const derived = new Context(this.run, new Map([...(this.vars ?? []), ...vars]), this.#hasVariables)
    for (const [name, bodies] of this.blocks) derived.blocks.set(name, bodies)
    return derived
  }

  names(): Iterable<string> {
    const known = this.#hasVariables ? this.run.surroundings.names() : []
    return [...(this.vars?.keys() ?? []), ...known, ...globalNames]
  }
}

/** A template within a run: what it has looked up so far. */
export class Instance {
  readonly template: Code
  readonly context: Context
  readonly locate: Locate
  /** The template that this one extends, once that is known, and how much was written before. */
  parent: (Located & { readonly written: number }) | undefined
  readonly #outside: unknown[] = []

  constructor(template: Code, context: Context, locate: Locate) {
    this.template = template
    this.context = context
    this.locate = locate
  }

  /** A name that no scope of the template has; undefined when there is none. `index`: its number in the template. */
  outside(name: string, index: number): unknown {
    const { vars } = this.context
    if (vars !== undefined) {
      const found = vars.get(name)
      if (found !== undefined) return found
    }
    const known = this.#outside[index]
    if (known !== undefined) return known
    const found = this.context.outside(name, this.template.changes)
    this.#outside[index] = found
    return found
  }

  extend(parent: Located, written: number): void {
    if (this.parent !== undefined) throw new Error('a template can extend one other, not two')
    this.parent = { ...parent, written }
  }

  /** The same with another context. */
  within(context: Context): Instance {
    return new Instance(this.template, context, this.locate)
  }
}

/** Offsets into the text of a template. */
export interface Place {
  readonly start: number
  readonly end: number
}

const NOWHERE: Place = { start: 0, end: 0 }

/** The names of one activation of a template, macro or block. */
export class Frame {
  readonly instance: Instance
  /** By place: undefined for those that are not set yet. */
  readonly slots: unknown[]
  readonly up: Frame | undefined
  /** What is being worked on: where something is wrong when an error is raised. */
  at: Place = NOWHERE

  constructor(instance: Instance, size: number, up?: Frame) {
    this.instance = instance
    this.slots = new Array(size).fill(undefined)
    this.up = up
  }

  /** The frame so many frames up. */
  above(up: number): Frame {
    let frame: Frame = this
    for (let left = up; left > 0; left -= 1) frame = frame.up!
    return frame
  }

  /** The values of the names that are set. */
  values(visible: readonly (readonly [string, readonly Home[]])[]): Map<string, unknown> {
    const found = new Map<string, unknown>()
    for (const [name, homes] of visible) {
      const home = homes.find(({ up, slot }) => this.above(up).slots[slot] !== undefined)
      if (home !== undefined) found.set(name, this.above(home.up).slots[home.slot])
    }
    return found
  }

  get run(): Run {
    return this.instance.context.run
  }

  /** Runs what belongs to this frame, and gives what goes wrong in it its place. Raises ProblemError. */
  guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw this.#fault(error)
    }
  }

  /** The problem that an error is in the part of the template that is being worked on. */
  #fault(error: unknown): ProblemError {
    if (error instanceof ProblemError) return error
    const place = this.instance.locate(this.at.start, this.at.end)
    if (error instanceof UndefinedError) {
      const missing = error.undefined
      if (missing instanceof Absent) return new MissingError(missing.problem(), missing.variable)
      return new MissingError({ message: error.message, place })
    }
    if (error instanceof RangeError && /call stack/.test(error.message)) {
      return new ProblemError({ message: TOO_DEEP, place })
    }
    return new ProblemError({ message: (error as Error).message, place })
  }

  /** Something undefined, for a name that is nowhere. */
  missingName(name: string, start: number, end: number): Absent {
    const { context, locate } = this.instance
    const problem = () => ({
      message: `unknown variable "${name}"`,
      place: locate(start, end),
      hint: didYouMean(name, context.names()),
    })
    return new Absent({ name }, problem, name)
  }
}
