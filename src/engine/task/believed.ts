import type { Task } from '../../playbook/ast.ts'
import type { ModuleRun } from './run-module.ts'

/**
 * Whether hosts may have changed by themselves since what is known of them was asked: for what waits that may be what it has
 * waited for, and so it may for a command that changes nothing and took long.
 */
export function letTimePass(task: Task, { plan, outcomes }: ModuleRun): boolean {
  if (task.module.poll !== undefined) return true
  if (plan.ran !== undefined) return plan.ran.seconds > LONG
  return saysItChangesNothing(task) && outcomes.some(({ seconds }) => seconds > LONG)
}

/** Seconds. */
const LONG = 1

/** It is written with `changed_when: false`: nothing to be found out of what it has come to. */
export function saysItChangesNothing({ module, changedWhen }: Task): boolean {
  return module.runsCommands === true && changedWhen?.kind === 'scalar' && changedWhen.value === false
}
