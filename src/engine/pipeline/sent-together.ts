import { writtenName } from '../../playbook/written-name.ts'
import { Unreachable } from '../../remote/channel.ts'
import type { ShellOutput } from '../../remote/resident-shell.ts'
import { CHANGED_MEANWHILE } from '../../shell/outcome.ts'
import type { HostState } from '../host.ts'
import { conclude, type ModuleRun, outcomesOf, type Together } from '../task/run-module.ts'
import { goingAlong, type Lead, type Ready, scriptsOf } from './gather.ts'
import { sendTogether } from './message.ts'
import type { Pipeline, Planned } from './pipeline.ts'

/**
 * What sends a change together with those of upcoming tasks that can go along; undefined if there are none. From then on
 * they are kept for their turns.
 */
export async function sentTogether(one: Omit<Ready, 'scripts'>, lead: Lead): Promise<Together | undefined> {
  const { host, session, context } = lead
  const { pipeline } = context
  if (!pipeline.concerns(one.task) || one.ready.module.footprint === undefined) return undefined
  const scripts = await scriptsOf(one.plan.actions ?? [], one.ready.environment)
  if (scripts === undefined) return undefined
  const along = await goingAlong({ ...one, scripts }, lead)
  if (along.length === 0) return undefined
  return async () => {
    const sent = along.filter((next) => next.scripts.length > 0)
    const began = performance.now()
    const [own, ...outputs] = sendTogether(session, [scripts, ...sent.map((next) => next.scripts)])
    context.run.detail(3, () => `SENT WITH IT ${sent.length} changes of upcoming tasks`, host.name)
    const byTask = new Map(sent.map((next, index) => [next, outputs[index]!]))
    pipeline.keep(
      host,
      along.map((next) => plannedOf(next, byTask.get(next), began, lead)),
    )
    return (await answered(own!, pipeline, host))!
  }
}

/** What came out of a part of a message; what was planned behind it is forgotten if that was not done, or nobody knows. */
async function answered(
  outputs: Promise<readonly ShellOutput[] | undefined>,
  pipeline: Pipeline,
  host: HostState,
): Promise<readonly ShellOutput[] | undefined> {
  try {
    const found = await outputs
    if (found?.at(-1)?.code !== 0) pipeline.forget(host)
    return found
  } catch (error) {
    const owed = pipeline.owed(host)
    pipeline.forget(host)
    throw owed.length === 0 ? error : alsoUnknown(error, owed)
  }
}

/** `outputs` is what its scripts come to, if there are any. */
function plannedOf(
  { task, item, ready, state, plan }: Ready,
  outputs: Promise<readonly ShellOutput[] | undefined> | undefined,
  began: number,
  { host, context }: Lead,
): Planned {
  const end = async (): Promise<ModuleRun | undefined> => {
    if (outputs === undefined) return { plan, outcomes: [], result: {} }
    const found = await answered(outputs, context.pipeline, host)
    // Nobody else is to know that it was begun, if it has done nothing: its turn comes.
    if (found === undefined || found.at(-1)!.code === CHANGED_MEANWHILE) return undefined
    return conclude(ready.module, ready.args, { state, plan }, outcomesOf(found, began))
  }
  return { task, item, args: ready.args, isSent: outputs !== undefined, end }
}

/** An error because of which it is not known either what became of tasks that were sent behind the one that it is of. */
function alsoUnknown(error: unknown, owed: readonly Planned[]): unknown {
  if (!(error instanceof Error)) return error
  const names = [...new Set(owed.map(({ task }) => `"${writtenName(task)}"`))].join(', ')
  const message = `${error.message}; it is not known either whether what was sent with it has been done: ${names}`
  return error instanceof Unreachable ? new Unreachable(message, error.advice) : new Error(message)
}
