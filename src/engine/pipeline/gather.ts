import { isConnectionVariable } from '../../inventory/connection/variables.ts'
import type { Keyword, Role, Step, Task } from '../../playbook/ast.ts'
import type { InEnvironment, Session } from '../../remote/session.ts'
import type { Action, Module, Plan } from '../../sdk/module.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { Changing } from '../../sdk/traces.ts'
import type { TemplateContext } from '../../template/context.ts'
import { isFixed } from '../../template/template.ts'
import type { Layer } from '../../template/variables.ts'
import { realpath } from '../../values/controller-files.ts'
import { unnamedReads } from '../../values/outside.ts'
import { breathe } from '../breath.ts'
import type { HostState } from '../host.ts'
import { labelOf, loopItems } from '../loop.ts'
import type { Prefetcher } from '../prefetch/prefetcher.ts'
import { canPrefetch, type Upcoming } from '../prefetch/upcoming.ts'
import { flag, type PlayContext, type ResolvedTask, resolveTask } from '../task/resolve.ts'
import { residentScript } from '../task/run-module.ts'
import { asksOf, placesIn } from './asks.ts'

/** A task whose plan is made, and that may be sent. */
export interface Ready {
  readonly task: Task
  readonly item: number
  readonly ready: ResolvedTask
  readonly state: unknown
  readonly plan: Plan
  /** What makes its changes; none if there are none to make. */
  readonly scripts: readonly InEnvironment[]
}

/** Where a change is about to be sent, and what comes behind it. */
export interface Lead {
  readonly host: HostState
  readonly session: Session
  readonly prefetcher: Prefetcher
  readonly context: PlayContext
  /** The steps behind its task; none if it is not known whether they are come to. */
  readonly upcoming: Upcoming | undefined
}

/** How many tasks go along with a change at most, and how much their scripts may be, in bytes. */
const TASKS_AT_MOST = 100
const BYTES_AT_MOST = 1024 * 1024

/** Keywords with which a task may go along; by others it may end otherwise than its module does, or elsewhere. */
const HARMLESS: ReadonlySet<string> = new Set<Keyword>([
  'any_errors_fatal',
  'become',
  'become_exe',
  'become_flags',
  'become_method',
  'become_user',
  'check_mode',
  'connection',
  'diff',
  'ignore_errors',
  'ignore_unreachable',
  'no_log',
  'port',
  'remote_user',
])

/** What there is of other hosts, and by other names of what a task registers. */
const OF_HOSTS = ['ansible_play_hosts', 'ansible_play_batch', 'play_hosts']
const OF_RESULTS = ['hostvars', 'vars']

/** A variable that a task before will set was read. */
class NotYet extends Error {}

/**
 * The tasks whose actions can go to the host together with a change that is about to be sent there, in their order; and
 * those between them that have nothing to do. None of them could tell the difference: what it has found, and what its
 * templates read, cannot be changed by those before it, and it is not done if one of these fails.
 */
export async function goingAlong(first: Ready, lead: Lead): Promise<Ready[]> {
  const gathering = new Gathering(lead)
  if (!gathering.begin(first)) return []
  await gathering.goOn(first)
  return gathering.found
}

class Gathering {
  readonly found: Ready[] = []
  readonly #lead: Lead
  readonly #changing = new Changing()
  /** Variables that are not known before their task has had its turn. */
  readonly #unknown = new Map<string, () => never>()
  readonly #roles = new Map<string, Role>()
  #bytes = 0
  /** One of these was read, whatever became of that. */
  #isTooEarly = false

  constructor(lead: Lead) {
    this.#lead = lead
  }

  /** Whether something may be sent behind it. */
  begin({ task, ready, state, plan, scripts }: Ready): boolean {
    const { context, host, session, prefetcher } = this.#lead
    const { module, args, view, environment } = ready
    if (!context.pipeline.concerns(task) || context.pipeline.owes(host) || scripts.length === 0) return false
    if (!isCertain(task, context)) return false
    const found = prefetcher.known(host, { session, environment, probes: asksOf(ready) })
    const footprint = module.footprint?.of(args, state, plan, view)
    if (found === undefined || footprint === undefined || footprint.writes === 'anything') return false
    this.#changing.add(footprint, placesIn(found, ready))
    this.#bytes += bytesOf(scripts)
    if (task.role !== undefined) this.#roles.set(task.role.signature, task.role)
    return true
  }

  async goOn({ task, item }: Ready): Promise<void> {
    const { context, host, upcoming } = this.#lead
    if (!(await this.#items(task, item + 1))) return
    this.#leave(task)
    if (context.pipeline.crossesTasks && upcoming !== undefined) await this.#steps(upcoming(host))
  }

  /** Goes through steps as far as it can be told what they will do; false if it ends before. */
  async #steps(steps: readonly Step[]): Promise<boolean> {
    for (const step of steps) {
      await breathe()
      const before = step.role && this.#roles.get(step.role.signature)
      if (before !== undefined && before !== step.role && step.role!.runsOnce) return false
      if (!this.#lead.context.pipeline.isThere(step, this.#lead.host)) continue
      if (step.kind === 'block') {
        if (!(await this.#steps([...step.block, ...step.always]))) return false
      } else if (step.kind !== 'task' || !isCertain(step, this.#lead.context)) return false
      else {
        if (step.role !== undefined) this.#roles.set(step.role.signature, step.role)
        if (!(await this.#items(step, 0))) return false
        this.#leave(step)
      }
    }
    return true
  }

  /** From here on the task's result is registered, and hosts may have failed in it. */
  #leave({ register }: Task): void {
    const notYet = () => {
      this.#isTooEarly = true
      throw new NotYet()
    }
    const names = register === undefined ? OF_HOSTS : [...OF_HOSTS, ...OF_RESULTS, register]
    for (const name of names) this.#unknown.set(name, notYet)
  }

  /** Goes through the items of a loop behind the first, or the task itself; false if it ends before. */
  async #items(task: Task, from: number): Promise<boolean> {
    const { host, context } = this.#lead
    const unknown: Layer = { name: 'not yet', computed: this.#unknown }
    try {
      const scope = context.scope.forStep(task, host, true).over(unknown)
      if (task.loop === undefined) return from > 0 || (await this.#item(task, 0, scope))
      const before = unnamedReads()
      const items = await loopItems(task.loop, scope, task.inherited.when)
      if (!Array.isArray(items) || unnamedReads() !== before || this.#isTooEarly) return false
      for (const [index, turn] of items.entries()) {
        const own = scope.with(turn.variables)
        labelOf(task.loop, own, turn)
        if (index >= from && !(await this.#item(task, index, own))) return false
      }
      return true
    } catch (error) {
      // What is wrong with it is said in its turn.
      if (error instanceof Error) return false
      throw error
    }
  }

  async #item(task: Task, item: number, scope: TemplateContext): Promise<boolean> {
    const { host, context, session, prefetcher } = this.#lead
    if (this.found.length >= TASKS_AT_MOST) return false
    const before = unnamedReads()
    flag(scope, task, 'any_errors_fatal')
    if (scope.failing(task.inherited.when) !== undefined)
      return unnamedReads() === before && !this.#isTooEarly
    const ready = await resolveTask(task, host, scope, context)
    const { module, target, become, environment } = ready
    if (unnamedReads() !== before || this.#isTooEarly) return false
    if (module.footprint === undefined || !isKnownAhead(module)) return false
    if (context.run.pool.openSession(target, become) !== session) return false
    if (!(await this.#isApartHere(ready))) return false
    const found = prefetcher.known(host, { session, environment, probes: asksOf(ready) })
    if (found === undefined) return false
    return this.#plan({ task, item, ready }, found)
  }

  async #plan(one: Pick<Ready, 'task' | 'item' | 'ready'>, found: ProbeOutput): Promise<boolean> {
    const { module, args, view, environment } = one.ready
    const state = module.parse?.(this.#changing.behind(found), args, view)
    const plan = module.plan(args, state, view)
    const footprint = plan.failed === undefined ? module.footprint?.of(args, state, plan, view) : undefined
    const places = placesIn(found, one.ready)
    if (footprint === undefined || !this.#changing.isApart(footprint, places)) return false
    const isToSend = plan.changes.length > 0 && !view.check
    // It may take long, and Ctrl-C is to find it not begun.
    if (isToSend && footprint.writes === 'anything') return false
    const scripts = isToSend ? await scriptsOf(plan.actions ?? [], environment) : []
    if (scripts === undefined || (isToSend && scripts.length === 0)) return false
    this.#bytes += bytesOf(scripts)
    if (this.#bytes > BYTES_AT_MOST) return false
    if (isToSend) this.#changing.add(footprint, places)
    this.found.push({ ...one, state, plan, scripts })
    return true
  }

  /** Whether files of this machine that a task reads are none of those that are changed: the host may be this machine. */
  async #isApartHere({ module, args, target }: ResolvedTask): Promise<boolean> {
    const read = Object.entries(args).flatMap(([name, value]) =>
      isLocalFile(module.options[name]?.type) && typeof value === 'object' && value !== null
        ? [(value as unknown as { path: string }).path]
        : [],
    )
    if (target.connection === 'local') return read.length === 0
    return this.#changing.isApartFrom([...read, ...(await Promise.all(read.map(realOf)))])
  }
}

/** Whether what it is planned on can be known before its turn. */
function isKnownAhead(module: Module): boolean {
  return module.probe === undefined || canPrefetch(module)
}

function isLocalFile(type: string | undefined): boolean {
  return type === 'file' || type === 'template' || type === 'archive' || type === 'script'
}

function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

/** Whether nothing but its module says how a task ends, and nothing but its own name what it does. */
function isCertain(task: Task, { pipeline }: PlayContext): boolean {
  const { module, register, changedWhen, until, retries, failedWhen, async, named, loop } = task
  const { runsCommands, talks, restart, writesHere, setsVariables, reconnects } = module
  return (
    (until ?? retries ?? failedWhen ?? async ?? named ?? loop?.pause) === undefined &&
    (runsCommands ?? talks ?? restart ?? writesHere ?? setsVariables ?? reconnects) === undefined &&
    (changedWhen === undefined ||
      (changedWhen.kind === 'scalar' && typeof changedWhen.value === 'boolean')) &&
    (register === undefined || !isConnectionVariable(register)) &&
    Object.keys(task.inherited.keywords).every((name) => HARMLESS.has(name)) &&
    task.notify.every(
      (name) => name.kind === 'scalar' && isFixed(name) && pipeline.isHandler(String(name.value)),
    )
  )
}

/** Actions as scripts of the resident shell; undefined if one of them is none. */
export async function scriptsOf(
  actions: readonly Action[],
  environment: InEnvironment['environment'],
): Promise<InEnvironment[] | undefined> {
  const scripts: InEnvironment[] = []
  for (const action of actions) {
    const resident = await residentScript(action)
    if (resident === undefined || resident.tells) return undefined
    scripts.push({ script: resident.script, environment })
  }
  return scripts
}

function bytesOf(scripts: readonly InEnvironment[]): number {
  return scripts.reduce((sum, { script }) => sum + script.length, 0)
}
