import { ConnectionError } from '../../inventory/connection/variables.ts'
import type { Loop, Step } from '../../playbook/ast.ts'
import type { ItemResult } from '../../protocol/event.ts'
import { BecomeError } from '../../remote/become.ts'
import { Unreachable } from '../../remote/channel.ts'
import type { TemplateContext } from '../../template/context.ts'
import { MissingError } from '../../values/missing.ts'
import { ProblemError } from '../../values/problem.ts'
import type { ValueMap } from '../../values/value.ts'
import { ArgumentsRefused } from '../arguments.ts'
import { Interrupted } from '../interrupt.ts'
import { type LoopItem, labelOf, loopItems, shownItem } from '../loop.ts'
import { numberOf } from '../number.ts'
import * as results from '../results.ts'
import { type Hidden, hiddenBecause } from './no-log.ts'
import { markIgnored, toRegistered } from './outcome-conditions.ts'
import { StepFailed } from './run-module.ts'

/** One item of a loop, or a step without one. What it throws is a failure of the step. */
export type Work = (scope: TemplateContext, item: ValueMap) => Promise<results.Outcome>

export interface LoopEvents {
  /** Before each item. Raises Interrupted when no more may begin. */
  onTurn(): Promise<void>
  onItem(item: ItemResult & Hidden): void
  pause(seconds: number): Promise<void>
}

/** The outcome of a step, or of all items of its loop. Raises Interrupted. */
export async function looped(
  step: Pick<Step, 'inherited'> & { readonly loop: Loop | undefined },
  scope: TemplateContext,
  work: Work,
  events: LoopEvents,
): Promise<results.Outcome> {
  const { loop } = step
  if (loop === undefined) return concluded(step, scope, await caught(() => work(scope, {})))
  let items: Awaited<ReturnType<typeof loopItems>>
  let pause: number
  try {
    items = await loopItems(loop, scope, step.inherited.when)
    pause = numberOf(scope, loop.pause, 'pause', 0)
  } catch (error) {
    return concluded(step, scope, explained(error))
  }
  if (!Array.isArray(items)) {
    return concluded(step, scope, results.skippedResult('conditional result was false', items.condition))
  }
  const done: (ItemResult & Hidden)[] = []
  for (const turn of items) {
    if (pause > 0 && done.length > 0) await events.pause(pause)
    await events.onTurn()
    const item = await itemOf(step, loop, scope.with(turn.variables), turn, work)
    done.push(item)
    events.onItem(item)
    if (item.status === 'unreachable' && !item.ignored) break
  }
  return done.length === 0 ? concluded(step, scope, results.loopResult([])) : results.loopResult(done)
}

async function itemOf(
  step: Pick<Step, 'inherited'>,
  loop: Loop,
  scope: TemplateContext,
  turn: LoopItem,
  work: Work,
): Promise<ItemResult & Hidden> {
  const started = performance.now()
  let outcome = await caught(() => work(scope, turn.variables))
  let label = shownItem(turn.value)
  try {
    label = labelOf(loop, scope, turn)
  } catch (error) {
    outcome = results.alsoFailed(outcome, explained(error))
  }
  const end = concluded(step, scope, outcome)
  const values = { ...toRegistered(end), ...turn.variables }
  return { ...end, values, label, seconds: (performance.now() - started) / 1000 }
}

/** An outcome with what ignore_errors and no_log make of it. */
export function concluded(
  step: Pick<Step, 'inherited'>,
  scope: TemplateContext,
  outcome: results.Outcome,
): results.Outcome {
  const end = markIgnored(step, scope, outcome)
  const hidden = hiddenBecause(step, scope)
  return hidden === undefined ? end : { ...end, hidden }
}

/** What work comes to; what it throws is a failure. Raises Interrupted. */
export async function caught(work: () => Promise<results.Outcome>): Promise<results.Outcome> {
  try {
    return await work()
  } catch (error) {
    return explained(error)
  }
}

/** An error as the failure that it is; Interrupted is none, and is raised. */
export function explained(error: unknown): results.Outcome {
  if (error instanceof MissingError) return results.missingResult(error)
  if (error instanceof ArgumentsRefused) return results.problemsResult(error.problems, error.values)
  if (error instanceof ProblemError) return results.problemsResult(error.problems)
  if (error instanceof StepFailed) return results.stepFailedResult(error)
  if (error instanceof BecomeError) return results.becomeFailedResult(error)
  if (error instanceof Unreachable) return results.unreachableResult(error)
  if (error instanceof ConnectionError) return results.failedResult(error.message, {}, error.hint)
  if (error instanceof Interrupted) throw error
  return results.failedResult(error instanceof Error ? error.message : String(error))
}
