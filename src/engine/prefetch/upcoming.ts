import type { IncludeRole, IncludeTasks, Step, Task } from '../../playbook/ast.ts'
import { filesFrom, includedSteps, inclusionOf } from '../../playbook/included.ts'
import type { Module } from '../../sdk/module.ts'
import { type ProbeOutput, probeOutput } from '../../sdk/probe.ts'
import type { TemplateContext } from '../../template/context.ts'
import { breathe } from '../breath.ts'
import type { HostState } from '../host.ts'
import { loopItems } from '../loop.ts'
import { asksOf } from '../pipeline/asks.ts'
import { selectSteps } from '../tags.ts'
import { type PlayContext, probesOf, type ResolvedTask, resolveTask, setting } from '../task/resolve.ts'
import type { UpcomingProbe } from './prefetcher.ts'

/** How many steps are gone through for probes at most: includes that double are more than can be counted. */
const FARTHEST = 10_000

/** What a command is planned from that asks nothing. */
const NOTHING_FOUND = probeOutput(() => undefined, [])

/** How many steps may still be gone through. */
interface Walk {
  left: number
}

export function newWalk(): Walk {
  return { left: FARTHEST }
}

/** The steps that come next on a host, made when they are wanted. */
export type Upcoming = (host: HostState) => readonly Step[]

/**
 * What polls sees what time brings, and other machines are asked once, when it is time: neither is probed ahead of its
 * turn.
 */
export function canPrefetch(module: Module): boolean {
  const { probe, program, controls, probesElsewhere, betweenMachines, poll: waiting, pause } = module
  const isOwn = probe !== undefined && !probesElsewhere && !betweenMachines
  return (
    isOwn && program === undefined && controls === undefined && waiting === undefined && pause === undefined
  )
}

/** Whether there are tasks of this kind behind which all is asked anew, whatever they find. */
function mayBeBarrier({ module, async }: Task): boolean {
  const { runsCommands, poll: waiting, reconnects, controls } = module
  return (
    async !== undefined ||
    runsCommands === true ||
    waiting !== undefined ||
    reconnects === true ||
    controls === 'pause'
  )
}

/** Whether it is such a one: what would be found ahead for those behind it would be thrown away. */
function isBarrier({ async }: Task, ready: ResolvedTask): boolean {
  const { module, args, view } = ready
  if (async !== undefined || module.program !== undefined || module.poll !== undefined) return true
  if (module.reconnects || module.controls === 'pause') return !view.check
  if (module.probe === undefined || probesOf(ready).length > 0) return false
  return module.plan(args, module.parse?.(NOTHING_FOUND, args, view), view).changes.length > 0
}

/**
 * The probe requests of upcoming steps, as far as their arguments can be known now. A step that needs what an earlier
 * one brings cannot be rendered, and is passed over: it is probed when its turn comes. So is one with a login of its
 * own that is not there yet: it may be an earlier step that makes it possible, and a refusal is that step's to report.
 */
export async function* upcomingProbes(
  steps: Iterable<Step>,
  host: HostState,
  context: PlayContext,
  walk: Walk,
): AsyncIterable<UpcomingProbe> {
  for (const step of steps) {
    walk.left -= 1
    if (walk.left < 0) return
    await breathe()
    if (step.kind === 'meta') {
      if (step.verb !== 'flush_handlers' && step.verb !== 'noop') return
    } else if (step.kind === 'block') {
      yield* upcomingProbes([...step.block, ...step.always], host, context, walk)
    } else if (step.kind === 'task') {
      yield* probesOfTask(step, host, context, walk)
    } else {
      yield* upcomingProbes(await stepsOfInclude(step, host, context), host, context, walk)
    }
  }
}

/** What a task will ask, but for the first items of its loop. */
export async function* probesOfTask(
  task: Task,
  host: HostState,
  context: PlayContext,
  walk: Walk,
  done = 0,
): AsyncIterable<UpcomingProbe> {
  if (!canPrefetch(task.module) && !mayBeBarrier(task)) return
  for (const [item, scope] of (await scopesOf(task, host, context)).entries()) {
    if (item < done || context.pipeline.isPlanned(host, task, item)) continue
    // Time passes before it.
    if (item > 0 && task.loop?.pause !== undefined) {
      walk.left = 0
      return
    }
    const ahead = await aheadOf(task, host, scope, context)
    if (ahead === 'barrier') {
      walk.left = 0
      return
    }
    if (ahead !== undefined) yield ahead
  }
}

function scopesOf(task: Task, host: HostState, context: PlayContext): Promise<TemplateContext[]> {
  return known(async () => {
    const scope = context.scope.forStep(task, host, true)
    if (task.loop === undefined) return [scope]
    const items = await loopItems(task.loop, scope, task.inherited.when)
    return Array.isArray(items) ? items.map(({ variables }) => scope.with(variables)) : []
  }, [])
}

async function aheadOf(
  task: Task,
  host: HostState,
  scope: TemplateContext,
  context: PlayContext,
): Promise<UpcomingProbe | 'barrier' | undefined> {
  try {
    if (scope.failing(task.inherited.when) !== undefined) return undefined
    const mayBe = mayBeBarrier(task)
    const isElsewhere = setting(scope, task, 'delegate_to') !== undefined
    if (isElsewhere && !mayBe) return undefined
    const ready = await resolveTask(task, host, scope, context)
    if (mayBe && isBarrier(task, ready)) return 'barrier'
    if (isElsewhere || !canPrefetch(task.module)) return undefined
    const { environment, target, become } = ready
    const mayGoAlong = context.pipeline.concerns(task)
    const probes = mayGoAlong ? asksOf(ready) : probesOf(ready)
    if (probes.some(({ inTurn }) => inTurn)) return undefined
    const session = probes.length === 0 ? undefined : context.run.pool.openSession(target, become)
    const stopsAt = (found: ProbeOutput) => isToStop(ready, found)
    return session && { session, environment, probes, mayGoAlong, stopsAt }
  } catch (error) {
    return notYet(error)
  }
}

function isToStop({ module, args, view }: ResolvedTask, found: ProbeOutput): boolean {
  try {
    const { changes, failed, ran } = module.plan(args, module.parse?.(found, args, view), view)
    return (changes.length > 0 && ran === undefined) || failed !== undefined
  } catch {
    return true
  }
}

async function stepsOfInclude(
  step: IncludeTasks | IncludeRole,
  host: HostState,
  context: PlayContext,
): Promise<readonly Step[]> {
  if (step.loop !== undefined) return []
  return known(async () => {
    const scope = context.scope.forStep(step, host, true)
    if (scope.failing(step.inherited.when) !== undefined) return []
    const name = String(scope.render(step.kind === 'include_tasks' ? step.file : step.roleName))
    const inclusion = inclusionOf(name, filesFrom(step, scope), {})
    const { steps } = includedSteps(step, inclusion, context.play, context.run.sources)
    return selectSteps(steps, context.run.request.selection, () => context.scope.forPlay())
  }, [])
}

async function known<T>(find: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await find()
  } catch (error) {
    return notYet(error) ?? otherwise
  }
}

/** What is wrong with a step is reported when its turn comes; so is a host that went away meanwhile. */
function notYet(error: unknown): undefined {
  if (error instanceof Error) return undefined
  throw error
}
