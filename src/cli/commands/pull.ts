import { randomInt } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Command } from 'commander'
import { prepare } from '../../analysis/prepare.ts'
import { modules } from '../../modules/index.ts'
import { CHECKOUT_MODULES, type Checkout, checkoutText, removalText } from '../../pull/checkout.ts'
import { hostNames, limitTo } from '../../pull/names.ts'
import { playbooksIn } from '../../pull/playbooks.ts'
import { createReporter, formatWarning, type Reporter } from '../../report/index.ts'
import { ProblemError } from '../../values/problem.ts'
import { keepSecret } from '../../vault/secrets.ts'
import { ask } from '../ask.ts'
import { count, newCommand, readWords } from '../command-line.ts'
import {
  becomeFlags,
  connectionFlags,
  type FlagGroup,
  type Flags,
  flagsOf,
  inventoryFlags,
  limitFlags,
  listHostsFlags,
  moduleFlags,
  outputFlags,
  tagFlags,
  variableFlags,
  vaultFlags,
  verbosityFlags,
  withFlags,
} from '../flags.ts'
import { EXIT_STATUSES } from '../options.ts'
import { readRequest } from '../request.ts'
import { readSettings } from '../settings/settings.ts'
import { INTERRUPTED } from '../signals.ts'
import { run, runPlaybooks } from './playbook.ts'

interface PullFlags {
  readonly url?: string
  readonly directory?: string
  readonly checkout?: string
  readonly moduleName: string
  readonly acceptHostKey: boolean
  readonly verifyCommit: boolean
  readonly trackSubs: boolean
  readonly full: boolean
  readonly clean: boolean
  readonly onlyIfChanged: boolean
  readonly force: boolean
  readonly sleep?: number
  readonly purge: boolean
}

const EXAMPLES = `
Examples:
  run pull -U https://example.com/site.git              its local.yml, or that with this machine's name
  run pull -U https://example.com/site.git -o -s 300    from cron: only if something is new, each machine at its time
  run pull -U git@example.com:site.git -C v1.2 --private-key ~/.ssh/deploy site.yml --check
`

const pullFlags: FlagGroup = (command) =>
  command
    .option('-U, --url <url>', 'the repository of the playbooks')
    .option('-d, --directory <folder>', 'where it is checked out (default: ~/.ansible/pull/HOSTNAME)')
    .option('-C, --checkout <version>', 'the branch, tag or commit')
    .option('-m, --module-name <name>', `what checks it out: ${CHECKOUT_MODULES.join(' or ')}`, 'git')
    .option('--full', 'all of the history, not only the newest; with subversion a working copy', false)
    .option('--accept-host-key', 'SSH takes any host key of the repository', false)
    .option('--verify-commit', 'the commit must have a good signature', false)
    .option('--track-subs', 'submodules are at the newest of their branch', false)
    .option('--clean', 'throw away changes of files in the folder', false)
    .option('-o, --only-if-changed', 'run the playbook only if the repository has something new', false)
    .option('-f, --force', 'run the playbook even if nothing could be checked out', false)
    .option('-s, --sleep <seconds>', 'wait before, for some time up to this', count)
    .option('--purge', 'remove the folder afterwards', false)

const checkFlags: FlagGroup = (command) =>
  command
    .option('--check', 'the playbook changes nothing, and says what it would', false)
    .option('--diff', 'show what changes, before and after', false)

/** `run pull -U URL`: checks playbooks out and runs them on this machine. Gives the exit status. Raises CommandLineEnd and ProblemError. */
export async function pull(words: readonly string[]): Promise<number> {
  const command = readWords(commandLine(), words)
  const own = command.opts<PullFlags>()
  const flags = flagsOf(command, [])
  const names = await hostNames()
  const asked = checkoutOf(own, flags, names[0] ?? 'localhost')
  const text = checkoutText(asked)
  if (own.sleep) await slept(randomInt(own.sleep + 1), flags)
  const { status, isChanged } = await localRun(text, flags)
  if (status === INTERRUPTED) return status
  if (status !== 0 && !own.force) return status
  if (status !== 0) warn('nothing could be checked out; the playbook of before is run (--force)')
  else if (own.onlyIfChanged && !isChanged) {
    notice('the repository has nothing new; nothing is run', flags)
    return 0
  }
  try {
    return await runPlaybooks(placed(flags, command.args, asked.dest, names))
  } finally {
    if (own.purge) await purged(asked.dest, flags)
  }
}

function commandLine(): Command {
  const command = newCommand(
    'run pull',
    'Checks playbooks out of a repository and runs them on this machine.',
  )
    .usage('[options] -U <url> [playbook...]')
    .argument('[playbook...]', 'in the repository; otherwise HOSTNAME.yml or local.yml')
  return withFlags(
    command,
    ...[pullFlags, checkFlags, inventoryFlags, limitFlags, variableFlags, tagFlags, verbosityFlags],
    ...[vaultFlags, connectionFlags, becomeFlags, moduleFlags, listHostsFlags, outputFlags],
  ).addHelpText('after', `${EXAMPLES}${EXIT_STATUSES}`)
}

function checkoutOf(own: PullFlags, { connection }: Flags, name: string): Checkout {
  if (own.url === undefined)
    throw new ProblemError({ message: 'no repository is given', hint: 'give its address: run pull -U URL' })
  keepPassword(own.url)
  const home = process.env.ANSIBLE_HOME ?? join(homedir(), '.ansible')
  const dest = resolve(own.directory ?? join(home, 'pull', name))
  if (existsSync(dest) && !statSync(dest).isDirectory())
    throw new ProblemError({ message: `${dest} is no folder, and the repository is to be checked out there` })
  return {
    module: own.moduleName.replace(/^ansible\.builtin\./, ''),
    url: own.url,
    dest,
    version: own.checkout,
    acceptsHostKey: own.acceptHostKey,
    keyFile: connection.privateKey === undefined ? undefined : resolve(connection.privateKey),
    verifies: own.verifyCommit,
    tracksSubmodules: own.trackSubs,
    isFull: own.full,
    isClean: own.clean,
  }
}

/** Keeps a password within an address from being shown. */
function keepPassword(url: string): void {
  const password = /^[\w+.-]+:\/\/[^/@]*?:([^/@]*)@/.exec(url)?.[1]
  if (password !== undefined) keepSecret(password)
}

async function slept(seconds: number, flags: Flags): Promise<void> {
  notice(`sleeping for ${seconds} seconds`, flags)
  await setTimeout(seconds * 1000)
}

/** A run of a playbook of one task on this machine, which is not under --check, nor limited to tags. */
async function localRun(
  text: string,
  flags: Flags,
  format: 'minimal' | 'oneline' = 'minimal',
): Promise<{ status: number; isChanged: boolean }> {
  const path = resolve('pull')
  const nothing = flagsOf(newCommand('run pull', ''), [])
  const request = await readRequest(
    { ...nothing, output: { ...nothing.output, verbose: flags.output.verbose } },
    ask,
  )
  const prepared = await prepare(
    {
      ...request,
      playbooks: [path],
      texts: { [path]: text },
      selection: { inventory: ['localhost,'], ignored: [], tags: [], skipTags: [] },
    },
    modules,
  )
  let isChanged = false
  const reporter = reporterOf(flags, format)
  const listener: Reporter['listener'] = (event) => {
    reporter.listener(event)
    if (event.type === 'host-finished' && event.result.status === 'changed') isChanged = true
  }
  return { status: await run(prepared, { ...reporter, listener }), isChanged }
}

/** Where the playbook's report is for people, what is done before belongs to it; else it would spoil it. */
function reporterOf(flags: Flags, format: 'minimal' | 'oneline'): Reporter {
  const stdout = isForPeople(flags) ? process.stdout : process.stderr
  const { stderr, env } = process
  const { verbose: verbosity } = flags.output
  return createReporter({ format, stdout, stderr, env, verbosity, check: false, diff: false })
}

function isForPeople({ output }: Flags): boolean {
  return (output.format?.shown ?? 'default') === 'default'
}

function notice(text: string, flags: Flags): void {
  const stream = isForPeople(flags) ? process.stdout : process.stderr
  stream.write(`${text}\n`)
}

function warn(message: string): void {
  process.stderr.write(`${formatWarning({ message })}\n`)
}

/**
 * The flags for the run of the checkout's playbooks, which is done in its folder. Files are looked for there too, and
 * where the command was given.
 */
function placed(flags: Flags, named: readonly string[], dest: string, names: readonly string[]): Flags {
  const here = process.cwd()
  const atHome = (path: string) => (/^(~|-$)/.test(path) ? path : resolve(here, path))
  const either = (path: string) => (existsSync(join(dest, path)) ? join(dest, path) : atHome(path))
  const { selection, variables, vault, connection, output } = flags
  const playbooks = playbooksIn(dest, named, names)
  process.chdir(dest)
  const inventory = selection.inventory.map((source) =>
    source.includes(',') && !existsSync(atHome(source)) ? source : either(source),
  )
  const isGiven = inventory.length > 0 || readSettings(playbooks[0]).inventory !== undefined
  return {
    ...flags,
    playbooks,
    selection: {
      ...selection,
      inventory: isGiven ? inventory : ['localhost,'],
      limit: selection.limit ?? limitTo(names),
    },
    variables: variables.map((one) => (one.startsWith('@') ? `@${either(one.slice(1))}` : one)),
    vault: {
      ...vault,
      vaultId: vault.vaultId.map((one) => withFile(one, either)),
      vaultPasswordFile: vault.vaultPasswordFile.map(atHome),
    },
    connection: {
      ...connection,
      connection: connection.connection ?? 'local',
      connectionPasswordFile: connection.connectionPasswordFile && atHome(connection.connectionPasswordFile),
      becomePasswordFile: connection.becomePasswordFile && atHome(connection.becomePasswordFile),
    },
    output: { ...output, report: output.report.map(atHome), trace: output.trace && atHome(output.trace) },
  }
}

/** `id@FILE`, the file with its folder. */
function withFile(source: string, path: (file: string) => string): string {
  const [, id = '', from = ''] = /^([^@]*@)?(.*)$/s.exec(source)!
  return from === 'prompt' ? source : `${id}${path(from)}`
}

async function purged(folder: string, flags: Flags): Promise<void> {
  process.chdir('/')
  const { status } = await localRun(removalText(folder), flags, 'oneline')
  if (status !== 0) warn(`the folder ${folder} could not be removed (--purge)`)
}
