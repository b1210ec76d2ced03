import { randomInt } from 'node:crypto'
import { type Job, type JobState, type JobStep, lookAtJob, removeJob, startJob } from '../../remote/jobs.ts'
import type { Session } from '../../remote/session.ts'
import type { Action, Args, Catalogue, Outcome as Ended, Module, Plan, Program } from '../../sdk/module.ts'
import type { ValueMap } from '../../values/value.ts'
import type { BegunJob } from '../begun-job.ts'
import { jobEnd, jobSteps } from '../foreign/run.ts'
import { waitSeconds } from '../interrupt.ts'
import { failedResult, moduleResult, type Outcome, skippedResult, stepFailedResult } from '../results.ts'
import type { ResolvedTask } from './resolve.ts'
import { conclude, type ModuleRunOptions, planModule, StepFailed } from './run-module.ts'

/** How long a task may go on by itself, and how often it is looked at; seconds. */
export interface Terms {
  readonly limit: number
  /** 0: it is not waited for. */
  readonly poll: number
  /** Where jobs are kept on the host. */
  readonly folder: string
  /** What `ansible_python_interpreter` says. */
  readonly interpreter?: string | undefined
}

/** The tasks of a run that go on by themselves on their hosts, each a job. */
export class Jobs {
  /** What has begun in this run; what did in another says of itself how it is to be read. */
  readonly #begun: Map<string, BegunJob>
  readonly #modules: Catalogue

  constructor(begun: Map<string, BegunJob>, modules: Catalogue) {
    this.#begun = begun
    this.#modules = modules
  }

  /** Starts a task as a job, and waits for it if it is polled. Raises as `runModule` does. */
  async run(
    ready: ResolvedTask,
    session: Session | undefined,
    options: ModuleRunOptions,
    terms: Terms,
  ): Promise<Outcome> {
    const { module, args, environment, view } = ready
    const { limit, poll, folder } = terms
    if (session === undefined || !canGoOn(module)) return NOT_SUPPORTED
    if (view.check) return failedResult('check mode and async cannot be used on same task.')
    const id = `j${randomInt(1e12)}.${randomInt(1, 32768)}`
    const planned =
      module.program === undefined ? await planModule(module, args, session, options) : UNPLANNED
    const steps =
      module.program === undefined ? stepsOf(planned.plan) : programSteps(ready, module.program, id, terms)
    if (steps === undefined) return NOT_SUPPORTED
    await options.onApply?.()
    const job: Job = { id, folder, seconds: limit, steps, note: noteOf(module, args, planned.plan) }
    const file = await startJob(session, job, environment)
    this.#begun.set(id, { module, args, ...planned })
    if (poll > 0) return this.#await(session, id, { limit, poll, folder }, options.stop)
    const values = { ...idsOf(id, file), finished: 0, changed: true }
    return { status: 'changed', changes: planned.plan.changes, values }
  }

  async #await(
    session: Session,
    id: string,
    { limit, poll, folder }: Terms,
    stop: AbortSignal | undefined,
  ): Promise<Outcome> {
    const begin = performance.now()
    // Nobody is kept waiting for a job that is short.
    for (let pause = Math.min(poll, SOON); ; pause = Math.min(poll, pause * 2)) {
      await waitSeconds(pause, stop)
      const state = await lookAtJob(session, folder, id)
      if (state.state !== 'running') {
        const outcome = this.#ended(id, state)
        await removeJob(session, folder, id)
        return outcome
      }
      if ((performance.now() - begin) / 1000 < limit + LATE) continue
      const message = `async task did not complete within the requested time - ${limit}s`
      return failedResult(message, { async_result: running(id, state.file).values })
    }
  }

  /** What `async_status` gives. */
  async status(args: Args, session: Session, folder: string, isCheck: boolean): Promise<Outcome> {
    const { jid: id, mode } = args as { jid: string; mode: 'status' | 'cleanup' }
    if (isCheck) return skippedResult('a job is not looked at under check')
    if (mode === 'cleanup') {
      const erased = await removeJob(session, folder, id)
      if (erased === undefined) return noJob({ ansible_job_id: id, started: 1 })
      this.#begun.delete(id)
      const values = { ...NOTHING_SAID, ansible_job_id: id, erased, started: 0, finished: 0, changed: false }
      return { status: 'ok', changes: [], values }
    }
    const state = await lookAtJob(session, folder, id)
    if (state.state === 'none') return noJob(idsOf(id, state.file))
    return state.state === 'running' ? running(id, state.file) : this.#ended(id, state)
  }

  #ended(id: string, { state, file, note, outcomes }: JobState): Outcome {
    const ended = outcomeOf(state, () => this.#begun.get(id) ?? readNote(note, this.#modules), outcomes)
    return { ...ended, values: { ...NOTHING_SAID, ...ended.values, ...idsOf(id, file), finished: 1 } }
  }
}

const UNPLANNED: Pick<BegunJob, 'plan' | 'state'> = { plan: { changes: [] }, state: undefined }

/** A module that is run as it is, from a file in the job's own folder. */
function programSteps(
  { module: { name }, args, environment, view }: ResolvedTask,
  program: Program,
  id: string,
  { folder, interpreter }: Terms,
): JobStep[] {
  return jobSteps({ name, program, args, environment, view, interpreter }, `${folder}/${id}.job/module`)
}

/** Seconds before the first look at a job that is waited for. */
const SOON = 0.1
/** Seconds that a host may take to end a job whose time is over. */
const LATE = 5

/** What becomes of a task with `async` whose module cannot do without us. */
export const NOT_SUPPORTED = failedResult('async is not supported for this task.')

/** Modules that wait do so from here, and not on the host. */
function canGoOn({ controls, reconnects, poll, inForeground }: Module): boolean {
  return controls === undefined && !reconnects && poll === undefined && !inForeground
}

/** The actions of a plan as the steps of a job; undefined when one of them needs us. */
function stepsOf({ actions = [], failed }: Plan): JobStep[] | undefined {
  const steps = (failed === undefined ? actions : []).map(stepOf)
  return steps.every((step) => step !== undefined) ? steps : undefined
}

function stepOf(action: Action): JobStep | undefined {
  switch (action.do) {
    case 'sh':
      return { script: action.script }
    case 'send':
      return { script: action.script, input: action.content }
    case 'exec':
      return { script: action.script, input: action.stdin, isOwn: true }
    case 'receive':
    case 'talk':
      return undefined
  }
}

function outcomeOf(state: JobState['state'], begun: () => BegunJob, outcomes: readonly Ended[]): Outcome {
  if (state === 'late') return failedResult('Timeout exceeded')
  if (state === 'lost')
    return failedResult('the job has ended without a result: it was killed, or the host was restarted')
  try {
    const { module, args, ...planned } = begun()
    const { plan } = planned
    if (module.program !== undefined) return jobEnd(module.name, outcomes)
    if (outcomes.length === 0) return moduleResult({ plan, outcomes, result: {} })
    return moduleResult(conclude(module, args, planned, [...outcomes]))
  } catch (error) {
    if (error instanceof StepFailed) return stepFailedResult(error)
    throw error
  }
}

/** What is kept with a job for other runs: arguments only of what runs commands, for those of others may be secret. */
function noteOf(module: Module, args: Args, { actions: _, ...plan }: Plan): string {
  const { name, program, runsCommands } = module
  if (program !== undefined) return JSON.stringify({ module: name, plan, program })
  return JSON.stringify({ module: name, plan, ...(runsCommands && { args }) })
}

interface Note {
  readonly module: string
  readonly plan: Plan
  readonly args?: Args
  readonly program?: Program
}

function readNote(note: string, modules: Catalogue): BegunJob {
  const { module: name, plan, program, args = {} } = JSON.parse(note) as Note
  const known = Object.hasOwn(modules, name) ? modules[name]! : undefined
  const module: Module =
    known?.runsCommands === true
      ? known
      : { name, summary: '', options: {}, plan: () => plan, ...(program && { program }) }
  return { module, args, plan, state: undefined }
}

const NOTHING_SAID: ValueMap = { stdout: '', stderr: '', stdout_lines: [], stderr_lines: [] }

function idsOf(id: string, file: string): ValueMap {
  return { ansible_job_id: id, results_file: file, started: 1 }
}

function running(id: string, file: string): Outcome {
  const values = { ...NOTHING_SAID, ...idsOf(id, file), finished: 0, changed: false }
  return { status: 'ok', changes: [], values }
}

function noJob(ids: ValueMap): Outcome {
  return failedResult('could not find job', { ...NOTHING_SAID, ...ids, finished: 1 })
}
