import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { ProblemError } from '../../values/problem.ts'
import type { Address } from '../../watch/metrics-server.ts'
import { newCommand, positive, readWords } from '../command-line.ts'
import {
  becomeFlags,
  connectionFlags,
  type Flags,
  flagsOf,
  forkFlags,
  inventoryFlags,
  limitFlags,
  moduleFlags,
  tagFlags,
  variableFlags,
  vaultFlags,
  verbosityFlags,
  withFlags,
} from '../flags.ts'

const EXAMPLES = `
Examples:
  run watch site.yml                                  every 5 minutes: what differs, and when it is gone
  run watch site.yml --every 30s --diff               more often, and with each difference
  run watch site.yml --on-change 'mail -s drift ops'  tell somebody; the change is JSON on stdin
  run watch site.yml --metrics-port 9777              for Prometheus, at http://127.0.0.1:9777/metrics
  run watch site.yml --count 1                        once, as cron calls it
  run watch site.yml --apply                          put right what differs

Ctrl-C and SIGTERM end it with exit status 0; SIGHUP, without a terminal, has it check at once. With --count the exit
status is that of the last check: 0 in sync, 1 the check could not be made, 2 a host failed, 3 drift, 4 a host unreachable.
`

/** What this command has of its own. Times in ms. */
export interface WatchFlags {
  readonly every: number
  readonly splay: number
  readonly count?: number
  readonly checkTimeout: number
  readonly apply: boolean
  readonly onChange?: string
  readonly notifyUrl?: URL
  readonly metricsPort?: Address
  readonly metricsFile?: string
}

/** Whether what is found goes anywhere but to stdout. */
export function tellsOthers({ apply, onChange, notifyUrl, metricsPort, metricsFile }: WatchFlags): boolean {
  return apply || [onChange, notifyUrl, metricsPort, metricsFile].some((one) => one !== undefined)
}

/** What is asked for: of the run that each check is, and of the watch. Raises CommandLineEnd and ProblemError. */
export function readWatchFlags(words: readonly string[]): { flags: Flags; own: WatchFlags } {
  const command = readWords(watchCommand(), words)
  const given = flagsOf(command, command.args)
  const own = command.opts<WatchFlags>()
  refuse(given, own)
  return { flags: { ...given, execution: { ...given.execution, check: !own.apply } }, own }
}

function watchCommand(): Command {
  const command = newCommand(
    'run watch',
    'Checks hosts again and again, and tells what differs as it comes and goes.',
  )
    .argument('<playbook...>', 'playbooks, checked in this order')
    .addOption(timeOption('--every', 'from one check to the next: 30s, 5m, 1h', interval, '5m'))
    .addOption(timeOption('--splay', 'put each check off by up to so long, by chance', span, '0s'))
    .option('--count <number>', 'end after so many checks', positive)
    .addOption(timeOption('--check-timeout', 'how long a check may take', interval, '1h'))
    .option('--apply', 'put right what differs, as run PLAYBOOK does', false)
    .option('--on-change <command>', 'sh runs this when something has changed; JSON comes on its stdin')
    .option('--notify-url <url>', 'where that JSON is sent with POST; @FILE holds a secret one', httpUrl)
    .option(
      '--metrics-port <port>',
      "[ADDRESS:]PORT of Prometheus' metrics; 127.0.0.1 without address",
      address,
    )
    .option('--metrics-file <file>', "the same in a file, for node_exporter's textfile collector (.prom)")
    .addOption(new Option('-C, --check').hideHelp())
    .option('-D, --diff', 'show what changes, before and after', false)
  return withFlags(
    command,
    ...[inventoryFlags, limitFlags, variableFlags, tagFlags, forkFlags, verbosityFlags],
    ...[vaultFlags, connectionFlags, becomeFlags, moduleFlags],
  ).addHelpText('after', EXAMPLES)
}

/** Raises ProblemError for flags that do not go together. */
function refuse({ execution }: Flags, { every, splay, apply }: WatchFlags): void {
  if (execution.check && apply)
    throw new ProblemError({ message: '--check changes nothing, and --apply does: give one of them' })
  if (execution.step)
    throw new ProblemError({ message: '--step asks before each task, and nobody sits beside a watch' })
  if (splay > every)
    throw new ProblemError({
      message: '--splay is longer than --every',
      hint: 'checks would overtake each other',
    })
}

function timeOption(name: string, help: string, read: (text: string) => number, otherwise: string): Option {
  return new Option(`${name} <time>`, help).argParser(read).default(read(otherwise), otherwise)
}

const UNITS: Readonly<Record<string, number>> = { '': 1, ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }
/** As long as a timer of Node can wait, in ms. */
const LONGEST = 24 * 86_400_000

function span(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim()) ?? []
  if (number === undefined || UNITS[unit] === undefined)
    throw new InvalidArgumentError('It is a time such as 30s, 5m, 1h or 1d.')
  const time = Number(number) * UNITS[unit] * 1000
  if (time > LONGEST) throw new InvalidArgumentError('It is 24d at most.')
  return time
}

function interval(text: string): number {
  const time = span(text)
  if (time < 100) throw new InvalidArgumentError('It is 100ms at least.')
  return time
}

/** `@FILE` holds it: arguments are in the list of processes. */
function httpUrl(text: string): URL {
  try {
    const url = new URL(text.startsWith('@') ? readFileSync(text.slice(1), 'utf8').trim() : text)
    if (/^https?:$/.test(url.protocol)) return url
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('It is a URL that begins with http:// or https://, or @FILE with one.')
}

function address(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]+)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text) ?? []
  if (digits === undefined || Number(digits) > 65_535)
    throw new InvalidArgumentError('It is a port, or ADDRESS:PORT: 9777, 0.0.0.0:9777, [::1]:9777.')
  return { host: bracketed ?? (plain || '127.0.0.1'), port: Number(digits) }
}
