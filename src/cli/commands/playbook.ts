import { prepare } from '../../analysis/prepare.ts'
import { execute, type RunHooks } from '../../engine/execute.ts'
import { listing } from '../../engine/listing.ts'
import type { Prepared } from '../../engine/run.ts'
import { seconds, timing } from '../../engine/spans.ts'
import { keepRun } from '../../history/history.ts'
import { modules } from '../../modules/index.ts'
import type { Event } from '../../protocol/event.ts'
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
import { listenToSignals } from '../signals.ts'

/** `run PLAYBOOK...`: reads, checks and runs playbooks; gives the exit status. Raises ProblemError. */
export async function runPlaybooks(flags: Flags): Promise<number> {
  const early: Event[] = [{ type: 'span', phase: 'starting', began: 0, seconds: seconds() }]
  const timed = timing((event) => early.push(event))
  const asked = (prompt: string, isPrivate: boolean) => timed('prompting', () => ask(prompt, isPrivate))
  const request = await readRequest(flags, asked)
  const keeper = keeperFor(request)
  keeper?.expect()
  const prepared = await prepare(request, modules, timed)
  const { listHosts, listTasks, listTags, syntaxCheck } = flags.list
  if (prepared.request.execution.onlyReads)
    for (const one of prepared.warnings) process.stderr.write(`${masked(formatWarning(one))}\n`)
  if (syntaxCheck) return 0
  if (listHosts || listTasks || listTags) return list(prepared, flags.list)
  const reporter = await withReports(reporterFor(prepared, flags), flags.output.report)
  return run(prepared, kept(reporter, prepared, flags), early, { keeper })
}

/** The same report, and the run is kept besides. */
function kept(reporter: Reporter, { request }: Prepared, { selection }: Flags): Reporter {
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

function reporterFor({ request: { execution, output } }: Prepared, flags: Flags): Reporter {
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

/**
 * Carries out what is prepared, and reports it. `early` is what happened before there was anybody to report it; `logins` are
 * those that stay for the next run.
 */
export async function run(
  prepared: Prepared,
  reporter: Reporter,
  early: readonly Event[] = [],
  logins: Pick<RunHooks, 'pool' | 'keeper'> = {},
): Promise<number> {
  for (const event of early) reporter.listener(event)
  const interruption = listenToSignals()
  try {
    return await execute(prepared, {
      emit: reporter.listener,
      stop: interruption.stop,
      cut: interruption.cut,
      ...logins,
      ask: (prompt, isPrivate) =>
        timing(reporter.listener)('prompting', () => reporter.suspend(() => ask(prompt, isPrivate))),
    })
  } finally {
    await reporter.finish()
    interruption.end()
  }
}
