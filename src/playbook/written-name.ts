import type { Step } from './ast.ts'

/** A step's name before its templates are rendered; one that has none is called by what it does. */
export function writtenName(step: Step): string {
  if (step.name !== undefined) return String(step.name.value)
  if (step.kind === 'block') return step.kind
  return step.kind === 'include_role' ? `${step.written} : ${step.roleName.value}` : step.written
}
