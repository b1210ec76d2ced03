import { Tuple } from '../python/tuple.ts'
import { Undefined } from '../python/undefined.ts'
import { mapOf } from '../values/keys.ts'
import type { Evaluate } from './code.ts'
import { Invocable, type Named } from './opaque.ts'
import { Output } from './output.ts'
import { Frame } from './run.ts'

/** A macro, or the body of a call block, as it is compiled. Places are undefined for what it does not mention. */
export interface MacroCode {
  readonly name: string
  readonly parameters: readonly {
    readonly name: string
    readonly slot: number
    readonly fallback: Evaluate | undefined
  }[]
  readonly caller: number | undefined
  readonly varargs: number | undefined
  readonly kwargs: number | undefined
  readonly size: () => number
  readonly write: (frame: Frame, output: Output) => void
}

/** A macro within the frame in which it was defined. */
export class Macro extends Invocable {
  readonly #code: MacroCode

  constructor(code: MacroCode, frame: Frame) {
    super((args, named) => call(code, frame, args, named))
    this.#code = code
  }

  override attribute(name: string): unknown {
    const { name: own, parameters, caller, varargs, kwargs } = this.#code
    switch (name) {
      case 'name':
        return own
      case 'arguments':
        return Tuple.make(parameters.map((parameter) => parameter.name))
      case 'caller':
        return caller !== undefined
      case 'catch_varargs':
        return varargs !== undefined
      case 'catch_kwargs':
        return kwargs !== undefined
      default:
        return undefined
    }
  }
}

function call(code: MacroCode, around: Frame, args: readonly unknown[], named: Named): unknown {
  const { run } = around
  return run.deeper(() => {
    const frame = new Frame(around.instance, code.size(), around)
    bind(code, frame, args, named)
    const output = new Output()
    frame.guard(() => code.write(frame, output))
    return run.captured(output.text)
  })
}

function bind(code: MacroCode, frame: Frame, args: readonly unknown[], named: Named): void {
  const { slots } = frame
  const left = new Map(Object.entries(named))
  code.parameters.forEach(({ name, slot }, index) => {
    if (index < args.length) {
      if (left.has(name)) throw new Error(`the macro "${code.name}" is given "${name}" twice`)
      slots[slot] = args[index]
    } else if (left.has(name)) {
      slots[slot] = left.get(name)
      left.delete(name)
    }
  })
  for (const { name, slot, fallback } of code.parameters) {
    if (slots[slot] !== undefined) continue
    slots[slot] = fallback === undefined ? notGiven(name) : fallback(frame)
  }
  bindOthers(code, slots, args.slice(code.parameters.length), left)
}

function notGiven(name: string): Undefined {
  return new Undefined({ name, hint: `the parameter "${name}" is not given` })
}

function bindOthers(
  code: MacroCode,
  slots: unknown[],
  rest: readonly unknown[],
  left: Map<string, unknown>,
): void {
  const { caller, varargs, kwargs } = code
  if (caller !== undefined) {
    slots[caller] = left.get('caller') ?? new Undefined({ name: 'caller', hint: 'No caller defined' })
    left.delete('caller')
  }
  if (kwargs !== undefined) slots[kwargs] = mapOf(left)
  else if (left.size > 0) {
    throw new Error(`the macro "${code.name}" has no parameter "${[...left.keys()][0]}"`)
  }
  if (varargs !== undefined) slots[varargs] = Tuple.make(rest.slice())
  else if (rest.length > 0) {
    const { length } = code.parameters
    throw new Error(
      `the macro "${code.name}" takes ${length === 1 ? '1 argument' : `${length} arguments`} at most`,
    )
  }
}
