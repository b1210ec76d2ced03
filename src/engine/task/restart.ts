import { Unreachable } from '../../remote/channel.ts'
import type { Session } from '../../remote/session.ts'
import type { Slot } from '../../remote/slot.ts'
import type { Outcome as Ended, Restart } from '../../sdk/module.ts'
import { Interrupted, waitSeconds } from '../interrupt.ts'
import { failedResult, moduleResult, type Outcome } from '../results.ts'
import type { Run } from '../run.ts'
import type { ResolvedTask } from './resolve.ts'
import { carryOut, conclude, type ModuleRunOptions, planModule } from './run-module.ts'

/**
 * Carries out what restarts a host, and connects anew until it has and can be used; meanwhile its slot is given up.
 * Raises as `runModule` does.
 */
export async function restartHost(
  ready: ResolvedTask,
  session: Session | undefined,
  options: ModuleRunOptions,
  slot: Slot,
  run: Run,
): Promise<Outcome> {
  const { module, args, target, view } = ready
  if (target.connection === 'local') {
    const message = `Running ${module.name} with local connection would reboot the control node.`
    return failedResult(message, { rebooted: false, elapsed: 0 })
  }
  const planned = await planModule(module, args, session, options)
  const { plan, state } = planned
  const planOnly = { plan, outcomes: [], result: {} }
  if (session === undefined || plan.failed !== undefined || view.check) return moduleResult(planOnly)
  if (options.stop?.aborted) throw new Interrupted()
  await options.onApply?.()
  const outcomes = await struck(() => carryOut(plan.actions ?? [], session, options))
  if (outcomes.some(({ code }) => code !== 0 && code <= BY_SIGNAL))
    return moduleResult(conclude(module, args, planned, outcomes))
  const started = performance.now()
  const elapsed = () => Math.floor((performance.now() - started) / 1000)
  const restart = module.restart!(args, state)
  const late = await waited(restart, ready, slot, run, options.stop)
  if (late !== undefined) {
    return failedResult(late.message, { rebooted: true, elapsed: elapsed() }, late.advice)
  }
  return moduleResult({ ...planOnly, result: { result: { elapsed: elapsed() } } })
}

/** Exit status of a program that a signal has ended, as all are when a host goes down, is above. */
const BY_SIGNAL = 128

/** A connection that ends is what a restart comes to. */
async function struck(work: () => Promise<Ended[]>): Promise<Ended[]> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Unreachable) return []
    throw error
  }
}

interface Late {
  readonly message: string
  /** What was last found instead. */
  readonly advice: string
}

/** Waits for the restart and for the host behind it; says what it waited for in vain. */
async function waited(
  { ask, before, test, delay, timeout, patience }: Restart,
  { target, become, environment }: ResolvedTask,
  slot: Slot,
  run: Run,
  stop: AbortSignal | undefined,
): Promise<Late | undefined> {
  const patient = { ...target, timeout: patience ?? target.timeout }
  const tried = async (script: string): Promise<Ended> => {
    const session = await run.pool.session(patient, become, () => slot.release())
    await slot.acquire()
    return session.exec(script, { environment })
  }
  const isAnother = ({ code, stdout }: Ended) => {
    if (code === 0) return !['', before].includes(stdout.trim())
    return false
  }
  const steps = [
    { script: ask, isDone: isAnother, called: 'last boot time check', lacking: 'it has not restarted' },
    {
      script: test,
      isDone: ({ code }: Ended) => code === 0,
      called: 'post-reboot test command',
      lacking: 'the test command fails',
    },
  ]
  slot.release()
  await run.pool.drop(target)
  await waitSeconds(delay, stop)
  for (const { script, isDone, called, lacking } of steps) {
    const end = performance.now() + timeout * 1000
    for (let tries = 0; ; tries += 1) {
      let last = lacking
      try {
        if (isDone(await tried(script))) break
      } catch (error) {
        last = (error as Error).message
      }
      // One that was there before the host went down does not tell when it is gone.
      slot.release()
      await run.pool.drop(target)
      const left = (end - performance.now()) / 1000
      if (left <= 0) return { message: `Timed out waiting for ${called} (timeout=${timeout})`, advice: last }
      await waitSeconds(Math.min(2 ** tries, LONGEST_PAUSE, left), stop)
    }
  }
  return undefined
}

/** Seconds between two tries at most. */
const LONGEST_PAUSE = 12
