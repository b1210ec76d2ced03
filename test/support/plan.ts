import * as assert from 'uvu/assert'
import { readArguments } from '../../src/sdk/arguments.ts'
import type { Asked, Footprint } from '../../src/sdk/footprint.ts'
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
  return plannedOf(module, raw, printed, view).plan
}

/** What a module says then of what it has to do with. */
export function footprintOf(module: Module, raw: Raw, printed: Printed = ''): Footprint | undefined {
  return plannedOf(module, raw, printed, RUN).footprint
}

function plannedOf(module: Module, raw: Raw, printed: Printed, view: ModuleContext) {
  const { args, problems } = readArguments(module, raw)
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('\n'))
  const state = stateOf(module, args, printed, view)
  const plan = module.plan(args, state, view)
  if (!view.check) assertExact(plan)
  const footprint = plan.failed === undefined ? module.footprint?.of(args, state, plan, view) : undefined
  if (footprint !== undefined) assertFootprint(module, args, footprint, plan, view)
  return { plan, footprint }
}

/** What it says that it changes is something if it changes anything, and lies where it has said that it may. */
function assertFootprint(module: Module, args: Args, said: Footprint, plan: Plan, view: ModuleContext) {
  const { paths = [], names = [] } = said.writes === 'anything' ? {} : said.writes
  const isChanging = said.writes === 'anything' || paths.length + names.length > 0
  assert.is(isChanging, plan.changes.length > 0, JSON.stringify(said))
  const known = module.footprint?.paths?.(args) ?? []
  for (const path of [...(said.reads.paths ?? []), ...paths])
    assert.ok(known.includes(path), `${path} is none of ${known.join(', ')}`)
  for (const { of } of said.leaves ?? []) assert.ok([...paths, ...names].includes(of), `${of} is left`)
  const looks = batchedProbesOf(module.probe?.(args, view) ?? '')
  const isAsked = ({ look, item }: Asked) =>
    looks.some(({ kind, items }) => kind === look.kind && items.includes(item))
  for (const one of said.takes ?? []) {
    const { paths: read = [], names: told = [] } = said.reads
    assert.ok([...read, ...told].includes(one.of) && isAsked(one), `${one.of} is taken`)
  }
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
