import { Undefined } from '../python/undefined.ts'
import { Invocable, Opaque } from './opaque.ts'
import { Output } from './output.ts'
import type { Context, Frame } from './run.ts'

/** The variable `self`: the blocks of a template by their names. */
class Self extends Opaque {
  readonly typeName = 'TemplateReference'
  readonly #context: Context

  constructor(context: Context) {
    super()
    this.#context = context
  }

  override attribute(name: string): unknown {
    const context = this.#context
    return context.blocks.has(name) ? new Invocable(() => blockText(context, name, 0)) : undefined
  }
}

export function selfOf({ instance }: Frame): unknown {
  return new Self(instance.context)
}

/** The variable `super` in a block that is so far up the chain of those that override each other. */
export function superOf(context: Context, name: string, depth: number): unknown {
  if (depth + 1 >= context.blocks.get(name)!.length) {
    return new Undefined({ name: 'super', hint: `there is no parent block called "${name}"` })
  }
  return new Invocable(() => blockText(context, name, depth + 1))
}

function blockText(context: Context, name: string, depth: number): unknown {
  const output = new Output()
  context.run.deeper(() => context.blocks.get(name)![depth]!.write(context, depth, output))
  return context.run.captured(output.text)
}
