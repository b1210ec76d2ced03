import { typeName } from './type-name.ts'

/** What is missing, as far as it is known. */
export interface Missing {
  /** The variable, the attribute or the number of the item. */
  readonly name?: unknown
  /** What has no such attribute or item; left out for a variable. */
  readonly of?: unknown
  /** The whole message, in place of the usual one. */
  readonly hint?: string
}

/**
 * A value that is not there. It stays itself under attributes and items, so that the first thing that is missing is
 * named, and every other use of it raises an UndefinedError; only tests such as `is defined` and `default` take it.
 */
export class Undefined {
  readonly typeName = 'AnsibleUndefined'
  readonly missing: Missing

  constructor(missing: Missing) {
    this.missing = missing
  }

  /** Jinja's words for it: "'x' is undefined", "'dict object' has no attribute 'x'". */
  get message(): string {
    const { name, hint } = this.missing
    if (hint !== undefined) return hint
    if (!('of' in this.missing)) return `'${name}' is undefined`
    const { of } = this.missing
    const owner = of === null ? 'None' : `${typeName(of)} object`
    return typeof name === 'string'
      ? `'${owner}' has no attribute '${name}'`
      : `${owner} has no element ${name}`
  }

  fail(): never {
    throw new UndefinedError(this)
  }
}

/** An undefined value was used. Whoever evaluates adds the place, and what may have been meant. */
export class UndefinedError extends Error {
  readonly undefined: Undefined

  constructor(missing: Undefined) {
    super(missing.message)
    this.undefined = missing
  }
}
