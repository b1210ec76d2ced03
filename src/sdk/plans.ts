import type { Action, Change, Plan } from './module.ts'

/** A script for the resident shell as an action. */
export function sh(script: string): Action {
  return { do: 'sh', script }
}

/** Nothing to do. */
export const NOTHING: Plan = { changes: [] }

export function failure(failed: string): Plan {
  return { ...NOTHING, failed }
}

/** Several plans as one; the first failure is that of all, and the last result. */
export function joined(parts: readonly Plan[]): Plan {
  const failed = parts.find((part) => part.failed !== undefined)?.failed
  return {
    changes: parts.flatMap((part) => part.changes),
    actions: parts.flatMap((part) => part.actions ?? []),
    result: parts.findLast((part) => part.result !== undefined)?.result ?? {},
    warnings: parts.flatMap((part) => part.warnings ?? []),
    ...(failed !== undefined && { failed }),
  }
}

/** Changes that are made together, and sh that makes them. */
export interface ScriptedChange {
  readonly changes: readonly [Change, ...Change[]]
  readonly sh: string
}

/** Steps that one script carries out, which `script` makes of their sh. */
export function scripted(
  steps: readonly ScriptedChange[],
  script: (parts: readonly string[]) => string,
): Plan {
  if (steps.length === 0) return NOTHING
  return {
    changes: steps.flatMap(({ changes }) => changes),
    actions: [sh(script(steps.map((step) => step.sh)))],
  }
}

/** A change and what makes it: an action at least, so that neither can be planned without the other. */
export type PlannedChange = readonly [Change, Action, ...Action[]]

/** Planned changes as a plan: their actions one after the other. */
export function inSteps(planned: readonly PlannedChange[]): Plan {
  return { changes: planned.map(([change]) => change), actions: planned.flatMap(([, ...actions]) => actions) }
}

/** Changes that actions make together; nothing to do without a change. */
export function together(changes: Change[], ...actions: [Action, ...Action[]]): Plan {
  return changes.length === 0 ? { changes } : { changes, actions }
}
