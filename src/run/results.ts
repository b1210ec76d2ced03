import type { Problem } from '../language/problem.ts'
import { placeName } from '../language/source.ts'
import type { Value, ValueMap } from '../language/value.ts'
import type { Change } from '../modules/module.ts'
import type { BecomeError } from '../remote/become.ts'
import type { Unreachable } from '../remote/channel.ts'
import type { ItemResult, TaskResult } from './event.ts'
import type { Performed, StepFailed } from './perform.ts'

/** A result before anybody has said how long it took. */
export type Outcome = Omit<TaskResult, 'seconds'>

/** What Ansible would return for a module that was carried out, or only looked under check. */
export function performedResult({ plan, conclusion, ran }: Performed): Outcome {
  const message = plan.failed ?? conclusion.failed
  const changed = conclusion.changed ?? plan.changes.length > 0
  const values: ValueMap = { ...plan.result, ...conclusion.result, changed }
  if (plan.changes.length > 0) values.diff = plan.changes.map(diffOf)
  if (plan.warnings !== undefined && plan.warnings.length > 0) values.warnings = [...plan.warnings]
  if (message !== undefined) {
    return {
      status: 'failed',
      changes: plan.changes,
      values: { ...values, msg: message, failed: true },
      message,
      ...(ran && { ran }),
    }
  }
  if (plan.skipped !== undefined) {
    return {
      status: 'skipped',
      changes: [],
      values: { msg: plan.skipped, ...values, skipped: true },
      message: plan.skipped,
    }
  }
  return {
    status: changed ? 'changed' : 'ok',
    changes: changed ? plan.changes : [],
    values,
    ...(ran && { ran }),
  }
}

function diffOf({ what, before, after, text }: Change): Value {
  return text === undefined
    ? { before_header: what, after_header: what, before, after }
    : { before_header: what, after_header: what, before: text.before, after: text.after }
}

/** A task that could not be carried out: why, in the words of whoever knows. */
export function failedResult(message: string, values: ValueMap = {}, advice?: string): Outcome {
  return {
    status: 'failed',
    changes: [],
    values: { ...values, msg: message, changed: false, failed: true },
    message,
    ...(advice !== undefined && { advice }),
  }
}

export function stepFailedResult(error: StepFailed): Outcome {
  const { outcome, plan } = error
  const values: ValueMap =
    outcome === undefined ? {} : { rc: outcome.code, stdout: outcome.stdout, stderr: outcome.stderr }
  return { ...failedResult(error.message, values), changes: plan?.changes ?? [] }
}

export function becomeFailedResult(error: BecomeError): Outcome {
  return failedResult(error.message, {}, error.advice)
}

/** A template or argument that only turned out wrong on this host. */
export function problemsResult(problems: readonly Problem[]): Outcome {
  const sentences = problems.map(({ message, place, hint }) => {
    const where = place === undefined ? '' : ` (${placeName(place)})`
    return `${message}${where}${hint === undefined ? '' : `; ${hint}`}`
  })
  return failedResult(sentences.join('\n'))
}

export function unreachableResult({ message, advice }: Unreachable): Outcome {
  const values = { msg: message, unreachable: true, changed: false }
  return { status: 'unreachable', changes: [], values, message, ...(advice !== undefined && { advice }) }
}

export function skippedResult(reason: string, condition?: string): Outcome {
  const values: ValueMap = { changed: false, skipped: true, skip_reason: reason }
  if (condition !== undefined) values.false_condition = condition
  return {
    status: 'skipped',
    changes: [],
    values,
    message: condition === undefined ? reason : `${reason}: ${condition}`,
  }
}

/** The result of a loop from those of its items. */
export function loopResult(items: readonly ItemResult[]): Outcome {
  const some = (status: TaskResult['status']) => items.find((item) => item.status === status)
  const unreachable = some('unreachable')
  const failed = items.find((item) => item.status === 'failed' && !item.ignored) ?? some('failed')
  const changed = some('changed') !== undefined
  const status = unreachable
    ? 'unreachable'
    : failed
      ? 'failed'
      : changed
        ? 'changed'
        : items.every((item) => item.status === 'skipped')
          ? 'skipped'
          : 'ok'
  const cause = unreachable ?? failed
  const values: ValueMap = {
    results: items.map((item) => item.values),
    changed,
    msg: failed ? 'one or more items failed' : items.length === 0 ? 'no items' : 'all items completed',
    ...(failed && { failed: true }),
    ...(unreachable && { unreachable: true }),
    ...(status === 'skipped' && { skipped: true }),
  }
  return {
    status,
    changes: items.flatMap((item) => item.changes),
    values,
    items,
    ...(cause?.message !== undefined && { message: loopMessage(items, cause) }),
    ...(cause?.advice !== undefined && { advice: cause.advice }),
  }
}

function loopMessage(items: readonly ItemResult[], cause: ItemResult): string {
  const alike = items.filter((item) => item.status === cause.status).length
  return items.length === 1
    ? cause.message!
    : `${alike} of ${items.length} items ${cause.status}: ${cause.message}`
}

/** What a module warns of, in a result or those of its items. */
export function warningsOf({ values, items = [] }: TaskResult): string[] {
  const own = Array.isArray(values.warnings) ? values.warnings.map(String) : []
  return [...own, ...items.flatMap(warningsOf)]
}

/** Nothing of it is shown: no_log. */
export function censored(result: TaskResult): TaskResult {
  const hidden = 'hidden: no_log is set for this task'
  const { changed, failed, skipped, unreachable } = result.values
  const values = Object.fromEntries(
    Object.entries({ changed, failed, skipped, unreachable }).filter(([, value]) => value !== undefined),
  ) as ValueMap
  const changes = result.changes.map(({ what }) => ({ what, before: '(hidden)', after: '(hidden)' }))
  const { status, ignored, seconds } = result
  return {
    status,
    seconds,
    changes,
    values: { ...values, censored: hidden },
    ...(ignored && { ignored }),
    ...(result.message !== undefined && { message: hidden }),
  }
}
