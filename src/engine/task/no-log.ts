import type { Step } from '../../playbook/ast.ts'
import type { ItemResult, TaskResult } from '../../protocol/event.ts'
import type { TemplateContext } from '../../template/context.ts'
import { placeName } from '../../values/source.ts'
import type { ValueMap } from '../../values/value.ts'
import { flag } from './resolve.ts'

/** What is reported in place of a result. */
export interface Hidden {
  readonly hidden?: string
}

/**
 * Why nothing is reported of what a step does, as a sentence; undefined when no_log does not ask for it. Where no_log
 * itself is wrong, nobody can say that there is no secret.
 */
export function hiddenBecause(step: Pick<Step, 'inherited'>, scope: TemplateContext): string | undefined {
  const node = step.inherited.keywords.no_log
  if (node === undefined) return undefined
  try {
    return flag(scope, step, 'no_log') ? 'hidden: no_log is set for this task' : undefined
  } catch {
    return `hidden: it cannot be told whether no_log is set (${placeName(node.place)})`
  }
}

/** A result as it may be reported, to listeners of every kind. */
export function told(result: TaskResult & Hidden): TaskResult {
  const { hidden, ...shown } = result
  if (hidden === undefined) return shown
  const { changed, failed, skipped, unreachable, attempts } = result.values
  const kept = Object.entries({ changed, failed, skipped, unreachable, attempts })
  const values = Object.fromEntries(kept.filter(([, value]) => value !== undefined)) as ValueMap
  const { status, ignored, seconds } = result
  return {
    status,
    seconds,
    changes: [],
    values: { ...values, censored: hidden },
    ...(ignored && { ignored }),
    ...(result.message !== undefined && { message: hidden }),
  }
}

export function toldItem(item: ItemResult & Hidden): ItemResult {
  return { ...told(item), label: item.hidden === undefined ? item.label : '(hidden)' }
}
