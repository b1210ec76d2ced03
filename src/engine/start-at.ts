import type { Step, Task } from '../playbook/ast.ts'
import { writtenName } from '../playbook/written-name.ts'
import { spread } from '../values/wildcard.ts'

/** --start-at-task: what comes before the task of a name is not done. */
export class StartAt {
  #matches: ((name: string) => boolean) | undefined

  /** A name or shell pattern, which may begin with the role's; without one everything is done. */
  constructor(pattern: string | undefined) {
    this.#matches = pattern === undefined ? undefined : nameMatcher(pattern)
  }

  /** Whether the first task has been come to. */
  get hasBegun(): boolean {
    return this.#matches === undefined
  }

  /** Whether the first task is still to come; `name` gives the task's as it is shown. */
  comesAfter(task: Task, name: () => string): boolean {
    if (this.#matches === undefined) return false
    if (!this.#isCalled(task, name())) return true
    this.#matches = undefined
    return false
  }

  /** Whether the first task is among these, as far as that can be known before what is included is read. */
  mayBeIn(steps: readonly Step[], nameOf: (task: Task) => string): boolean {
    if (this.#matches === undefined) return true
    return steps.some((step) => {
      if (step.kind === 'block') return this.mayBeIn([...step.block, ...step.rescue, ...step.always], nameOf)
      if (step.kind === 'task') return this.#isCalled(step, nameOf(step))
      return step.kind !== 'meta'
    })
  }

  #isCalled(task: Task, name: string): boolean {
    return [name, writtenName(task)].some((one) => this.#matches!(one))
  }
}

function nameMatcher(pattern: string): (name: string) => boolean {
  const pieces = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('?', '.')
    .split('*')
  const wanted = new RegExp(spread(pieces, '.'))
  return (name) => name === pattern || wanted.test(name)
}
