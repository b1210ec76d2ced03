import { prepare } from '../../analysis/prepare.ts'
import { execute } from '../../engine/execute.ts'
import { listing } from '../../engine/listing.ts'
import type { Prepared } from '../../engine/run.ts'
import { seconds, timing } from '../../engine/spans.ts'
import { modules } from '../../modules/index.ts'
import type { Event } from '../../protocol/event.ts'
import { createReporter, formatListing, formatProblems, formatWarning } from '../../report/index.ts'
import { ProblemError } from '../../values/problem.ts'
import { masked } from '../../vault/secrets.ts'
import { showPathsFrom } from '../../yaml/files.ts'
import { ask } from '../ask.ts'
import type { Flags, ListFlags } from '../options.ts'
import { readRequest } from '../request.ts'
import { listenToSignals } from '../signals.ts'

/** `run PLAYBOOK...`: reads, checks and runs playbooks; gives the exit status. */
export async function runPlaybooks(flags: Flags): Promise<number> {
  const early: Event[] = [{ type: 'span', phase: 'starting', began: 0, seconds: seconds() }]
  const timed = timing((event) => early.push(event))
  try {
    const asked = (prompt: string, isPrivate: boolean) => timed('prompting', () => ask(prompt, isPrivate))
    showPathsFrom(process.cwd())
    const prepared = await prepare(await readRequest(flags, asked), modules, timed)
    const { listHosts, listTasks, listTags, syntaxCheck } = flags.list
    if (prepared.request.execution.onlyReads)
      for (const one of prepared.warnings) process.stderr.write(`${masked(formatWarning(one))}\n`)
    if (syntaxCheck) return 0
    if (listHosts || listTasks || listTags) return list(prepared, flags.list)
    return await run(prepared, flags, early)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const told = formatProblems(error.problems, { color: usesColor(process.stderr) })
    process.stderr.write(`${masked(told)}\n`)
    return 1
  }
}

function list(prepared: Prepared, { listHosts, listTasks, listTags }: ListFlags): number {
  const shown = { hosts: listHosts, tasks: listTasks, tags: listTags }
  for (const playbook of listing(prepared)) process.stdout.write(masked(formatListing(playbook, shown)))
  return 0
}

/** `early` is what happened before there was anybody to report it. */
async function run(prepared: Prepared, flags: Flags, early: readonly Event[]): Promise<number> {
  const { execution, output } = prepared.request
  const reporter = createReporter({
    format: flags.output.format,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    verbosity: output.verbosity,
    skipped: output.skipped,
    ...(output.color !== undefined && { color: output.color }),
    log: output.log,
    check: execution.check,
    diff: execution.diff,
    profile: flags.output.profile,
    trace: flags.output.trace,
  })
  for (const event of early) reporter.listener(event)
  const interruption = listenToSignals()
  try {
    return await execute(prepared, {
      emit: reporter.listener,
      stop: interruption.stop,
      cut: interruption.cut,
      ask: (prompt, isPrivate) =>
        timing(reporter.listener)('prompting', () => reporter.suspend(() => ask(prompt, isPrivate))),
    })
  } finally {
    await reporter.finish()
    interruption.end()
  }
}

function usesColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && process.env.NO_COLOR === undefined && process.env.CI === undefined
}
