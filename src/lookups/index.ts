import { didYouMean, ProblemError } from '../values/problem.ts'
import type { Value, ValueMap } from '../values/value.ts'
import { commandLookups } from './commands.ts'
import { type DescribedLookup, type Lookup, type LookupContext, type Lookups, Named } from './define.ts'
import { fileLookups } from './files.ts'
import { listLookups } from './lists.ts'
import { passwordLookups } from './password.ts'
import { sequenceLookups } from './sequence.ts'
import { tableLookups } from './tables.ts'
import { variableLookups } from './variables.ts'

/** Every lookup by its name. */
export const lookups: Lookups = {
  ...listLookups,
  ...fileLookups,
  ...tableLookups,
  ...variableLookups,
  ...commandLookups,
  ...passwordLookups,
  ...sequenceLookups,
}

/** What plugins of a run bring, by name; it stands over what is here. */
export const addedLookups = new Map<string, DescribedLookup>()

/** A lookup by the name that users write, with or without its collection; undefined if there is none. */
export function lookupNamed(name: string): Lookup | undefined {
  const plain = name.replace(/^(ansible\.(builtin|legacy)|community\.general)\./, '')
  return (addedLookups.get(name) ?? (Object.hasOwn(lookups, plain) ? lookups[plain] : undefined))?.find
}

/** What is said of a lookup that is not there. */
export function unknownLookup(name: string): { message: string; hint: string | undefined } {
  return { message: `unknown lookup "${name}"`, hint: didYouMean(name, Object.keys(lookups)) }
}

/**
 * What `lookup('name', terms, ...)` is in a template: the texts found joined by commas, one value that is no text as
 * it is, the list itself under `wantlist`. `errors` (strict, warn, ignore) says what becomes of a failure. Throws an
 * Error with a sentence, and ProblemError for what a template lacks.
 */
export function lookUp(
  name: string,
  terms: readonly Value[],
  given: ValueMap,
  context: LookupContext,
): Value {
  const lookup = lookupNamed(name)
  if (lookup === undefined) {
    const { message, hint } = unknownLookup(name)
    throw new Error(hint === undefined ? message : `${message}; ${hint}`)
  }
  const { wantlist = false, errors = 'strict', ...named } = given
  try {
    const found = lookup(terms, new Named(named), context)
    return wantlist === true || found.length === 0 ? found : joined(found)
  } catch (error) {
    if (errors === 'strict' || error instanceof ProblemError) throw error
    return wantlist === true ? [] : null
  }
}

function joined(found: Value[]): Value {
  if (found.every((one) => typeof one === 'string')) return found.join(',')
  return found.length === 1 ? found[0]! : found
}
