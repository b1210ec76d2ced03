import { Float } from '../../values/float.ts'
import type { ProblemError } from '../../values/problem.ts'
import { isMap, type Value, type ValueMap } from '../../values/value.ts'
import type { VariableScope } from '../scope.ts'

/** What a helper can ask for; an argument of another kind is the user's mistake. */
interface Kinds {
  /** Text; numbers and booleans count as what they print. */
  text: string
  /** A number, or text that looks like one. */
  number: number
  list: Value[]
  map: ValueMap
  any: Value
  /** Anything, even the problem of having no value. */
  lazy: Value | ProblemError
}

type Kind = keyof Kinds

/** `name:kind`, `name?:kind` when it may be left out, `...name:kind` for all that follow. */
export type Parameter = `${string}:${Kind}`

type ArgumentOf<P extends Parameter> = P extends `${string}?:${infer K extends Kind}`
  ? Kinds[K] | undefined
  : P extends `${string}:${infer K extends Kind}`
    ? Kinds[K]
    : never

type ArgumentsOf<P extends readonly Parameter[]> = P extends readonly [
  infer First extends Parameter,
  ...infer Rest extends readonly Parameter[],
]
  ? First extends `...${string}:${infer K extends Kind}`
    ? Kinds[K][]
    : [ArgumentOf<First>, ...ArgumentsOf<Rest>]
  : []

/** What stands around a call: its `name=value` arguments, and the variables. */
export interface CallContext {
  readonly named: ValueMap
  readonly scope: VariableScope
}

/** A function of the template language. */
export interface Helper {
  readonly name: string
  /** As shown in the documentation: "text from to", "list [separator]". */
  readonly usage: string
  /** One sentence for the documentation. */
  readonly help: string
  /** Which arguments may be missing without it being an error when names are checked beforehand. */
  readonly optionalArguments?: 'all' | 'all but the last'
  /** Gets the problems of its arguments too, instead of failing with the first. */
  readonly lazy: boolean
  /** Takes arguments of any name as `name=value`. */
  readonly takesNamed?: boolean
  /** Why it cannot be given so many arguments and these by name, whatever their values; undefined if it can. */
  readonly refusal: (count: number, named: readonly string[]) => string | undefined
  /** Checks the arguments and does the work; throws an Error with a sentence. undefined: there is no such thing. */
  call(given: readonly (Value | ProblemError)[], around: CallContext): Value | ProblemError | undefined
}

/** Declares a helper: its arguments are checked and converted by their kinds before `does` sees them. */
export function helper<const P extends readonly Parameter[]>(
  name: string,
  parameters: P,
  help: string,
  does: (this: CallContext, ...args: ArgumentsOf<P>) => Value | ProblemError | undefined,
  more: Pick<Helper, 'optionalArguments' | 'takesNamed'> = {},
): Helper {
  const declared = parameters.map(read)
  const least = declared.filter((parameter) => !parameter.optional).length
  const most = declared.some((parameter) => parameter.rest) ? Number.POSITIVE_INFINITY : declared.length
  const usage = declared.map(({ label }) => label).join(' ')
  const refusal = (count: number): string | undefined =>
    count < least || count > most
      ? `takes ${usage || (more.takesNamed ? 'name=value...' : 'no arguments')}; it was given ${count}`
      : undefined
  const call: Helper['call'] = (given, around) => {
    const refused = refusal(given.length)
    if (refused !== undefined) throw new Error(refused)
    const args = given.map((value, index) => {
      const parameter = declared[Math.min(index, declared.length - 1)]!
      return convert(value, parameter.kind, parameter.name)
    })
    return does.apply(around, args as ArgumentsOf<P>)
  }
  const lazy = declared.some(({ kind }) => kind === 'lazy')
  return { name, usage, help, lazy, refusal, call, ...more }
}

function read(parameter: Parameter) {
  const [written, kind] = parameter.split(':') as [string, Kind]
  const rest = written.startsWith('...')
  const optional = rest || written.endsWith('?')
  const name = written.replace(/^\.\.\.|\?$/g, '')
  return { name, kind, rest, optional, label: rest ? `${name}...` : optional ? `[${name}]` : name }
}

function convert(value: Value | ProblemError, kind: Kind, name: string): unknown {
  if (kind === 'lazy' || kind === 'any') return value
  const plain = value as Value
  switch (kind) {
    case 'text':
      if (plain !== null && (typeof plain !== 'object' || plain instanceof Float)) return String(plain)
      throw new Error(`${name} must be text, and ${shown(plain)} is not`)
    case 'number': {
      const number = toNumber(plain)
      if (number !== undefined) return number
      throw new Error(`${name} must be a number, and ${shown(plain)} is not`)
    }
    case 'list':
      if (Array.isArray(plain)) return plain
      throw new Error(`${name} must be a list, and ${shown(plain)} is not`)
    case 'map':
      if (isMap(plain)) return plain
      throw new Error(`${name} must be a map, and ${shown(plain)} is not`)
  }
}

/** A number, or what a text that looks like one means; undefined for all else. */
export function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value
  if (value instanceof Float) return value.valueOf()
  if (typeof value !== 'string' || !/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value))
    return undefined
  return Number(value)
}

/** A value for a message: its JSON, cut short. */
export function shown(value: Value): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
