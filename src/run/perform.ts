import type { Action, Args, Conclusion, Module, Outcome, Plan, View } from '../modules/module.ts'
import type { Session } from '../remote/session.ts'
import type { ShellOutput } from '../remote/shell.ts'
import { type Interrupt, Interrupted, waitSeconds } from './interrupt.ts'

export interface Performed {
  readonly plan: Plan
  readonly outcomes: readonly Outcome[]
  readonly conclusion: Conclusion
  /** What was run, for modules that run the user's own commands. */
  readonly ran?: string
}

export interface PerformOptions {
  readonly view: View
  readonly environment?: Readonly<Record<string, string>> | undefined
  readonly onLine?: (line: string) => void
  /** Once it is requested nothing is applied any more. */
  readonly interrupt?: Pick<Interrupt, 'requested'>
  /** Answers a probe, if it has been sent before. */
  readonly look?: (script: string) => Promise<ShellOutput>
  /** Called when something is about to be applied. */
  readonly onApply?: () => void
}

/** A module could not look, or could not carry out what it planned: which part, and what the host said. */
export class StepFailed extends Error {
  readonly outcome: Outcome | undefined
  readonly plan: Plan | undefined

  constructor(message: string, outcome?: Outcome, plan?: Plan) {
    super(message)
    this.name = 'StepFailed'
    this.outcome = outcome
    this.plan = plan
  }
}

/**
 * Probe, plan and, unless this is a check, apply: one module on one host, whose session only modules that never
 * ask it do without. Raises StepFailed, Unreachable, BecomeError, and Interrupted before anything is applied.
 */
export async function perform(
  module: Module,
  args: Args,
  session: Session | undefined,
  options: PerformOptions,
): Promise<Performed> {
  const { view, environment, onLine, interrupt } = options
  const started = performance.now()
  const state = await probe(module, args, session, options)
  const plan = module.plan(args, state, { ...view, waited: (performance.now() - started) / 1000 })
  if (plan.failed !== undefined || plan.changes.length === 0 || view.check) {
    return { plan, outcomes: [], conclusion: {} }
  }
  if (module.apply === undefined || session === undefined) {
    return { plan, outcomes: [], conclusion: {} }
  }
  if (interrupt?.requested) throw new Interrupted()
  options.onApply?.()
  const actions = module.apply(plan, args, state)
  const outcomes: Outcome[] = []
  for (const action of actions) {
    const outcome = await act(action, session, environment, onLine)
    outcomes.push(outcome)
    if (outcome.code !== 0) break
  }
  const ran = actions.find((action) => action.do === 'exec')?.script
  const conclusion = module.conclude?.(outcomes, args, state, plan) ?? failure(outcomes.at(-1), plan)
  return { plan, outcomes, conclusion, ...(ran !== undefined && { ran }) }
}

const NOTHING: ShellOutput = { code: 0, stdout: Buffer.alloc(0), stderr: '' }

async function probe(
  module: Module,
  args: Args,
  session: Session | undefined,
  { view, environment, interrupt, look = (script) => session!.sh(script, environment) }: PerformOptions,
): Promise<unknown> {
  if (module.probe === undefined || session === undefined) return undefined
  if (!view.check) await waitSeconds(module.pause?.(args) ?? 0, interrupt)
  const started = performance.now()
  for (;;) {
    const script = module.probe(args, view)
    const output = script === '' ? NOTHING : await look(script)
    if (output.code !== 0) {
      const outcome = {
        code: output.code,
        stdout: output.stdout.toString(),
        stderr: output.stderr,
        seconds: 0,
      }
      throw new StepFailed(
        output.stderr.trim() || `looking at the host failed (exit status ${output.code})`,
        outcome,
      )
    }
    const state = module.parse?.({ bytes: output.stdout, text: output.stdout.toString() }, args)
    const wait = view.check ? undefined : module.waiting?.(args, state)
    if (wait === undefined) return state
    if ((performance.now() - started) / 1000 >= wait.timeout) {
      throw new StepFailed(wait.failed ?? `waited ${wait.timeout} s for ${wait.for}`)
    }
    await waitSeconds(wait.delay, interrupt)
  }
}

async function act(
  action: Action,
  session: Session,
  environment: Readonly<Record<string, string>> | undefined,
  onLine: ((line: string) => void) | undefined,
): Promise<Outcome> {
  switch (action.do) {
    case 'sh': {
      const started = performance.now()
      const { code, stdout, stderr } = await session.sh(action.script, environment)
      return { code, stdout: stdout.toString(), stderr, seconds: (performance.now() - started) / 1000 }
    }
    case 'send':
      return session.send(action.script, action.content, environment)
    case 'exec':
      return session.exec(action.script, { stdin: action.stdin, environment, ...(onLine && { onLine }) })
    case 'receive':
      return session.receive(action.script, action.to)
  }
}

function failure(last: Outcome | undefined, plan: Plan): Conclusion {
  if (last === undefined || last.code === 0) return {}
  throw new StepFailed(last.stderr.trim() || `exit status ${last.code}`, last, plan)
}
