import type { IncludeRole, IncludeTasks, Step, Task } from '../../playbook/ast.ts'
import { includedSteps, inclusionOf } from '../../playbook/included.ts'
import type { Module } from '../../sdk/module.ts'
import { looksOf, type ProbeOutput } from '../../sdk/probe.ts'
import { breathe } from '../breath.ts'
import type { HostState } from '../host.ts'
import { loopItems } from '../loop.ts'
import type { Scoped } from '../scope.ts'
import { selectSteps } from '../tags.ts'
import { type Ground, type Ready, readyTask, setting } from '../task/resolve.ts'
import type { QuestionToCome } from './prefetcher.ts'

/** How many steps are looked through for questions at most: includes that double are more than can be counted. */
const FARTHEST = 10_000

/** The steps that come next, made when somebody asks. */
export type Following = () => readonly Step[]

/** Commands do something, and what waits looks at what time brings: neither is asked ahead of its turn. */
export function canLookAhead(module: Module): boolean {
  const { probe, runsCommands, waiting, pause } = module
  return probe !== undefined && !runsCommands && waiting === undefined && pause === undefined
}

/**
 * What steps to come will ask of a host, as far as their arguments can be known now. A step that waits for what an
 * earlier one brings cannot be rendered, and is passed over: it asks when its turn comes. So is one with a login of its
 * own that is not there yet: it may be an earlier step that makes it possible, and a refusal is that step's to tell.
 */
export async function* questionsToCome(
  steps: Iterable<Step>,
  host: HostState,
  ground: Ground,
  walk = { left: FARTHEST },
): AsyncIterable<QuestionToCome> {
  for (const step of steps) {
    walk.left -= 1
    if (walk.left < 0) return
    await breathe()
    if (step.kind === 'meta') {
      if (step.verb !== 'flush_handlers' && step.verb !== 'noop') return
    } else if (step.kind === 'block') {
      yield* questionsToCome([...step.block, ...step.always], host, ground, walk)
    } else if (step.kind === 'task') {
      yield* questionsOf(step, host, ground)
    } else {
      yield* questionsToCome(await stepsOfInclude(step, host, ground), host, ground, walk)
    }
  }
}

/** What a task will ask, but for the first items of its loop. */
export async function* questionsOf(
  task: Task,
  host: HostState,
  ground: Ground,
  done = 0,
): AsyncIterable<QuestionToCome> {
  if (!canLookAhead(task.module)) return
  for (const scope of (await scopesOf(task, host, ground)).slice(done)) {
    const question = await questionOf(task, host, scope, ground)
    if (question !== undefined) yield question
  }
}

function scopesOf(task: Task, host: HostState, ground: Ground): Promise<Scoped[]> {
  return known(async () => {
    const scope = ground.scope.forStep(task, host)
    if (task.loop === undefined) return [scope]
    const items = await loopItems(task.loop, scope, task.inherited.when)
    return Array.isArray(items) ? items.map(({ variables }) => scope.with(variables)) : []
  }, [])
}

async function questionOf(
  task: Task,
  host: HostState,
  scope: Scoped,
  ground: Ground,
): Promise<QuestionToCome | undefined> {
  try {
    if (setting(scope, task, 'delegate_to') !== undefined) return undefined
    if (scope.failing(task.inherited.when) !== undefined) return undefined
    const ready = await readyTask(task, host, scope, ground)
    const { module, args, view, environment, target, become } = ready
    const looks = looksOf(module.probe!(args, view))
    const session = looks.length === 0 ? undefined : ground.run.pool.openSession(target, become)
    return session && { session, environment, looks, stopsAt: (found) => isToStop(ready, found) }
  } catch (error) {
    return notYet(error)
  }
}

function isToStop({ module, args, view }: Ready, found: ProbeOutput): boolean {
  try {
    const { changes, failed } = module.plan(args, module.parse?.(found, args, view), view)
    return changes.length > 0 || failed !== undefined
  } catch {
    return true
  }
}

async function stepsOfInclude(
  step: IncludeTasks | IncludeRole,
  host: HostState,
  ground: Ground,
): Promise<readonly Step[]> {
  if (step.loop !== undefined) return []
  return known(async () => {
    const scope = ground.scope.forStep(step, host)
    if (scope.failing(step.inherited.when) !== undefined) return []
    const name = String(scope.render(step.kind === 'include_tasks' ? step.file : step.roleName))
    const { steps } = includedSteps(step, inclusionOf(name, {}), ground.play, ground.run)
    return selectSteps(steps, ground.run.request.tags, ground.run.request.skipTags)
  }, [])
}

async function known<T>(find: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await find()
  } catch (error) {
    return notYet(error) ?? otherwise
  }
}

/** What is wrong with a step is told when its turn comes; so is a host that went away meanwhile. */
function notYet(error: unknown): undefined {
  if (error instanceof Error) return undefined
  throw error
}
