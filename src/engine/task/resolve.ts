import type { Keyword, Play, Step, Task } from '../../playbook/ast.ts'
import type { Session } from '../../remote/session.ts'
import type { Become, Target } from '../../remote/target.ts'
import type { Args, Ends, Module, ModuleContext } from '../../sdk/module.ts'
import { type BatchedProbe, batchedProbesOf } from '../../sdk/probe.ts'
import { omit, type TemplateContext } from '../../template/context.ts'
import { ProblemError } from '../../values/problem.ts'
import { toBoolean } from '../../values/truth.ts'
import type { Value } from '../../values/value.ts'
import { argumentsFor, localPaths } from '../arguments.ts'
import { environmentOf } from '../environment.ts'
import type { HostState } from '../host.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { PlayVariables } from '../play-variables.ts'
import type { Run } from '../run.ts'
import { Alike } from './alike.ts'

/** A task with all that its host's variables say of it: what is to be done, where and as whom. */
export interface ResolvedTask {
  readonly module: Module
  readonly args: Args
  readonly view: ModuleContext
  /** The host that it is done on: the task's own, or the one it is delegated to. */
  readonly where: string
  readonly target: Target
  readonly become: Become | undefined
  readonly environment: Readonly<Record<string, string>> | undefined
  readonly rendered: Rendered
}

/** What of a task is made with its host's variables alone. */
interface Rendered {
  readonly args: Args
  readonly check: boolean | undefined
  readonly diff: boolean | undefined
  readonly environment: Readonly<Record<string, string>> | undefined
  /** What it asks every host, once somebody has wanted to know; 'its own' if that depends on the host. */
  probes?: readonly BatchedProbe[] | 'its own'
}

const rendered = new Alike<Rendered>()

/** The probes of a ready task; the same object for all hosts that are asked the same, where that is known. */
export function probesOf({ module, args, view, rendered: kept }: ResolvedTask): readonly BatchedProbe[] {
  const find = (seen: ModuleContext) => batchedProbesOf(module.probe?.(args, seen) ?? '')
  if (view.ends !== undefined || kept.probes === 'its own') return find(view)
  if (kept.probes !== undefined) return kept.probes
  let isOwn = false
  const watched: ModuleContext = {
    ...view,
    get host() {
      isOwn = true
      return view.host
    },
  }
  const probes = find(watched)
  kept.probes = isOwn ? 'its own' : probes
  return probes
}

/** What tasks are made ready with. */
export interface PlayContext {
  readonly run: Run
  readonly play: Play
  readonly scope: PlayVariables
  readonly pipeline: Pipeline
}

function render(task: Task, play: Play) {
  return async (scope: TemplateContext, holds: (() => boolean)[]): Promise<Rendered> => ({
    args: await argumentsFor(task, scope, play, holds),
    check: flag(scope, task, 'check_mode'),
    diff: flag(scope, task, 'diff'),
    environment: environmentOf(task.inherited.environment, scope),
  })
}

/** Renders a task for a host. Raises ProblemError and ConnectionError. */
export async function resolveTask(
  task: Task,
  host: HostState,
  scope: TemplateContext,
  context: PlayContext,
): Promise<ResolvedTask> {
  const { run, play } = context
  // A task whose no_log is wrong is not done: what it says on its host may be secret too.
  flag(scope, task, 'no_log')
  const where = String(setting(scope, task, 'delegate_to') || host.name)
  const target = context.scope.target(scope, task, where, host.name)
  const become = context.scope.become(scope, task, where, host.name)
  const between = task.module.betweenMachines && betweenMachines(task, host, scope, context, where, target)
  const kept = rendered.find(task, scope) ?? (await rendered.make(task, scope, render(task, play)))
  const { args, environment } = kept
  return {
    module: task.module,
    args,
    view: {
      check: kept.check ?? run.request.execution.check,
      rehearsal: run.request.execution.check,
      diff: kept.diff ?? run.request.execution.diff,
      ...(task.async !== undefined && { async: true }),
      verbosity: run.request.output.verbosity,
      host: host.name,
      folder: play.folder,
      ...(between && { ends: between.ends }),
    },
    where,
    target: between?.target ?? target,
    become,
    environment,
    rendered: kept,
  }
}

/**
 * The machines that a task works between that begins at the controller, or at the host that it is delegated to, and
 * which of them the session is to be of.
 */
function betweenMachines(
  task: Task,
  host: HostState,
  scope: TemplateContext,
  context: PlayContext,
  where: string,
  target: Target,
): { ends: Ends; target: Target } {
  const paths = (name: string) => localPaths(name, 'files', task, context.play)
  const own = where === host.name ? target : context.scope.target(scope, task, host.name, host.name)
  const isLocal = target.connection === 'local'
  if (where === host.name)
    return { target, ends: isLocal ? { are: 'there', paths } : { are: 'here and there', paths } }
  if (isLocal)
    return own.connection === 'local'
      ? { target, ends: { are: 'there', paths } }
      : { target: own, ends: { are: 'here and there', paths } }
  if (own.connection === 'ssh' && own.address === target.address && own.port === target.port)
    return { target, ends: { are: 'there' } }
  if (own.connection === 'local') return { target, ends: { are: 'there and beyond' } }
  const { address, port, user, privateKeyFile, sshArgs } = own
  const become = context.scope.become(scope, task, host.name, host.name)
  return {
    target,
    ends: { are: 'there and beyond', beyond: { address, port, user, privateKeyFile, sshArgs, become } },
  }
}

/**
 * The session that a ready task needs; undefined for a module that never asks its host. `onUnresponsive` is called when
 * nothing is heard of the host for long. Raises Unreachable.
 */
export async function sessionOf(
  { module, target, become }: ResolvedTask,
  run: Run,
  onUnresponsive?: () => void,
): Promise<Session | undefined> {
  if (module.probe === undefined) return undefined
  return run.pool.session(target, become, onUnresponsive)
}

/** The value of a keyword; undefined when nothing is said, or it is omitted. Raises ProblemError. */
export function setting(
  scope: TemplateContext,
  { inherited }: Pick<Step, 'inherited'>,
  name: Keyword,
): Value | undefined {
  const node = inherited.keywords[name]
  const value = node === undefined ? undefined : scope.render(node)
  return value === omit ? undefined : value
}

/** A keyword that says yes or no; undefined when nothing is said. Raises ProblemError when it is neither. */
export function flag(
  scope: TemplateContext,
  step: Pick<Step, 'inherited'>,
  name: Keyword,
): boolean | undefined {
  const value = setting(scope, step, name)
  if (value === undefined || value === null || value === '') return undefined
  const truth = toBoolean(value)
  if (truth !== undefined) return truth
  const message = `${name} takes true or false, this is ${JSON.stringify(value)}`
  throw new ProblemError({ message, place: step.inherited.keywords[name]!.place })
}
