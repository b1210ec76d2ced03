import { didYouMean } from '../values/problem.ts'

/** Arguments that are written `name=value`. */
export type Named = Readonly<Record<string, unknown>>

/** What a filter or a test can ask of the template that it is called in. */
export interface CallContext {
  /** What a filter gives, as `map('upper')` asks for it. */
  filter(name: string, value: unknown, args: readonly unknown[], named: Named): unknown
  /** What a test gives, as `select('odd')` asks for it. */
  test(name: string, value: unknown, args: readonly unknown[], named: Named): unknown
  hasFilter(name: string): boolean
  hasTest(name: string): boolean
}

/** A filter or a test: a function whose first argument stands before its name. */
export interface Callable {
  readonly name: string
  /** Its arguments as the documentation shows them: "old, new, count=none". */
  readonly usage: string
  /** One sentence for the documentation. */
  readonly help: string
  /** The file of a plugin that brings it. */
  readonly file?: string
  /** Why it cannot be given so many arguments and these by name, whatever their values; undefined if it can. */
  refusal?(count: number, named: readonly string[]): string | undefined
  /** Binds the arguments as Python does and does the work; throws an Error with a sentence. */
  call(context: CallContext, value: unknown, args: readonly unknown[], named: Named): unknown
}

/**
 * `name` when it must be given, `{ name: value }` when it may be left out, `*name` for all other arguments (those
 * behind it are given by name), `**name` for all other `name=value`.
 */
type Written = string | Readonly<Record<string, unknown>>

interface Parameter {
  readonly kind: 'one' | 'rest' | 'named'
  readonly name: string
  readonly optional: boolean
  readonly fallback: unknown
}

type Does = (this: CallContext, ...given: never[]) => unknown

/** Declares a filter. `does` gets the value and then an argument for each parameter. */
export function filter(name: string, parameters: readonly Written[], help: string, does: Does): Callable {
  return declared(name, `the filter "${name}"`, parameters, help, does)
}

/** Declares a test, which is a filter that says yes or no. */
export function test(name: string, parameters: readonly Written[], help: string, does: Does): Callable {
  return declared(name, `the test "${name}"`, parameters, help, does)
}

function declared(
  name: string,
  label: string,
  written: readonly Written[],
  help: string,
  does: Does,
): Callable {
  const parameters = written.flatMap(read)
  const usage = parameters.map(shown).join(', ')
  const isPlain = parameters.every(({ kind }) => kind === 'one')
  const needed = parameters.filter(({ optional }) => !optional).length
  const most = parameters.length
  const fallbacks = parameters.map(({ fallback }) => fallback)
  return {
    name,
    usage,
    help,
    refusal: (count, named) => {
      try {
        bind(parameters, Array(count).fill(null), Object.fromEntries(named.map((one) => [one, null])), label)
        return undefined
      } catch (error) {
        return (error as Error).message
      }
    },
    call: (context, value, args, named) => {
      const { length } = args
      if (isPlain && length >= needed && length <= most && isEmpty(named)) {
        // Nearly every call: nothing has to be looked for.
        if (most === 0) return does.call(context, value as never)
        const first = length > 0 ? args[0] : fallbacks[0]
        if (most === 1) return does.call(context, value as never, first as never)
        const second = length > 1 ? args[1] : fallbacks[1]
        if (most === 2) return does.call(context, value as never, first as never, second as never)
        return does.call(
          context,
          ...([value, first, second, ...args.slice(2), ...fallbacks.slice(Math.max(length, 2))] as never[]),
        )
      }
      return does.call(context, ...([value, ...bind(parameters, args, named, label)] as never[]))
    },
  }
}

function isEmpty(named: Named): boolean {
  for (const _ in named) return false
  return true
}

/** The same function under another name. */
export function alias(name: string, callable: Callable): Callable {
  return { ...callable, name }
}

function read(written: Written): Parameter[] {
  if (typeof written !== 'string') {
    return Object.entries(written).map(([name, fallback]) => ({
      kind: 'one',
      name,
      optional: true,
      fallback,
    }))
  }
  const name = written.replace(/^\*+/, '')
  const kind = written.startsWith('**') ? 'named' : written.startsWith('*') ? 'rest' : 'one'
  return [{ kind, name, optional: false, fallback: undefined }]
}

function shown({ kind, name, optional, fallback }: Parameter): string {
  if (kind !== 'one') return `${kind === 'rest' ? '*' : '**'}${name}`
  return optional ? `${name}=${fallback === null ? 'none' : JSON.stringify(fallback)}` : name
}

function bind(
  declared: readonly Parameter[],
  args: readonly unknown[],
  named: Named,
  label: string,
): unknown[] {
  const left = { ...named }
  let at = 0
  let restSeen = false
  const bound = declared.map((parameter) => {
    switch (parameter.kind) {
      case 'rest': {
        const rest = args.slice(at)
        at = args.length
        restSeen = true
        return rest
      }
      case 'named':
        return left
      case 'one':
        break
    }
    const byName = Object.hasOwn(left, parameter.name)
    if (at < args.length && !restSeen) {
      if (byName) throw new Error(`${label} was given "${parameter.name}" twice`)
      at += 1
      return args[at - 1]
    }
    if (byName) {
      const value = left[parameter.name]
      delete left[parameter.name]
      return value
    }
    if (parameter.optional) return parameter.fallback
    throw new Error(`${label} needs "${parameter.name}"; it takes ${declared.map(shown).join(', ')}`)
  })
  if (at < args.length) throw tooMany(declared, args, label)
  if (!declared.some(({ kind }) => kind === 'named')) {
    for (const given in left) throw unknownName(given, declared, label)
  }
  return bound
}

function tooMany(declared: readonly Parameter[], args: readonly unknown[], label: string): Error {
  const takes = declared.length === 0 ? 'no arguments' : declared.map(shown).join(', ')
  return new Error(`${label} takes ${takes}; it was given ${args.length}`)
}

function unknownName(given: string, declared: readonly Parameter[], label: string): Error {
  const known = declared.filter(({ kind }) => kind === 'one').map((parameter) => parameter.name)
  const takes = declared.length === 0 ? 'no arguments' : declared.map(shown).join(', ')
  const hint = didYouMean(given, known) ?? `it takes ${takes}`
  return new Error(`${label} has no argument "${given}"; ${hint}`)
}
