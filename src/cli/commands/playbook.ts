import { prepare } from '../../analysis/prepare.ts'
import { execute, type RunHooks } from '../../engine/execute.ts'
import { listing } from '../../engine/listing.ts'
import type { Prepared } from '../../engine/run.ts'
import { seconds, timing } from '../../engine/spans.ts'
import { keepRun } from '../../history/spool.ts'
import { modules } from '../../modules/index.ts'
import type { Event } from '../../protocol/event.ts'
import type { QueueOfRun } from '../../queue/execute.ts'
import {
  createReporter,
  formatListing,
  formatWarning,
  type Reporter,
  withReports,
} from '../../report/index.ts'
import { masked } from '../../vault/secrets.ts'
import { ask } from '../ask.ts'
import type { Flags, ListFlags } from '../flags.ts'
import { readRequest } from '../request.ts'
import { keeperFor } from '../sessions.ts'
import { readSettings } from '../settings/settings.ts'
import { listenToSignals } from '../signals.ts'

/** `run PLAYBOOK...`: reads, checks and runs playbooks; gives the exit status. Raises ProblemError. */
export async function runPlaybooks(flags: Flags): Promise<number> {
  const early: Event[] = [{ type: 'span', phase: 'starting', began: 0, seconds: seconds() }]
  const timed = timing((event) => early.push(event))
  const asked = (prompt: string, isPrivate: boolean) => timed('prompting', () => ask(prompt, isPrivate))
  const queue = await queueOf(flags)
  let keeper: RunHooks['keeper']
  try {
    const request = await readRequest(flags, asked)
    keeper = queue === undefined ? keeperFor(request) : undefined
    void keeper?.known()
    const prepared = await prepare(request, modules, timed)
    return await runPrepared(prepared, flags, { early, keeper, ...(queue && { queue }) })
  } finally {
    await keeper?.close()
    await queue?.close()
  }
}

interface Around {
  readonly early: readonly Event[]
  readonly keeper: RunHooks['keeper']
  readonly queue?: QueueOfRun
}

async function runPrepared(
  prepared: Prepared,
  flags: Flags,
  { early, keeper, queue }: Around,
): Promise<number> {
  const { listHosts, listTasks, listTags, syntaxCheck } = flags.list
  if (prepared.request.execution.onlyReads)
    for (const one of prepared.warnings) process.stderr.write(`${masked(formatWarning(one))}\n`)
  if (syntaxCheck) return 0
  if (listHosts || listTasks || listTags) return list(prepared, flags.list)
  const reporter = await withReports(reporterFor(prepared, flags), flags.output.report)
  return run(prepared, kept(reporter, prepared, flags), {
    ...{ early, keeper },
    ...(queue && { execute: (prepared, hooks) => queue.execute(prepared, hooks) }),
  })
}

/** The queue whose workers are to carry it out; undefined where there is none. Raises ProblemError. */
async function queueOf({ queue: flags, playbooks, list }: Flags): Promise<QueueOfRun | undefined> {
  const url = flags.queue ?? readSettings(playbooks[0]).queue
  if (!url || list.syntaxCheck || list.listHosts || list.listTasks || list.listTags) return undefined
  const { queueUse } = await import('./queue.ts')
  const { QueueOfRun } = await import('../../queue/execute.ts')
  return new QueueOfRun(queueUse(flags))
}

/** The same report, and the run is kept besides. */
export function kept(reporter: Reporter, { request }: Prepared, { selection }: Flags): Reporter {
  const { history } = request.output
  if (history === undefined) return reporter
  const recording = keepRun(history, { folder: request.folder, limit: selection.limit })
  return {
    suspend: reporter.suspend,
    listener: (event) => {
      reporter.listener(event)
      recording.listener(event)
    },
    finish: async () => {
      await recording.finish()
      await reporter.finish()
    },
  }
}

function list(prepared: Prepared, { listHosts, listTasks, listTags }: ListFlags): number {
  const shown = { hosts: listHosts, tasks: listTasks, tags: listTags }
  for (const playbook of listing(prepared)) process.stdout.write(masked(formatListing(playbook, shown)))
  return 0
}

/** The report that is asked for. */
export function reporterFor({ request: { execution, output } }: Prepared, flags: Flags): Reporter {
  return createReporter({
    format: output.format.shown,
    added: output.format.added,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    verbosity: output.verbosity,
    display: output.display,
    ...(output.color !== undefined && { color: output.color }),
    log: output.log,
    check: execution.check,
    diff: execution.diff,
    profile: flags.output.profile,
    trace: flags.output.trace,
  })
}

/** What a run has besides; `pool` and `keeper` are logins that stay for the next run. */
export interface RunExtras extends Pick<RunHooks, 'pool' | 'keeper'> {
  /** What happened before there was anybody to report it. */
  readonly early?: readonly Event[]
  /** Carries out what is prepared, in place of this process. */
  readonly execute?: typeof execute
}

/** Carries out what is prepared, and reports it. */
export async function run(
  prepared: Prepared,
  reporter: Reporter,
  { early = [], execute: carryOut = execute, ...logins }: RunExtras = {},
): Promise<number> {
  for (const event of early) reporter.listener(event)
  const interruption = listenToSignals()
  try {
    return await carryOut(prepared, {
      emit: reporter.listener,
      stop: interruption.stop,
      cut: interruption.cut,
      ...logins,
      ask: (prompt, isPrivate) =>
        timing(reporter.listener)('prompting', () => reporter.suspend(() => ask(prompt, isPrivate))),
    })
  } finally {
    await reporter.finish()
    // When nothing else is left to do: a process that is started then takes no room from what this one has to do.
    await logins.keeper?.close()
    interruption.end()
  }
}
