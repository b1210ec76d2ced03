import { type Command, InvalidArgumentError } from 'commander'
import type { Database } from '../../history/database.ts'
import { drifts } from '../../history/drift.ts'
import { askHistory } from '../../history/history.ts'
import type { KeptRun } from '../../history/kept-run.ts'
import { keptNumber, readRun } from '../../history/read-run.ts'
import { compared, listed } from '../../history/shown.ts'
import { createReporter, formatWarning, withReports } from '../../report/index.ts'
import { ProblemError } from '../../values/problem.ts'
import { newCommand, readWords } from '../command-line.ts'
import { type Flags, flagsOf, outputFlags, verbosityFlags, withFlags } from '../flags.ts'
import { historyFolder } from '../settings/history.ts'
import { readSettings } from '../settings/settings.ts'

const EXAMPLES = `
Examples:
  run history                              what was run, the newest last
  run history show                         the last run once more
  run history show 12 --report old.html    that run as a page
  run history diff 11 12                   what has changed or failed in one of them alone
  run history drift                        what changes again and again, and since when
  run site.yml --limit @failed             once more where it failed
`

/** `run history [show [N] | diff N M | drift]`: runs that are kept. Raises CommandLineEnd and ProblemError. */
export async function history(words: readonly string[]): Promise<number> {
  const folder = historyFolder(readSettings(undefined))
  if (folder === undefined)
    throw new ProblemError({ message: 'no runs are kept', hint: 'the setting history says so' })
  const ask = <T>(query: (past: Database) => T) => askHistory(folder, warn, query)
  let work = async () => 0
  const command = newCommand('run history', 'Lists the runs that are kept, and shows them again.').action(
    () => {
      work = async () => print(await ask(listed))
    },
  )
  const show = command.command('show').argument('[number]', 'the run, without it the last', number)
  withFlags(show, verbosityFlags, outputFlags)
    .description('show a run once more')
    .action((given?: number) => {
      work = async () => again(await ask((past) => readRun(past, found(past, given))), flagsOf(show, []))
    })
  command
    .command('diff')
    .description('show what changed or failed in one of two runs alone')
    .argument('<one>', 'a run', number)
    .argument('<other>', 'another', number)
    .action((one: number, other: number) => {
      work = async () => print(await ask((past) => compared(past, found(past, one), found(past, other))))
    })
  command
    .command('drift')
    .description('list what was changed or to be changed: how often, since when, when last')
    .action(() => {
      work = async () => print(await ask(drifts))
    })
  withoutEnd(command)
  readWords(command.addHelpText('after', EXAMPLES), words)
  return work()
}

function warn(message: string): void {
  process.stderr.write(`${formatWarning({ message })}\n`)
}

/** Mistakes in words of a command within end as its own do. */
function withoutEnd(command: Command): void {
  for (const one of command.commands) one.exitOverride()
}

function number(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It is the number of a run.')
  return value
}

/** The number of a run that is kept: the one that is given, or the last. */
function found(past: Database, given: number | undefined): number {
  const number = keptNumber(past, given)
  if (number !== undefined) return number
  const message = given === undefined ? 'no run is kept yet' : `no run ${given} is kept`
  throw new ProblemError({ message, hint: 'run history lists those that are' })
}

/** Reports a run as when it was: lines, and the files that are asked for. */
async function again({ events }: KeptRun, { output }: Flags): Promise<number> {
  const { stdout, stderr, env } = process
  let at = events[0]!.at
  const color = stdout.isTTY && !env.NO_COLOR
  const shown = createReporter({
    ...{ stdout, stderr, color, env: { ...env, CI: '1' }, format: output.format?.shown ?? 'default' },
    ...{ verbosity: output.verbose, check: true, diff: true },
  })
  const reporter = await withReports(shown, output.report, () => new Date(at))
  for (const one of events) {
    at = one.at
    reporter.listener(one.event)
  }
  await reporter.finish()
  return 0
}

function print(lines: readonly string[]): number {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
  return 0
}
