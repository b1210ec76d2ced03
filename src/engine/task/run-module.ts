import { buffer } from 'node:stream/consumers'
import type { ShellOutput } from '../../remote/resident-shell.ts'
import type { Session } from '../../remote/session.ts'
import { talkWith } from '../../remote/talk.ts'
import type { Action, Args, Module, ModuleContext, ModuleResult, Outcome, Plan } from '../../sdk/module.ts'
import { batchedProbesOf, type Probe, type ProbeOutput } from '../../sdk/probe.ts'
import { CHANGED_MEANWHILE } from '../../shell/outcome.ts'
import { ASK_FOR_PROGRESS, progressIn, withoutProgress } from '../../shell/progress.ts'
import { withStdin } from '../../shell/quote.ts'
import type { ValueMap } from '../../values/value.ts'
import { Interrupted, waitSeconds } from '../interrupt.ts'
import { ProbeFailed, probeNow } from '../prefetch/probe-cache.ts'
import { type Timed, untimed } from '../spans.ts'
import { actionWords } from './sent.ts'
import { type OnBytes, ofLarge } from './transfers.ts'
import { undisturbed } from './undisturbed.ts'

export interface ModuleRun {
  readonly plan: Plan
  readonly outcomes: readonly Outcome[]
  readonly result: ModuleResult
  /** What was run, for modules that run the user's own commands. */
  readonly ran?: string
}

export interface ModuleRunOptions {
  readonly view: ModuleContext
  readonly environment?: Readonly<Record<string, string>> | undefined
  readonly onLine?: (line: string) => void
  /** Hears how many bytes of how many, if that is known, have gone to the host, come from it, or been fetched by it. */
  readonly onBytes?: OnBytes
  /** Once it is aborted nothing is applied any more. */
  readonly stop?: AbortSignal
  /** What the module asks, where that is known; the same object for the same. */
  readonly asks?: Probe | undefined
  /** Answers a probe with what was found before, if it was. */
  readonly look?: ((probe: Probe) => Promise<ProbeOutput>) | undefined
  /** Gives a message in which a plan's actions go to the host together with those of upcoming tasks, if they can. */
  readonly together?: (planned: Planned) => Promise<Together | undefined>
  /** Called, and waited for, when something is about to be applied. */
  readonly onApply?: () => Promise<void>
  /** Called before each action, and what it raises keeps it from being done. */
  readonly onAction?: () => void
  /** Is called with what says, in words, what was done. */
  readonly onSent?: (words: () => string) => void
  /** Called when the last of what is applied has been sent to the session's resident shell, and is not yet done. */
  readonly onLastSent?: () => void
  readonly timed?: Timed
}

/** A module's probe failed, or what it planned could not be carried out: which part, and what the host said. */
export class StepFailed extends Error {
  readonly outcome: Outcome | undefined
  readonly plan: Plan | undefined
  /** What the task returns besides. */
  readonly values: ValueMap

  constructor(message: string, outcome?: Outcome, plan?: Plan, values: ValueMap = {}) {
    super(message)
    this.name = 'StepFailed'
    this.outcome = outcome
    this.plan = plan
    this.values = values
  }
}

/** Sends a plan's actions, and with them those of upcoming tasks; gives what its own come to, up to one that failed. */
export type Together = () => Promise<readonly ShellOutput[]>

/** What a module makes of a host: what it found there, and its plan. */
export interface Planned {
  readonly state: unknown
  readonly plan: Plan
}

/**
 * Probe, plan and, unless this is a check, apply: one module on one host, whose session only modules that never
 * ask it do without. What somebody else has changed between probe and actions is probed again. Raises
 * StepFailed, Unreachable, BecomeError, and Interrupted before anything is applied.
 */
export async function runModule(
  module: Module,
  args: Args,
  session: Session | undefined,
  options: ModuleRunOptions,
): Promise<ModuleRun> {
  return undisturbed(
    (again, isFirst) =>
      attempt(module, args, session, isFirst ? options : { ...options, look: undefined }, again),
    options.stop,
  )
}

/**
 * As `runModule`, once: undefined where somebody else has changed meanwhile what was probed, so that it was left, and it may be
 * probed `again`.
 */
async function attempt(
  module: Module,
  args: Args,
  session: Session | undefined,
  options: ModuleRunOptions,
  again: () => boolean,
): Promise<ModuleRun | undefined> {
  const { view, stop } = options
  const planned = await planModule(module, args, session, options)
  const { plan } = planned
  if (plan.ran !== undefined) return conclude(module, args, planned, [])
  if (plan.failed !== undefined || plan.changes.length === 0 || view.check) {
    return { plan, outcomes: [], result: {} }
  }
  const { actions } = plan
  if (actions === undefined || session === undefined) return { plan, outcomes: [], result: {} }
  const together = await options.together?.(planned)
  if (stop?.aborted) throw new Interrupted()
  await options.onApply?.()
  const outcomes = await (together === undefined
    ? carryOut(actions, session, options)
    : carryOutTogether(actions, together, options))
  const isLeft = outcomes.at(-1)?.code === CHANGED_MEANWHILE && !actions.some(isCommand)
  if (isLeft && again()) return undefined
  return conclude(module, args, planned, outcomes)
}

/** Probe and plan. Raises as `runModule` does. */
export async function planModule(
  module: Module,
  args: Args,
  session: Session | undefined,
  options: ModuleRunOptions,
): Promise<Planned> {
  const { view, timed = untimed } = options
  const started = performance.now()
  const found = await probe(module, args, session, options)
  const state = await talked(module, args, found, session, options)
  const waited = (performance.now() - started) / 1000
  return { state, plan: timed('planning', () => module.plan(args, state, { ...view, waited })) }
}

/** What the outcomes of a plan's actions come to. Raises StepFailed. */
export function conclude(
  module: Module,
  args: Args,
  { state, plan }: Planned,
  outcomes: Outcome[],
): ModuleRun {
  const ran = plan.ran?.script ?? plan.actions?.find(isCommand)?.script
  const result = module.interpret?.(outcomes, args, state, plan) ?? failure(outcomes.at(-1), plan)
  return { plan, outcomes, result, ...(ran !== undefined && { ran }) }
}

type Command = Extract<Action, { do: 'exec' }>

function isCommand(action: Action): action is Command {
  return action.do === 'exec'
}

async function probe(
  module: Module,
  args: Args,
  session: Session | undefined,
  { asks, view, environment, stop, look, timed = untimed }: ModuleRunOptions,
): Promise<unknown> {
  if (module.probe === undefined || session === undefined) return undefined
  const askNow = (probe: Probe) => {
    const timing = batchedProbesOf(probe).length === 0 ? untimed : timed
    return timing('probing', () => probeNow(session, environment, probe))
  }
  const pause = (seconds: number) => timed('pausing', () => waitSeconds(seconds, stop))
  if (!view.check && module.pause !== undefined) await pause(module.pause(args))
  const started = performance.now()
  for (;;) {
    const state = module.parse?.(await found(asks ?? module.probe(args, view), look ?? askNow), args, view)
    const wait = view.check ? undefined : module.poll?.(args, state)
    if (wait === undefined) return state
    const waited = (performance.now() - started) / 1000
    if (waited >= wait.timeout) {
      const told = wait.failed ?? `waited ${wait.timeout} s for ${wait.for}`
      throw new StepFailed(told, undefined, undefined, { elapsed: Math.floor(waited) })
    }
    await pause(wait.delay)
  }
}

/** What there is to know beyond the probe. */
async function talked(
  { talks }: Module,
  args: Args,
  state: unknown,
  session: Session | undefined,
  { view, environment, timed = untimed }: ModuleRunOptions,
): Promise<unknown> {
  const talk = session === undefined ? undefined : talks?.ask(args, state, view)
  if (talk === undefined) return state
  return talks!.heard(await timed('probing', () => talkWith(session!, talk, environment)), args, state)
}

async function found(probe: Probe, look: (probe: Probe) => Promise<ProbeOutput>): Promise<ProbeOutput> {
  try {
    return await look(probe)
  } catch (error) {
    throw error instanceof ProbeFailed ? new StepFailed(error.message, outcomeOf(error.output, 0)) : error
  }
}

/** The outcomes of actions that go to the host with those of upcoming tasks. */
async function carryOutTogether(
  actions: readonly Action[],
  together: Together,
  { onAction, onLastSent, onSent, timed = untimed }: ModuleRunOptions,
): Promise<Outcome[]> {
  onAction?.()
  const started = performance.now()
  const running = timed('applying', together, 'sh')
  onLastSent?.()
  const outcomes = outcomesOf(await running, started)
  onSent?.(() => actionWords(actions, outcomes))
  return outcomes
}

/** What came out of scripts that began together, as outcomes. */
export function outcomesOf(outputs: readonly ShellOutput[], started: number): Outcome[] {
  const seconds = (performance.now() - started) / 1000
  return outputs.map((output) => outcomeOf(output, seconds))
}

/** The outcomes of actions, one after the other until one fails. */
export async function carryOut(
  actions: readonly Action[],
  session: Session,
  options: ModuleRunOptions,
): Promise<Outcome[]> {
  const { onLastSent, onSent, timed = untimed } = options
  const outcomes: Outcome[] = []
  for (let next = 0; next < actions.length; ) {
    const first = actions[next]!
    // Before anything is begun on the host, which may be another's when it has come.
    if (first.do === 'send') await first.content.come?.()
    options.onAction?.()
    const scripts = await residentScripts(actions.slice(next))
    if (scripts.length > 0) {
      const started = performance.now()
      const running = timed('applying', () => inTurn(scripts, session, options), 'sh')
      next += scripts.length
      if (next === actions.length) onLastSent?.()
      outcomes.push(...outcomesOf(await running, started))
    } else {
      const action = actions[next] as Exclude<Action, { do: 'sh' }>
      outcomes.push(await timed('applying', () => act(action, session, options), action.do))
      next += 1
    }
    if (outcomes.at(-1)!.code !== 0) break
  }
  if (outcomes.length > 0) onSent?.(() => actionWords(actions, outcomes))
  return outcomes
}

/** Bytes of a content that goes to the resident shell within its script: there it takes no channel of its own. */
const SMALL = 64 * 1024

/** A script for the resident shell, and whether it is asked for its progress. */
export interface Resident {
  readonly script: string
  readonly tells?: true
}

/** The first of some actions as scripts for the resident shell, up to one that takes a channel of its own. */
async function residentScripts(actions: readonly Action[]): Promise<Resident[]> {
  const scripts: Resident[] = []
  for (const action of actions) {
    const resident = await residentScript(action)
    if (resident === undefined) break
    scripts.push(resident)
  }
  return scripts
}

/** An action as a script for the resident shell; undefined for one that takes a channel of its own. */
export async function residentScript(action: Action): Promise<Resident | undefined> {
  if (action.do === 'sh') return action
  if (action.do !== 'send' || !action.brief || action.content.size > SMALL) return undefined
  return { script: withStdin(action.script, await buffer(action.content.open())) }
}

async function inTurn(
  scripts: readonly Resident[],
  session: Session,
  { environment, onBytes }: ModuleRunOptions,
): Promise<ShellOutput[]> {
  const isHeard = onBytes !== undefined && scripts.some(({ tells }) => tells)
  if (!isHeard)
    return session.shInTurn(
      scripts.map(({ script }) => script),
      environment,
    )
  const asked = scripts.map(({ script, tells }) => (tells ? ASK_FOR_PROGRESS : '') + script)
  const outputs = await session.shInTurn(asked, environment, (line) => {
    const told = progressIn(line)
    if (told !== undefined) onBytes(told.bytes, told.of)
  })
  return outputs.map((output) => ({ ...output, stderr: withoutProgress(output.stderr) }))
}

function outcomeOf({ code, stdout, stderr }: ShellOutput, seconds: number): Outcome {
  return { code, stdout: stdout.toString(), stderr, seconds }
}

function act(
  action: Exclude<Action, { do: 'sh' }>,
  session: Session,
  { environment, onLine, onBytes }: ModuleRunOptions,
): Promise<Outcome> {
  const heard = (of: number) => onBytes && ofLarge(of, onBytes)
  switch (action.do) {
    case 'send':
      return session.send(action.script, action.content, environment, heard(action.content.size))
    case 'exec':
      return session.exec(action.script, { ...action, environment, ...(onLine && { onLine }) })
    case 'talk':
      return talkWith(session, action.talk, environment)
    case 'receive':
      return session.receive(action.script, action.to, action.size, heard(action.size))
  }
}

function failure(last: Outcome | undefined, plan: Plan): ModuleResult {
  if (last === undefined || last.code === 0) return {}
  throw new StepFailed(last.stderr.trim() || `exit status ${last.code}`, last, plan)
}
