import { PythonObject } from '../python/object.ts'

/** Keyword arguments of a call. */
export type Named = Readonly<Record<string, unknown>>

/** One of Jinja's own objects: it has attributes, and no order, sum or JSON. */
export abstract class Opaque extends PythonObject {
  attribute(_name: string): unknown {
    return undefined
  }

  repr(): string {
    return `<${this.typeName}>`
  }

  toString(): string {
    return this.repr()
  }

  plus(): undefined {}

  minus(): undefined {}

  compare(): undefined {}

  toJsonText(): string {
    throw new Error(`a ${this.typeName} has no JSON`)
  }
}

/** Something that templates can call: a macro, a global, a block. */
export class Invocable extends Opaque {
  readonly typeName = 'function'
  readonly invoke: (args: readonly unknown[], named: Named) => unknown

  constructor(invoke: (args: readonly unknown[], named: Named) => unknown) {
    super()
    this.invoke = invoke
  }
}
