import * as assert from 'uvu/assert'
import { readArguments } from '../../src/sdk/arguments.ts'
import type { Args, Change, Module, ModuleContext, Plan } from '../../src/sdk/module.ts'
import { batchedProbesOf, probeOutput } from '../../src/sdk/probe.ts'
import { Output } from '../../src/shell/output.ts'

/** Arguments as a task gives them. */
export type Raw = Readonly<Record<string, unknown>>

export const RUN: ModuleContext = { check: false, diff: false }
export const CHECK: ModuleContext = { check: true, diff: false }

/** What is wrong with raw arguments, as sentences. */
export function problemsOf(module: Module, raw: Raw): string[] {
  return readArguments(module, raw).problems.map((problem) => problem.message)
}

/** What the looks and the sh of a module's probe have printed: one after the other, or a text each. */
export type Printed = string | readonly string[]

/**
 * What a module plans for raw arguments when its probe has printed `printed`. One that looks acts if something is to
 * change, and only then.
 */
export function planOf(module: Module, raw: Raw, printed: Printed = '', view = RUN): Plan {
  const { args, problems } = readArguments(module, raw)
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('\n'))
  const plan = module.plan(args, stateOf(module, args, printed, view), view)
  if (!view.check) assertExact(plan)
  return plan
}

/** Nothing would carry out a change without an action, and an action without a change is never run. */
function assertExact({ changes, actions = [] }: Plan): void {
  assert.is(changes.length > 0, actions.length > 0, JSON.stringify({ changes, actions }))
}

/** What a module makes of what its probe has printed. */
export function stateOf(module: Module, args: Args, printed: Printed, view = RUN): unknown {
  const looks = batchedProbesOf(module.probe?.(args, view) ?? '')
  const whole = typeof printed === 'string' ? new Output(Buffer.from(printed)) : undefined
  const found = new Map<string, unknown>()
  for (const [index, look] of looks.entries()) {
    const output = whole ?? new Output(Buffer.from(printed[index]!))
    const read = look.read(output, look.items)
    for (const [at, item] of look.items.entries()) found.set(`${look.kind} ${item}`, read[at])
  }
  const output = probeOutput(({ kind }, item) => found.get(`${kind} ${item}`), looks)
  return module.parse?.(output, args, view)
}

/** Planned changes as rows of a table: what, before, after. */
export function rows({ changes }: Pick<Plan, 'changes'>): Change[keyof Change][][] {
  return changes.map(({ what, before, after }) => [what, before, after])
}
