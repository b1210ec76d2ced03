import { itemsOf } from '../python/sequence.ts'
import { isTrue } from './absent.ts'
import { assigner } from './assign.ts'
import type { For } from './ast.ts'
import type { Compiler, Execute } from './code.ts'
import { Loop } from './loop.ts'
import { Output } from './output.ts'
import { Frame } from './run.ts'
import { namesOfTarget, namesSetIn, type Scope } from './scopes.ts'

/** Goes over items. */
type Iterate = (frame: Frame, items: unknown, depth0: number, output: Output) => void

/** A loop. That of a recursive one has a frame of its own, as it runs within itself. */
export function compileFor(node: For, scope: Scope, compiler: Compiler): Execute {
  const of = compiler.expression(node.of, scope)
  const around = node.recursive ? scope.ownFrame([]) : scope
  const iterate = iteration(node, around, compiler)
  const run: Iterate = node.recursive
    ? (frame, items, depth0, output) => {
        const own = new Frame(frame.instance, around.frameSize(), frame)
        own.guard(() => iterate(own, items, depth0, output))
      }
    : iterate
  return (frame, output) => {
    const items = of(frame)
    frame.at = node.of
    run(frame, itemsOf(items), 0, output)
    return undefined
  }
}

function iteration(node: For, scope: Scope, compiler: Compiler): Iterate {
  const names = namesOfTarget(node.target)
  const inner = scope.inner(['loop', ...names, ...namesSetIn(node.body)])
  const assign = assigner(node.target, inner)
  const body = compiler.body(node.body, inner)
  const otherwise = compiler.inner(node.otherwise, scope)
  const chosen = node.condition === undefined ? undefined : choice(node, scope, compiler)
  const loopSlot = inner.slot('loop')
  const ownSlots = inner.slots().filter((slot) => slot !== loopSlot)
  const iterate: Iterate = (frame, given, depth0, output) => {
    const items = chosen === undefined ? itemsOf(given) : chosen(frame, itemsOf(given))
    const { length } = items
    frame.run.turns(length)
    const loop = new Loop(items, depth0, node.recursive ? again(frame) : undefined)
    for (let index = 0; index < length; index += 1) {
      for (const slot of ownSlots) frame.slots[slot] = undefined
      frame.slots[loopSlot] = loop
      loop.index0 = index
      frame.at = node.target
      assign(frame, items[index])
      if (body(frame, output) === 'break') break
    }
    for (const slot of ownSlots) frame.slots[slot] = undefined
    frame.slots[loopSlot] = undefined
    if (length === 0) otherwise(frame, output)
  }
  const again = (frame: Frame) => (items: unknown, depth0: number) => {
    const output = new Output()
    const { instance, up } = frame
    const own = new Frame(instance, frame.slots.length, up)
    frame.run.deeper(() => own.guard(() => iterate(own, items, depth0, output)))
    return frame.run.captured(output.text)
  }
  return iterate
}

/** The items for which the condition of a loop holds; it does not see the loop. */
function choice(node: For, scope: Scope, compiler: Compiler) {
  const inner = scope.inner(namesOfTarget(node.target))
  const assign = assigner(node.target, inner)
  const condition = node.condition!
  const value = compiler.expression(condition, inner)
  return (frame: Frame, items: readonly unknown[]) =>
    items.filter((item) => {
      frame.at = node.target
      assign(frame, item)
      const decides = value(frame)
      frame.at = condition
      return isTrue(decides)
    })
}
