import type { Task } from '../language/ast.ts'
import type { ValueMap } from '../language/value.ts'
import type { TaskResult } from './event.ts'
import { setting } from './ready.ts'
import type { Outcome } from './results.ts'
import type { Scoped } from './scope.ts'

/** changed_when and failed_when have the last word on a result. Raises ProblemError. */
export function judge(task: Task, scope: Scoped, outcome: Outcome): Outcome {
  if (outcome.status === 'unreachable' || outcome.status === 'skipped') return outcome
  const changed = judgedChanged(task, scope, outcome)
  if (task.failedWhen === undefined) return changed
  return judgedFailed(changed, seen(task, scope, changed).evaluate(task.failedWhen))
}

export function untilHolds(task: Task, scope: Scoped, outcome: Outcome): boolean {
  return outcome.status === 'skipped' || seen(task, scope, outcome).evaluate(task.until!)
}

/** A failure that ignore_errors or ignore_unreachable passes over says so. */
export function ignoring(task: Task, scope: Scoped, outcome: Outcome): Outcome {
  const { status } = outcome
  if (status !== 'failed' && status !== 'unreachable') return outcome
  const keyword = status === 'failed' ? 'ignore_errors' : 'ignore_unreachable'
  return setting(scope, task, keyword) === true ? { ...outcome, ignored: true } : outcome
}

/** What `register` keeps: Ansible's values, with the questions that one asks of all always answered. */
export function registered({ status, values }: Pick<TaskResult, 'status' | 'values'>): ValueMap {
  return {
    ...values,
    failed: status === 'failed',
    changed: values.changed === true,
    ...(status === 'skipped' && { skipped: true }),
  }
}

/** The scope in which a task's own result can be judged: under the name it is registered as. */
function seen(task: Task, scope: Scoped, outcome: Outcome): Scoped {
  return task.register === undefined ? scope : scope.with({ [task.register]: registered(outcome) })
}

function judgedChanged(task: Task, scope: Scoped, outcome: Outcome): Outcome {
  if (task.changedWhen === undefined) return outcome
  const changed = seen(task, scope, outcome).evaluate(task.changedWhen)
  const status = outcome.status === 'failed' ? 'failed' : changed ? 'changed' : 'ok'
  const changes = changed ? outcome.changes : []
  return { ...outcome, status, changes, values: { ...outcome.values, changed } }
}

function judgedFailed(outcome: Outcome, failed: boolean): Outcome {
  const { values } = outcome
  if (failed) {
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
