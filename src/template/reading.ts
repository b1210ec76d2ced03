import { outsideReads } from '../values/outside.ts'
import type { Value } from '../values/value.ts'

/** No variable has the name. */
export const NOTHING = Symbol('nothing')
/** It is made when it is asked for. */
export const COMPUTED = Symbol('computed')
/** Nothing that could be compared says what it is. */
export const UNTELLABLE = Symbol('untellable')

/**
 * What stands behind a name: the node that is rendered for it, or a value. Where all names that a template has read, and
 * those that they were made of, stand for the same, the template gives the same.
 */
export type Binding = object | Value | typeof NOTHING | typeof COMPUTED | typeof UNTELLABLE

/** Variables that say what stands behind their names. */
interface Bound {
  binding(name: string): Binding
}

/** The names that were read of some variables, those too that their values were made of, and what stood behind each. */
export class Reading {
  readonly #found = new Map<string, Binding>()
  readonly #outside = outsideReads()

  note(name: string, binding: Binding): void {
    if (!this.#found.has(name)) this.#found.set(name, binding)
  }

  /** What was read of these variables; undefined when more than variables was, or what cannot be compared. */
  end(variables: Bound): ReadonlyMap<string, Binding> | undefined {
    if (outsideReads() !== this.#outside) return undefined
    for (const [name, binding] of this.#found) {
      const told = binding === COMPUTED ? variables.binding(name) : binding
      if (told === UNTELLABLE) return undefined
      this.#found.set(name, told)
    }
    // What is computed just now may have read something, too.
    return outsideReads() === this.#outside ? this.#found : undefined
  }
}

/** Whether all that was read stands for the same in these variables. */
export function readsTheSame(read: ReadonlyMap<string, Binding>, variables: Bound): boolean {
  for (const [name, binding] of read) if (!isSame(binding, variables.binding(name))) return false
  return true
}

/** Longer lists are not compared: that costs what it saves. */
const COMPARED_AT_MOST = 100

function isSame(one: Binding, other: Binding): boolean {
  if (Object.is(one, other)) return one !== UNTELLABLE
  return (
    Array.isArray(one) &&
    Array.isArray(other) &&
    one.constructor === other.constructor &&
    one.length === other.length &&
    one.length <= COMPARED_AT_MOST &&
    one.every((item, index) => isPlain(item) && Object.is(item, other[index]))
  )
}

/** Whether a value says all of itself when it is compared. */
export function isPlain(value: Value): boolean {
  return typeof value !== 'object' || value === null
}

/** Whether a value that is made when it is asked for can be compared with another one. */
export function isTellable(value: Value): boolean {
  return isPlain(value) || (Array.isArray(value) && value.every(isPlain))
}
