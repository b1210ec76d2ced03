import { PythonError } from '../errors.ts'
import { intOf } from '../numbers.ts'
import { typeName } from '../type-name.ts'
import { Undefined } from '../undefined.ts'

export type Named = { readonly [name: string]: unknown }

/** A method of a value, as it is called: with its arguments in order, and those that are given by name. */
export type Call<Self> = (self: Self, args: readonly unknown[], named: Named, name: string) => unknown

export type Methods<Self> = { readonly [name: string]: Call<Self> }

/**
 * Declares a method. `parameters` are its names, those that may be left out with a `?`; behind a `/` stands nothing and no
 * argument may be given by name. `does` gets undefined for what is left out.
 */
export function method<Self>(
  parameters: string,
  does: (self: Self, ...given: never[]) => unknown,
): Call<Self> {
  const words = parameters === '' ? [] : parameters.split(' ')
  const names = words.filter((word) => word !== '/').map((word) => word.replace('?', ''))
  const needed = words.filter((word) => word !== '/' && !word.endsWith('?')).length
  const byName = !words.includes('/')
  return (self, args, named, name) => {
    // Nearly every call: nothing has to be looked for.
    if (args.length === names.length && isEmpty(named)) return does(self, ...(args as never[]))
    const given = [...args]
    if (args.length > names.length) throw tooMany(name, names.length, args.length)
    for (const key in named) {
      const at = byName ? names.indexOf(key) : -1
      if (at === -1) throw wrong(`'${key}' is an invalid keyword argument for ${name}()`)
      if (at < args.length)
        throw wrong(`argument for ${name}() given by name ('${key}') and position (${at + 1})`)
      given[at] = named[key]
    }
    for (let at = 0; at < needed; at += 1)
      if (given[at] === undefined) throw wrong(`${name}() needs the argument "${names[at]}"`)
    return does(self, ...(given as never[]))
  }
}

function isEmpty(named: Named): boolean {
  for (const _ in named) return false
  return true
}

function tooMany(name: string, most: number, given: number): PythonError {
  const takes = most === 0 ? 'no arguments' : `at most ${most} argument${most === 1 ? '' : 's'}`
  return wrong(`${name}() takes ${takes} (${given} given)`)
}

function wrong(message: string): PythonError {
  return new PythonError('TypeError', message)
}

/** An argument that must be a text. Raises a TypeError. */
export function textArgument(value: unknown, what: string): string {
  if (typeof value === 'string') return value
  if (value instanceof Undefined) value.fail()
  throw wrong(`${what} must be str, not ${typeName(value)}`)
}

/** An argument that must be an int. Raises a TypeError. */
export function intArgument(value: unknown): number {
  if (value instanceof Undefined) value.fail()
  const int = intOf(value)
  if (int !== undefined) return Number(int)
  throw wrong(`'${typeName(value)}' object cannot be interpreted as an integer`)
}
