import type { Arguments, Body, Expression, Parameter, Statement } from './ast.ts'
import { globalNames } from './globals.ts'
import { namesOfTarget, namesSetBy } from './scopes.ts'
import { type UnknownCall, unknownArgument, unknownFilter, unknownTest } from './unknown-calls.ts'
import { partsOf } from './walk.ts'

/** A name that a template takes from the variables; offsets into its text. */
interface FreeName {
  readonly name: string
  readonly start: number
  readonly end: number
  /** It may be missing without that being an error, as far as the text shows. */
  readonly guarded: boolean
}

/** `guarded`: it may never be reached, as far as the text shows. */
type GuardedCall = UnknownCall & { readonly guarded: boolean }

/** What Jinja itself sets. */
const OWN = ['loop', 'self', 'super', 'caller', 'varargs', 'kwargs', ...globalNames]

/** Filters that take what is undefined. */
const LENIENT = ['default', 'd', 'type_debug']

/**
 * The names that a template asks the variables for. Those that are surely used are not guarded: what is printed,
 * computed with, compared or gone over, outside of branches, loops and macros. What is only handed on may be undefined.
 * The filters and tests that are not there are found besides.
 */
export function freeNamesIn(body: Body): { names: FreeName[]; unknown: GuardedCall[] } {
  const finder = new Finder(body)
  finder.body(
    body,
    [...partsOf(body)].some(({ kind }) => kind === 'extends'),
  )
  return { names: finder.found, unknown: finder.unknown }
}

class Finder {
  readonly found: FreeName[] = []
  readonly unknown: GuardedCall[] = []
  readonly #bound: ReadonlySet<string>

  constructor(body: Body) {
    this.#bound = new Set([...OWN, ...boundNamesIn(body)])
  }

  body(body: Body, guarded: boolean): void {
    for (const statement of body) this.#statement(statement, guarded)
  }

  #statement(node: Statement, guarded: boolean): void {
    switch (node.kind) {
      case 'print':
        this.#expression(node.value, guarded)
        break
      case 'if':
        node.branches.forEach(({ condition, body }, index) => {
          this.#expression(condition, guarded || index > 0)
          this.body(body, true)
        })
        this.body(node.otherwise, true)
        break
      case 'for':
        this.#expression(node.of, guarded)
        this.#optional(node.condition)
        this.body([...node.body, ...node.otherwise], true)
        break
      case 'set':
      case 'do':
        this.#expression(node.value, guarded || node.kind === 'set')
        break
      case 'set block':
      case 'filter block':
        this.body(node.body, guarded)
        this.#optional(node.filter)
        break
      case 'with':
        for (const { value } of node.bindings) this.#optional(value)
        this.body(node.body, guarded)
        break
      case 'macro':
        this.#parameters(node.parameters)
        this.body(node.body, true)
        break
      case 'call block':
        this.#parameters(node.parameters)
        this.#expression(node.call, guarded)
        this.body(node.body, true)
        break
      case 'block':
      case 'scope':
        this.body(node.body, guarded)
        break
      case 'extends':
      case 'include':
      case 'import':
        this.#expression(node.template, guarded || (node.kind === 'include' && node.ignoreMissing))
    }
  }

  #parameters(parameters: readonly Parameter[]): void {
    for (const { fallback } of parameters) this.#optional(fallback)
  }

  #optional(node: Expression | undefined): void {
    if (node !== undefined) this.#expression(node, true)
  }

  #called(unknown: UnknownCall | undefined, guarded: boolean): void {
    if (unknown !== undefined) this.unknown.push({ ...unknown, guarded })
  }

  #arguments({ args, named, rest, restNamed }: Arguments): void {
    for (const value of [...args, ...named.map((one) => one.value), rest, restNamed]) this.#optional(value)
  }

  #expression(node: Expression, guarded: boolean): void {
    switch (node.kind) {
      case 'name':
        if (!this.#bound.has(node.name)) {
          this.found.push({ name: node.name, start: node.start, end: node.end, guarded })
        }
        break
      case 'tuple':
      case 'list':
        for (const item of node.items) this.#optional(item)
        break
      case 'dict':
        for (const item of node.pairs.flat()) this.#optional(item)
        break
      case 'attribute':
        this.#expression(node.of, guarded)
        break
      case 'item':
        this.#expression(node.of, guarded)
        this.#expression(node.index, guarded)
        break
      case 'slice':
        for (const bound of [node.from, node.to, node.step]) this.#optional(bound)
        break
      case 'call':
        this.#expression(node.of, guarded)
        this.#arguments(node)
        break
      case 'filter':
        this.#called(unknownFilter(node) ?? unknownArgument(node), guarded)
        if (node.of !== undefined) this.#expression(node.of, guarded || isLenient(node.name))
        this.#arguments(node)
        break
      case 'test':
        this.#called(unknownTest(node), guarded)
        this.#optional(node.of)
        this.#arguments(node)
        break
      case 'not':
      case 'negative':
      case 'positive':
        this.#expression(node.of, guarded)
        break
      case 'and':
      case 'or':
        this.#expression(node.left, guarded)
        this.#optional(node.right)
        break
      case 'binary':
        this.#expression(node.left, guarded)
        this.#expression(node.right, guarded)
        break
      case 'concat':
        for (const part of node.parts) this.#expression(part, guarded)
        break
      case 'compare':
        this.#expression(node.first, guarded)
        node.others.forEach(({ right }, index) => {
          this.#expression(right, guarded || index > 0)
        })
        break
      case 'choice':
        this.#expression(node.condition, guarded)
        this.#optional(node.yes)
        this.#optional(node.no)
    }
  }
}

function isLenient(filter: string): boolean {
  return LENIENT.includes(filter.split('.').at(-1)!)
}

/** The names that a template sets anywhere; what holds in which scope is not distinguished. */
function boundNamesIn(body: Body): string[] {
  return [...partsOf(body)].flatMap((part) => namesBoundBy(part as Statement))
}

/** The names that a part of a template sets. */
export function namesBoundBy(part: Statement): string[] {
  switch (part.kind) {
    case 'for':
      return namesOfTarget(part.target)
    case 'with':
      return part.bindings.flatMap(({ target }) => namesOfTarget(target))
    case 'macro':
      return [part.name, ...part.parameters.map(({ name }) => name)]
    case 'call block':
      return part.parameters.map(({ name }) => name)
    default:
      return namesSetBy(part)
  }
}
