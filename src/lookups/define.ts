import type { FileOptions } from '../template/file-options.ts'
import type { VariableScope } from '../template/scope.ts'
import { toBoolean } from '../values/truth.ts'
import type { Value, ValueMap } from '../values/value.ts'

/** Folders of a role or play in which a file is looked for. */
export type Subfolder = 'files' | 'templates' | 'vars'

/** Who asks: the variables, and where files are looked for. */
export interface LookupContext {
  readonly variables: VariableScope
  /**
   * Renders a template file, with these variables over the others, as `options` say; `converts`: what looks like a list,
   * a map or a boolean becomes one. Raises ProblemError.
   */
  renderFile(path: string, more: ValueMap, converts: boolean, options?: FileOptions): Value
  /** The paths at which a file of the controller's is looked for, in Ansible's order. */
  paths(name: string, subfolder: Subfolder): string[]
  /** Where first_found looks: `templates` for a task that renders one, `vars` for include_vars. */
  readonly subfolder: Subfolder
  /** Folder of the playbook, absolute. */
  readonly folder: string
  /** Names of the hosts that patterns mean. */
  hosts(patterns: readonly string[]): string[]
  /** It is rendered for a task whose turn has not come: nothing may be done. */
  readonly isAhead: boolean
}

/**
 * What a lookup finds for its terms: always a list. `named` are its keyword arguments. Throws an Error with a
 * sentence, and ProblemError for what a template in it lacks.
 */
export type Lookup = (terms: readonly Value[], named: Named, context: LookupContext) => Value[]

/** A lookup, and what its documentation says of it. */
export interface DescribedLookup {
  readonly find: Lookup
  /** What its terms are, as it is written behind its name: "files". */
  readonly terms: string
  /** One sentence. */
  readonly help: string
  /** Its keyword arguments, with a sentence each. */
  readonly options?: Readonly<Record<string, string>>
  /** The file of a plugin that brings it. */
  readonly file?: string
}

/** Lookups by name. */
export type Lookups = Readonly<Record<string, DescribedLookup>>

/** The keyword arguments of a lookup. Unknown ones are passed over, as they are by Ansible. */
export class Named {
  readonly values: ValueMap

  constructor(values: ValueMap) {
    this.values = values
  }

  get(name: string): Value | undefined {
    return this.values[name] ?? undefined
  }

  text(name: string): string | undefined
  text(name: string, otherwise: string): string
  text(name: string, otherwise?: string): string | undefined {
    const value = this.get(name)
    return value === undefined ? otherwise : String(value)
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.get(name)
    return value === undefined ? otherwise : (toBoolean(value) ?? otherwise)
  }

  /** The same with arguments over them. */
  with(values: ValueMap): Named {
    return new Named({ ...this.values, ...values })
  }
}

/** What is one or many, as many: a text or number alone is a list of one. */
export function listed(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [value]
}

/** A term that must be a text. */
export function textTerm(name: string, term: Value): string {
  if (typeof term === 'string') return term
  throw new Error(`${name} takes texts, this is ${JSON.stringify(term)}`)
}
