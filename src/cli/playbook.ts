import { ProblemError } from '../language/problem.ts'
import { createReporter, formatListing, formatProblems } from '../report/index.ts'
import { execute, type Prepared, prepare } from '../run/execute.ts'
import { Interrupt } from '../run/interrupt.ts'
import { listing } from '../run/listing.ts'
import { ask } from './ask.ts'
import { CommandLineEnd, type Flags, readFlags } from './options.ts'
import { readRequest } from './request.ts'

/** `run PLAYBOOK...`: reads, checks and runs playbooks; gives the exit status. */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    const flags = readFlags(args)
    const prepared = await prepare(await readRequest(flags, ask))
    if (flags.syntaxCheck) return 0
    if (flags.listHosts || flags.listTasks || flags.listTags) return list(prepared, flags)
    return await run(prepared, flags)
  } catch (error) {
    if (error instanceof CommandLineEnd) return error.exitStatus
    if (!(error instanceof ProblemError)) throw error
    process.stderr.write(`${formatProblems(error.problems, { color: usesColor(process.stderr) })}\n`)
    return 1
  }
}

function list(prepared: Prepared, flags: Flags): number {
  const shown = { hosts: flags.listHosts, tasks: flags.listTasks, tags: flags.listTags }
  for (const playbook of listing(prepared)) process.stdout.write(formatListing(playbook, shown))
  return 0
}

async function run(prepared: Prepared, flags: Flags): Promise<number> {
  const { check, diff, verbosity } = prepared.request
  const reporter = createReporter({
    format: flags.format,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    verbosity,
    check,
    diff,
  })
  const interrupt = new Interrupt()
  const onSignal = () => interrupt.request()
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    return await execute(prepared, {
      emit: reporter.listener,
      interrupt,
      ask: (prompt, isPrivate) => reporter.aside(() => ask(prompt, isPrivate)),
    })
  } finally {
    await reporter.finish()
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}

function usesColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && process.env.NO_COLOR === undefined && process.env.CI === undefined
}
