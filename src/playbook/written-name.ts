import type { Step } from './ast.ts'

/** A step's name before its templates are rendered; one that has none is called by what it does. */
export function writtenName(step: Step): string {
  if (step.name !== undefined) return String(step.name.value)
  if (step.kind === 'include_role') return `include_role : ${step.roleName.value}`
  return step.kind === 'task' ? step.action : step.kind
}
