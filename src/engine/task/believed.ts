import type { Task } from '../../playbook/ast.ts'
import type { ModuleRun } from './run-module.ts'

/** Whether it took so long that hosts may have changed by themselves: that may be what it has waited for. */
export function tookLong({ outcomes }: ModuleRun): boolean {
  return outcomes.some(({ seconds }) => seconds > LONG)
}

/** Seconds. */
const LONG = 1

/** It is written with `changed_when: false`: nothing to be found out of what it has come to. */
export function saysItChangesNothing({ module, changedWhen }: Task): boolean {
  return module.runsCommands === true && changedWhen?.kind === 'scalar' && changedWhen.value === false
}
