import { str } from '../python/text.ts'
import { typeName } from '../python/type-name.ts'
import { controllerVariable } from '../values/controller-files.ts'
import { matching } from '../values/matching.ts'
import { ProblemError } from '../values/problem.ts'
import { pythonRegExp } from '../values/regexp.ts'
import type { Value } from '../values/value.ts'
import { type Lookup, type LookupContext, type Lookups, textTerm } from './define.ts'

const env: Lookup = (terms, named) =>
  terms.map(
    (term) => controllerVariable(textTerm('env', term).trim().split(/\s+/)[0]!) ?? named.get('default') ?? '',
  )

const vars: Lookup = (terms, named, context) =>
  terms.map((term) => {
    const name = settingNamed(term)
    const value = variableNamed(name, context)
    if (value !== undefined) return value
    const otherwise = named.get('default')
    if (otherwise !== undefined) return otherwise
    throw new ProblemError({ message: `No variable found with this name: ${name}` })
  })

function settingNamed(term: Value): string {
  if (typeof term === 'string') return term
  throw new Error(
    `Invalid setting identifier, "${str(term)}" is not a string, its a <class '${typeName(term)}'>`,
  )
}

function variableNamed(name: string, { variables }: LookupContext): Value | undefined {
  return variables.has(name) ? variables.get(name) : undefined
}

const varnames: Lookup = (terms, _named, { variables }) =>
  terms.flatMap((term) => {
    const written = settingNamed(term)
    const expression = expressionOf(written)
    return [...variables.names()].filter((text) =>
      matching({ expression, written, text }, () => expression.test(text)),
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

export const variableLookups: Lookups = {
  env: {
    find: env,
    terms: 'names',
    help: "Variables of the controller's environment.",
    options: { default: 'What is given for one that is not set.' },
  },
  vars: {
    find: vars,
    terms: 'names',
    help: 'The values of variables.',
    options: { default: 'What is given for one that is not defined.' },
  },
  varnames: {
    find: varnames,
    terms: 'patterns',
    help: 'The names of variables that match regular expressions.',
  },
  inventory_hostnames: {
    find: inventory_hostnames,
    terms: 'patterns',
    help: 'The names of the hosts that patterns mean.',
  },
}
