import type { Body, Name, Parameter, Statement, Target } from './ast.ts'
import { partsOf } from './walk.ts'

/** Where a name may be held while a template runs: so many frames up, at a place of that frame. */
export interface Home {
  readonly up: number
  readonly slot: number
}

/** What is run with a frame of its own: a template, a macro, a block, a recursive loop. */
class Unit {
  size = 0
}

/** The names of a stretch of a template, and those of the stretches around it. */
export class Scope {
  readonly #slots = new Map<string, number>()
  readonly #unit: Unit
  readonly #outer: Scope | undefined
  /** Whether it belongs to the template itself and to no block or macro of it. */
  readonly ofTemplate: boolean

  private constructor(names: Iterable<string>, unit: Unit, outer: Scope | undefined, ofTemplate: boolean) {
    this.#unit = unit
    this.#outer = outer
    this.ofTemplate = ofTemplate
    for (const name of new Set(names)) {
      this.#slots.set(name, unit.size)
      unit.size += 1
    }
  }

  static ofTemplate(names: Iterable<string>): Scope {
    return new Scope(names, new Unit(), undefined, true)
  }

  static ofBlock(names: Iterable<string>): Scope {
    return new Scope(names, new Unit(), undefined, false)
  }

  /** A scope within the same frame. */
  inner(names: Iterable<string>): Scope {
    return new Scope(names, this.#unit, this, this.ofTemplate)
  }

  /** A scope with a frame of its own, such as a macro's. */
  ownFrame(names: Iterable<string>): Scope {
    return new Scope(names, new Unit(), this, false)
  }

  /** Whether what is set here is to be seen by blocks, and by whoever imports the template. */
  get isTopLevel(): boolean {
    return this.ofTemplate && this.#outer === undefined
  }

  /** How many places the frame needs; known when all in it is compiled. */
  frameSize(): number {
    return this.#unit.size
  }

  has(name: string): boolean {
    return this.#slots.has(name)
  }

  /** Where a name that is set here is held: by this scope or, for what an `if` sets, the one around. */
  home(name: string): number {
    return this.#slots.get(name) ?? this.#outer!.home(name)
  }

  /** The place of a name that this scope holds itself. */
  slot(name: string): number {
    return this.#slots.get(name)!
  }

  /** The places of all its own names. */
  slots(): number[] {
    return [...this.#slots.values()]
  }

  /** Where a name may be held, innermost first. */
  homes(name: string): Home[] {
    const found: Home[] = []
    let up = 0
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#outer) {
      const slot = scope.#slots.get(name)
      if (slot !== undefined) found.push({ up, slot })
      if (scope.#outer !== undefined && scope.#outer.#unit !== scope.#unit) up += 1
    }
    return found
  }

  /** All names that can be seen, each once. */
  visible(): Map<string, Home[]> {
    const found = new Map<string, Home[]>()
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#outer) {
      for (const name of scope.#slots.keys()) if (!found.has(name)) found.set(name, this.homes(name))
    }
    return found
  }
}

/** The names that statements set in their own scope: branches of an `if` belong to it. */
export function namesSetIn(body: Body): string[] {
  return body.flatMap(namesSetBy)
}

export function namesSetBy(statement: Statement): string[] {
  switch (statement.kind) {
    case 'set':
    case 'set block':
      return namesOfTarget(statement.target)
    case 'macro':
      return [statement.name]
    case 'import':
      return typeof statement.as === 'string' ? [statement.as] : statement.as.map((one) => one.as)
    case 'if':
      return [...statement.branches.map((branch) => branch.body), statement.otherwise].flatMap(namesSetIn)
    default:
      return []
  }
}

export function namesOfTarget(target: Target): string[] {
  if (target.kind === 'targets') return target.items.flatMap(namesOfTarget)
  return target.kind === 'name' ? [target.name] : []
}

/** What a macro is given beside its parameters, if it mentions it. */
const SPECIAL = ['caller', 'varargs', 'kwargs']

/** The names of a macro's own scope: its parameters, what its body sets, and what else it is given. */
export function namesOfMacro(parameters: readonly Parameter[], body: Body): string[] {
  const mentioned = new Set<unknown>()
  for (const part of partsOf([parameters, body])) {
    if (part.kind === 'name') mentioned.add((part as Name).name)
  }
  const special = SPECIAL.filter((name) => mentioned.has(name))
  return [...parameters.map(({ name }) => name), ...special, ...namesSetIn(body)]
}
