import type { Action, Change, Plan } from './module.ts'

/** A change and what makes it: an action at least, so that neither can be planned without the other. */
export type Step = readonly [Change, Action, ...Action[]]

/** The changes of steps, and their actions one after the other. */
export function inSteps(steps: readonly Step[]): Plan {
  return { changes: steps.map(([change]) => change), actions: steps.flatMap(([, ...actions]) => actions) }
}

/** Changes that actions make together; nothing to do without a change. */
export function together(changes: Change[], ...actions: [Action, ...Action[]]): Plan {
  return changes.length === 0 ? { changes } : { changes, actions }
}

/** A script for the resident shell as an action. */
export function sh(script: string): Action {
  return { do: 'sh', script }
}
