import { readArguments } from '../../src/modules/arguments.ts'
import type { Change, Module, Plan, View } from '../../src/modules/module.ts'

export const RUN: View = { check: false, diff: false }
export const CHECK: View = { check: true, diff: false }

/** The faults of raw arguments, as sentences. */
export function faultsOf(module: Module, raw: Readonly<Record<string, unknown>>): string[] {
  return readArguments(module, raw).faults.map((fault) => fault.message)
}

/** What a module plans for raw arguments when its probe has printed `output`. */
export function planOf(
  module: Module,
  raw: Readonly<Record<string, unknown>>,
  output = '',
  view = RUN,
): Plan {
  const { args, faults } = readArguments(module, raw)
  if (faults.length > 0) throw new Error(faults.map((fault) => fault.message).join('\n'))
  const bytes = Buffer.from(output)
  return module.plan(args, module.parse?.({ bytes, text: output }, args), view)
}

/** Planned changes as rows of a table: what, before, after. */
export function rows({ changes }: Pick<Plan, 'changes'>): Change[keyof Change][][] {
  return changes.map(({ what, before, after }) => [what, before, after])
}
