import type { ItemResult, TaskResult } from '../protocol/event.ts'
import type { BecomeError } from '../remote/become.ts'
import type { Unreachable } from '../remote/channel.ts'
import type { Change } from '../sdk/module.ts'
import type { MissingError } from '../values/missing.ts'
import type { Problem } from '../values/problem.ts'
import { placeName } from '../values/source.ts'
import { isMap, type Value, type ValueMap } from '../values/value.ts'
import type { Hidden } from './task/no-log.ts'
import type { ModuleRun, StepFailed } from './task/run-module.ts'

/** A result before anybody has said how long it took. */
export type Outcome = Omit<TaskResult, 'seconds'> & Hidden

/** What Ansible would return for a module that was carried out, or only planned under check. */
export function moduleResult({ plan, result: conclusion, ran }: ModuleRun): Outcome {
  const message = plan.failed ?? conclusion.failed
  // As in Ansible: what fails has changed nothing unless it says so.
  const changed = conclusion.changed ?? (message === undefined && plan.changes.length > 0 && !plan.silent)
  const diff: ValueMap =
    plan.changes.length > 0 && !plan.withoutDiff ? { diff: plan.changes.map(diffOf) } : {}
  const values: ValueMap = { ...diff, ...plan.result, ...conclusion.result, changed }
  if (plan.warnings !== undefined && plan.warnings.length > 0) values.warnings = [...plan.warnings]
  if (message !== undefined) {
    // A message that is no text is kept as it is.
    const told = plan.failed === undefined ? message : (plan.result?.msg ?? message)
    return {
      status: 'failed',
      changes: plan.changes,
      values: { ...values, msg: told, failed: true },
      message,
      ...(plan.advice !== undefined && { advice: plan.advice }),
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
    outcome === undefined
      ? error.values
      : { ...error.values, rc: outcome.code, stdout: outcome.stdout, stderr: outcome.stderr }
  return { ...failedResult(error.message, values), changes: plan?.changes ?? [] }
}

export function becomeFailedResult(error: BecomeError): Outcome {
  return failedResult(error.message, {}, error.advice)
}

/** An outcome that something else went wrong with: both are reported, what was found first comes first. */
export function alsoFailed(outcome: Outcome, fault: Outcome): Outcome {
  const message = [outcome.message, fault.message].filter(Boolean).join('\n')
  const advice = outcome.advice ?? fault.advice
  const values = { ...outcome.values, msg: message, failed: true }
  const status = outcome.status === 'unreachable' ? 'unreachable' : 'failed'
  return { ...outcome, status, message, values, ...(advice !== undefined && { advice }) }
}

/** A template or argument that only turned out wrong on this host: `msg` is what is wrong, as playbooks compare it. */
export function problemsResult(problems: readonly Problem[], values: ValueMap = {}): Outcome {
  const sentences = problems.map(({ message, place, hint }) => {
    const where = place === undefined ? '' : ` (${placeName(place)})`
    return `${message}${where}${hint === undefined ? '' : `; ${hint}`}`
  })
  const failed = failedResult(sentences.join('\n'), values)
  return { ...failed, values: { ...failed.values, msg: problems.map(({ message }) => message).join('\n') } }
}

/** Something undefined, which `msg` says in words that playbooks look for. */
export function missingResult(error: MissingError): Outcome {
  const result = problemsResult(error.problems)
  const told = error.variable === undefined ? result.values.msg : `'${error.variable}' is undefined`
  return { ...result, values: { ...result.values, msg: `undefined variable: ${told}` } }
}

export function unreachableResult({ message, advice }: Unreachable): Outcome {
  const values = { msg: message, unreachable: true, changed: false }
  return { status: 'unreachable', changes: [], values, message, ...(advice !== undefined && { advice }) }
}

export function skippedResult(reason: string, condition?: string): Outcome {
  const told = condition === undefined ? reason : 'Conditional result was False'
  const values: ValueMap = { changed: false, skipped: true, skip_reason: told }
  if (condition !== undefined) values.false_condition = condition
  return {
    status: 'skipped',
    changes: [],
    values,
    message: condition === undefined ? reason : `${reason}: ${condition}`,
  }
}

/**
 * The result of a loop from those of its items. It is ignored if all that failed is; and hidden if one item is, for
 * it holds the values of all.
 */
export function loopResult(items: readonly (ItemResult & Hidden)[]): Outcome {
  const is = (status: TaskResult['status']) => (item: ItemResult) => item.status === status
  const counting = items.filter((item) => !item.ignored)
  const cause =
    counting.find(is('unreachable')) ??
    counting.find(is('failed')) ??
    items.find(is('unreachable')) ??
    items.find(is('failed'))
  const changed = items.some(({ values }) => values.changed === true)
  const unchanged = items.every(is('skipped')) ? 'skipped' : 'ok'
  const status = cause?.status ?? (items.some(is('changed')) ? 'changed' : unchanged)
  const failed = items.some(is('failed'))
  const skipped = status === 'skipped'
  const hidden = items.find((item) => item.hidden !== undefined)?.hidden
  const values: ValueMap = {
    results: items.map((item) => item.values),
    skipped,
    changed,
    ...(failed && { failed: true }),
    ...(items.length === 0
      ? { skipped_reason: 'No items in the list' }
      : { msg: failed ? 'One or more items failed' : `All items ${skipped ? 'skipped' : 'completed'}` }),
    ...(status === 'unreachable' && { unreachable: true }),
  }
  return {
    status,
    changes: items.flatMap((item) => item.changes),
    values,
    items,
    ...(cause?.ignored && { ignored: true }),
    ...(hidden !== undefined && { hidden }),
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

interface Warning {
  readonly message: string
  readonly isDeprecation?: true
}

/** What a module warns of, in a result or those of its items. */
export function warningsOf({ values, items = [] }: TaskResult): Warning[] {
  const listed = (value: Value | undefined) => (Array.isArray(value) ? value : [])
  return [
    ...listed(values.warnings).map((warning) => ({ message: String(warning) })),
    ...listed(values.deprecations).map((one) => ({
      message: deprecationText(one),
      isDeprecation: true as const,
    })),
    ...items.flatMap(warningsOf),
  ]
}

/** One of a module's deprecations, as its `deprecate` gives them: msg, and version or date of collection_name's. */
function deprecationText(given: Value): string {
  if (!isMap(given)) return String(given)
  const { msg, version, date, collection_name: collection } = given
  const from = collection == null ? '' : ` from ${collection}`
  const when =
    date != null ? `in a release after ${date}` : version != null ? `in version ${version}` : 'later'
  return `${String(msg).replace(/\.$/, '')}; this will be removed${from} ${when}`
}
