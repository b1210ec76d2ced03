import type { Step, Task } from '../../playbook/ast.ts'
import type { TaskResult } from '../../protocol/event.ts'
import type { TemplateContext } from '../../template/context.ts'
import { ProblemError } from '../../values/problem.ts'
import type { ValueMap } from '../../values/value.ts'
import { alsoFailed, type Outcome, problemsResult } from '../results.ts'
import { flag } from './resolve.ts'

/** changed_when and failed_when have the last word on a result; one that is wrong itself fails it. */
export function applyOutcomeConditions(task: Task, scope: TemplateContext, outcome: Outcome): Outcome {
  if (outcome.status === 'unreachable' || outcome.status === 'skipped') return outcome
  let judged = outcome
  let judging = 'changed_when_result'
  try {
    judged = judgedChanged(task, scope, judged)
    judging = 'failed_when_result'
    return judgedFailed(task, scope, judged)
  } catch (error) {
    const failed = withProblem(judged, error)
    return { ...failed, values: { ...failed.values, [judging]: failed.message! } }
  }
}

/** Whether a result needs no further try, and the result, which an `until` that is wrong itself fails. */
export function applyUntil(
  task: Task,
  scope: TemplateContext,
  outcome: Outcome,
): { done: boolean; outcome: Outcome } {
  const { status } = outcome
  if (status === 'skipped' || status === 'unreachable') return { done: true, outcome }
  if (task.until === undefined) return { done: status !== 'failed', outcome }
  try {
    return { done: seen(task, scope, outcome).evaluate(task.until), outcome }
  } catch (error) {
    return { done: true, outcome: withProblem(outcome, error) }
  }
}

/** A failure that ignore_errors or ignore_unreachable passes over says so; not if that is wrong itself. */
export function markIgnored(
  step: Pick<Step, 'inherited'>,
  scope: TemplateContext,
  outcome: Outcome,
): Outcome {
  const { status } = outcome
  if (status !== 'failed' && status !== 'unreachable') return outcome
  const keyword = status === 'failed' ? 'ignore_errors' : 'ignore_unreachable'
  try {
    return flag(scope, step, keyword) ? { ...outcome, ignored: true } : outcome
  } catch (error) {
    return withProblem(outcome, error)
  }
}

function withProblem(outcome: Outcome, error: unknown): Outcome {
  if (!(error instanceof ProblemError)) throw error
  return alsoFailed(outcome, problemsResult(error.problems))
}

/**
 * What `register` keeps: Ansible's values. As there, what was skipped does not say whether it failed, and a loop says it
 * only if an item did.
 */
export function toRegistered({
  status,
  values,
  items,
}: Pick<TaskResult, 'status' | 'values' | 'items'>): ValueMap {
  const saysFailed = status === 'failed' || (status !== 'skipped' && items === undefined)
  return {
    ...values,
    ...(saysFailed && { failed: status === 'failed' || values.failed === true }),
    changed: values.changed === true,
    ...(status === 'skipped' && { skipped: true }),
  }
}

/** The scope in which a task's own result can be judged: under the name it is registered as. */
function seen(task: Task, scope: TemplateContext, outcome: Outcome): TemplateContext {
  return task.register === undefined ? scope : scope.with({ [task.register]: toRegistered(outcome) })
}

function judgedChanged(task: Task, scope: TemplateContext, outcome: Outcome): Outcome {
  if (task.changedWhen === undefined) return outcome
  const changed = seen(task, scope, outcome).evaluate(task.changedWhen)
  const status = outcome.status === 'failed' ? 'failed' : changed ? 'changed' : 'ok'
  const changes = changed ? outcome.changes : []
  return { ...outcome, status, changes, values: { ...outcome.values, changed } }
}

function judgedFailed(task: Task, scope: TemplateContext, outcome: Outcome): Outcome {
  if (task.failedWhen === undefined) return outcome
  const { values } = outcome
  if (seen(task, scope, outcome).evaluate(task.failedWhen)) {
    const message = outcome.message ?? 'failed_when holds'
    return {
      ...outcome,
      status: 'failed',
      message,
      values: { ...values, msg: values.msg ?? message, failed: true, failed_when_result: true },
    }
  }
  const status = values.changed === true ? 'changed' : 'ok'
  const { message: _, advice: __, ...rest } = outcome
  return { ...rest, status, values: { ...values, failed: false, failed_when_result: false } }
}

/** As in Ansible the first try is not counted, and a `failed_when` that does not hold has the last word. */
export function untilNotMet(outcome: Outcome, tries: number): Outcome {
  const message = outcome.message ?? `"until" not met after ${tries} attempts`
  const values = { ...outcome.values, attempts: tries - 1, failed: true, msg: outcome.values.msg ?? message }
  if (outcome.values.failed_when_result === false) return { ...outcome, values }
  return { ...outcome, status: 'failed', message, values }
}
