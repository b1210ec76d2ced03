import { typeName } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import type { Import, Include } from './ast.ts'
import { Opaque } from './opaque.ts'
import { Output } from './output.ts'
import { Context, type Frame, Instance, type Located } from './run.ts'
import type { Home } from './scopes.ts'

/** Names that can be seen from a place in a template, and where they may be held. */
export type Visible = readonly (readonly [string, readonly Home[]])[]

/** The template of this name, or the first that there is of several. Throws an Error with a sentence. */
export function locate(named: unknown, frame: Frame): Located {
  const found = find(named, frame)
  if (found !== undefined) return found
  throw new Error(
    Array.isArray(named) ? `there is none of ${named.join(', ')}` : `there is no template "${named}"`,
  )
}

function find(named: unknown, frame: Frame): Located | undefined {
  for (const name of Array.isArray(named) ? named : [named]) {
    if (name instanceof Undefined) name.fail()
    if (typeof name !== 'string')
      throw new Error(`a template has a text for its name, not a ${typeName(name)}`)
    const found = frame.run.surroundings.template?.(name, frame.instance.locate(0, 0).source)
    if (found !== undefined) return found
  }
  return undefined
}

/** Writes another template. */
export function include(node: Include, named: unknown, visible: Visible, frame: Frame, output: Output): void {
  const found = node.ignoreMissing ? find(named, frame) : locate(named, frame)
  if (found === undefined) return
  const context = contextFor(node, visible, frame)
  const instance = new Instance(found.template, context, found.locate)
  frame.run.deeper(() => found.template.write(instance, output))
}

/** What another template has set at its top level. */
export function imported(node: Import, named: unknown, visible: Visible, frame: Frame): Module {
  const { template, locate: places } = locate(named, frame)
  const instance = new Instance(template, contextFor(node, visible, frame), places)
  const output = new Output()
  frame.run.deeper(() => template.write(instance, output))
  return new Module(String(named), instance.context, output.text)
}

function contextFor(node: { readonly withContext: boolean }, visible: Visible, frame: Frame): Context {
  const { context } = frame.instance
  return node.withContext ? context.with(frame.values(visible)) : new Context(frame.run, undefined, false)
}

/** An imported template: its macros and variables, but for those that begin with _. */
class Module extends Opaque {
  readonly typeName = 'TemplateModule'
  readonly #name: string
  readonly #context: Context
  readonly #text: string

  constructor(name: string, context: Context, text: string) {
    super()
    this.#name = name
    this.#context = context
    this.#text = text
  }

  override attribute(name: string): unknown {
    return name.startsWith('_') ? undefined : this.#context.vars?.get(name)
  }

  /** What stands for a name that the template does not set. */
  without(name: string): Undefined {
    return new Undefined({ name, hint: `the template "${this.#name}" has no "${name}"` })
  }

  override toString(): string {
    return this.#text
  }
}
