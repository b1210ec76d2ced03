import { itemsOf } from '../python/sequence.ts'
import { isTrue } from './absent.ts'
import { assigner } from './assign.ts'
import type { For } from './ast.ts'
import type { Compiler, Evaluate, Execute } from './code.ts'
import { guarded } from './compile-expressions.ts'
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
    ? (frame, items, depth0, output) =>
        iterate(new Frame(frame.instance, around.frameSize(), frame), items, depth0, output)
    : iterate
  const start = guarded(node.of, (frame) => itemsOf(of(frame)))
  return (frame, output) => {
    run(frame, start(frame), 0, output)
    return undefined
  }
}

function iteration(node: For, scope: Scope, compiler: Compiler): Iterate {
  const names = namesOfTarget(node.target)
  const inner = scope.inner(['loop', ...names, ...namesSetIn(node.body)])
  const assign = guardedAssign(node, inner)
  const body = compiler.body(node.body, inner)
  const otherwise = compiler.inner(node.otherwise, scope)
  const chosen = node.condition === undefined ? undefined : choice(node, scope, compiler)
  const loopSlot = inner.slot('loop')
  const ownSlots = inner.slots().filter((slot) => slot !== loopSlot)
  const iterate: Iterate = (frame, given, depth0, output) => {
    const items = chosen === undefined ? itemsOf(given) : chosen(frame, itemsOf(given))
    const { length } = items
    const loop = new Loop(items, depth0, node.recursive ? again(frame) : undefined)
    for (let index = 0; index < length; index += 1) {
      for (const slot of ownSlots) frame.slots[slot] = undefined
      frame.slots[loopSlot] = loop
      loop.index0 = index
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
    frame.run.deeper(() => iterate(new Frame(instance, frame.slots.length, up), items, depth0, output))
    return frame.run.captured(output.text)
  }
  return iterate
}

function guardedAssign(node: For, scope: Scope): (frame: Frame, item: unknown) => void {
  const assign = assigner(node.target, scope)
  return (frame, item) => {
    try {
      frame.at = node.target
      assign(frame, item)
    } catch (error) {
      throw frame.fault(error)
    }
  }
}

/** The items for which the condition of a loop holds; it does not see the loop. */
function choice(node: For, scope: Scope, compiler: Compiler) {
  const inner = scope.inner(namesOfTarget(node.target))
  const assign = guardedAssign(node, inner)
  const condition: Evaluate = compiler.expression(node.condition!, inner)
  const holds = guarded(node.condition!, (frame) => isTrue(condition(frame)))
  return (frame: Frame, items: readonly unknown[]) =>
    items.filter((item) => {
      assign(frame, item)
      return holds(frame)
    })
}
