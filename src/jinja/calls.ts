import type { Callable } from '../filters/define.ts'
import { callContext } from '../filters/index.ts'
import { itemsOf } from '../python/sequence.ts'
import { isDict, typeName } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { keysOf, nameOf } from '../values/keys.ts'
import type { Arguments, Expression } from './ast.ts'
import type { Evaluate } from './code.ts'
import { Loop } from './loop.ts'
import { Invocable, type Named } from './opaque.ts'
import type { Frame } from './run.ts'

/** The arguments of a call. */
export interface Given {
  readonly args: (frame: Frame) => readonly unknown[]
  readonly named: (frame: Frame) => Named
}

const NO_ARGUMENTS: readonly unknown[] = Object.freeze([])
const NO_NAMES: Named = Object.freeze({})
const noArguments = (): readonly unknown[] => NO_ARGUMENTS
const noNames = (): Named => NO_NAMES

/** Makes functions of arguments. `more` gives named ones beside those that are written. */
export function givenArguments(
  node: Arguments,
  compile: (node: Expression) => Evaluate,
  more?: (frame: Frame) => Named,
): Given {
  const plain = plainArguments(node.args, compile)
  const rest = node.rest === undefined ? undefined : compile(node.rest)
  const restNamed = node.restNamed === undefined ? undefined : compile(node.restNamed)
  const named = node.named.map(({ name, value }) => [name, compile(value)] as const)
  const args = rest === undefined ? plain : (frame: Frame) => [...plain(frame), ...itemsOf(rest(frame))]
  if (named.length === 0 && restNamed === undefined && more === undefined) return { args, named: noNames }
  return {
    args,
    named: (frame) => ({
      ...Object.fromEntries(named.map(([name, value]) => [name, value(frame)])),
      ...(restNamed && entriesOf(restNamed(frame))),
      ...more?.(frame),
    }),
  }
}

/** Those that are the same every time are made once. */
function plainArguments(
  nodes: readonly Expression[],
  compile: (node: Expression) => Evaluate,
): Given['args'] {
  if (nodes.length === 0) return noArguments
  if (nodes.every((node) => node.kind === 'literal')) {
    const values = Object.freeze(nodes.map((node) => node.value))
    return () => values
  }
  const args = nodes.map(compile)
  const [first] = args as [Evaluate]
  return args.length === 1 ? (frame) => [first(frame)] : (frame) => args.map((arg) => arg(frame))
}

function entriesOf(map: unknown): Named {
  if (map instanceof Undefined) map.fail()
  if (!isDict(map)) throw new Error(`behind ** a map is needed, and a ${typeName(map)} is none`)
  return Object.fromEntries(keysOf(map).map((key) => [nameOf(key), map[nameOf(key)]]))
}

/** Calls a macro, a global, a loop, a method. `what`: how it is written. Throws an Error with a sentence. */
export function invoke(callee: unknown, args: readonly unknown[], named: Named, what: string): unknown {
  if (callee instanceof Invocable) return callee.invoke(args, named)
  if (callee instanceof Loop) return callee.recur(args[0])
  if (callee instanceof Undefined) callee.fail()
  throw new Error(`"${what}" is of type ${typeName(callee)} and cannot be called`)
}

/** A filter or a test of a value. */
export function applied(callable: Callable, of: Evaluate, given: Given, node: Expression): Evaluate {
  if (given.args === noArguments && given.named === noNames) {
    return (frame) => {
      const value = of(frame)
      frame.at = node
      return callable.call(callContext, value, NO_ARGUMENTS, NO_NAMES)
    }
  }
  return (frame) => {
    const value = of(frame)
    const args = given.args(frame)
    const named = given.named(frame)
    frame.at = node
    return callable.call(callContext, value, args, named)
  }
}
