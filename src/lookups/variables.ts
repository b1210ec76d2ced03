import { matching } from '../values/matching.ts'
import { MissingError } from '../values/missing.ts'
import { pythonRegExp } from '../values/regexp.ts'
import type { Value } from '../values/value.ts'
import { type Lookup, type LookupContext, textTerm } from './define.ts'

const env: Lookup = (terms, named) =>
  terms.map(
    (term) => process.env[textTerm('env', term).trim().split(/\s+/)[0]!] ?? named.get('default') ?? '',
  )

const vars: Lookup = (terms, named, context) =>
  terms.map((term) => {
    const name = textTerm('vars', term)
    const value = variableNamed(name, context)
    if (value !== undefined) return value
    const otherwise = named.get('default')
    if (otherwise !== undefined) return otherwise
    throw new MissingError({ message: `unknown variable "${name}"` })
  })

function variableNamed(name: string, { variables }: LookupContext): Value | undefined {
  return variables.has(name) ? variables.get(name) : undefined
}

const varnames: Lookup = (terms, _named, { variables }) =>
  terms.flatMap((term) => {
    if (typeof term !== 'string')
      throw new Error(`Invalid setting identifier, ${JSON.stringify(term)} is not a text`)
    const expression = expressionOf(term)
    return [...variables.names()].filter((text) =>
      matching({ expression, written: term, text }, () => expression.test(text)),
    )
  })

function expressionOf(term: string): RegExp {
  try {
    return pythonRegExp(term)
  } catch (error) {
    throw new Error(`Unable to use "${term}" as a search parameter: ${(error as Error).message}`)
  }
}

const inventory_hostnames: Lookup = (terms, _named, context) => {
  try {
    return context.hosts(terms.flat().map(String))
  } catch {
    return []
  }
}

export const variableLookups = { env, vars, varnames, inventory_hostnames }
