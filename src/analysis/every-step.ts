import type { Block, IncludeRole, IncludeTasks, Play, Step } from '../playbook/ast.ts'
import { includedSteps, inclusionOf, isNamedOutright } from '../playbook/included.ts'
import { handlersOf } from '../playbook/playbook.ts'
import type { Sources } from '../playbook/reading.ts'
import { withDependencies } from '../playbook/roles.ts'
import { type Problem, ProblemError } from '../values/problem.ts'

export type Runnable = Exclude<Step, Block>

/**
 * Every task of a play, handlers and blocks' parts too, and those of includes whose name holds no template, as far
 * as they can be read; what cannot is added to the problems. `rescued` are those whose failure a block rescues.
 * `mayBe` gives what an include may take whose name is a template.
 */
export function everyStep(
  play: Play,
  sources: Sources,
  problems: Problem[],
  mayBe: (step: IncludeTasks | IncludeRole) => readonly string[] = () => [],
): { steps: Runnable[]; handlers: Step[]; rescued: ReadonlySet<Runnable> } {
  const handlers = handlersOf(play)
  const steps: Runnable[] = []
  const rescued = new Set<Runnable>()
  const seen = new Set<string>()
  const visit = (list: readonly Step[], isRescued: boolean): void => {
    for (const step of list) {
      if (step.kind === 'block') {
        visit(step.block, isRescued || step.rescue.length > 0)
        visit([...step.rescue, ...step.always], isRescued)
        continue
      }
      steps.push(step)
      if (isRescued) rescued.add(step)
      if (step.kind !== 'include_tasks' && step.kind !== 'include_role') continue
      const name = step.kind === 'include_tasks' ? step.file : step.roleName
      // A file that includes itself ends by its condition: reading it once is enough.
      const key = `${name.place.source.path}:${name.place.start}`
      if (seen.has(key)) continue
      seen.add(key)
      const named = isNamedOutright(step) ? [String(name.value)] : mayBe(step)
      const found: Problem[] = []
      const from = step.kind === 'include_role' ? step.from : {}
      for (const one of named) {
        const included = tryInclude(
          () => includedSteps(step, inclusionOf(one, from, {}), play, sources),
          found,
        )
        if (included === undefined) continue
        handlers.push(...included.handlers)
        visit(included.steps, isRescued)
        visit(included.handlers, false)
      }
      // Under a condition what is not there may never be asked for.
      const isCertain = step.inherited.when.length === 0
      problems.push(...found.filter(({ place }) => isCertain || place !== name.place))
    }
  }
  const ofRoles = play.roles.flatMap(withDependencies).flatMap((use) => use.steps)
  visit([...play.preTasks, ...ofRoles, ...play.tasks, ...play.postTasks, ...handlers], false)
  return { steps, handlers, rescued }
}

function tryInclude<T>(read: () => T, problems: Problem[]): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    problems.push(...error.problems)
    return undefined
  }
}
