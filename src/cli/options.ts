import { resolve } from 'node:path'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { visibleLines } from '../values/visible.ts'

/** The flags of `run`, as given; ansible-playbook's names and meanings. */
export interface Flags {
  readonly playbooks: readonly string[]
  readonly selection: SelectionFlags
  /** -e */
  readonly variables: readonly string[]
  readonly connection: ConnectionFlags
  readonly vault: VaultFlags
  readonly execution: ExecutionFlags
  readonly output: OutputFlags
  readonly list: ListFlags
}

/** On which hosts, and which of the tasks. */
interface SelectionFlags {
  readonly inventory: readonly string[]
  readonly limit?: string
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly startAtTask?: string
}

/** How hosts are reached, and as whom. */
export interface ConnectionFlags {
  readonly user?: string
  readonly privateKey?: string
  readonly connection?: string
  readonly timeout?: number
  readonly sshCommonArgs?: string
  readonly sshExtraArgs?: string
  readonly askPass: boolean
  readonly connectionPasswordFile?: string
  readonly become: boolean
  readonly becomeUser?: string
  readonly becomeMethod?: string
  readonly askBecomePass: boolean
  readonly becomePasswordFile?: string
}

/** Where passwords of vaults come from. */
export interface VaultFlags {
  readonly vaultId: readonly string[]
  readonly vaultPasswordFile: readonly string[]
  readonly askVaultPass: boolean
}

interface ExecutionFlags {
  readonly check: boolean
  readonly diff: boolean
  readonly forks?: number
  readonly prefetch: boolean
  readonly forceHandlers: boolean
  readonly step: boolean
  readonly modulePath?: readonly string[]
}

interface OutputFlags {
  readonly verbose: number
  readonly format: 'default' | 'json'
  readonly profile: boolean
  readonly trace?: string
}

/** What is listed or checked in place of a run. */
export interface ListFlags {
  readonly listHosts: boolean
  readonly listTasks: boolean
  readonly listTags: boolean
  readonly syntaxCheck: boolean
}

/** The command line was wrong, or only asked for help: what was to be said has been said. */
export class CommandLineEnd extends Error {
  readonly exitStatus: number

  constructor(exitStatus: number) {
    super('command line')
    this.exitStatus = exitStatus
  }
}

const exitStatuses = `
Exit status: 0 done (with --check: in sync), 1 usage or anything found wrong before connecting, 2 a host failed,
3 drift found (with --check), 4 a host unreachable, 99 interrupted.`

/** Reads the arguments behind `run`. Raises CommandLineEnd. */
export function readFlags(args: readonly string[]): Flags {
  const command = new Command('run')
    .description('Brings hosts to the state that playbooks declare, over SSH, all of them in parallel.')
    .argument('<playbook...>', 'playbooks, run in this order')
    .option('-i, --inventory <source>', 'inventory file or folder, or "host," list; repeatable', collect, [])
    .option('-l, --limit <pattern>', 'only these of the hosts')
    .option('-e, --extra-vars <vars>', 'variables as name=value, YAML/JSON or @file; repeatable', collect, [])
    .option('-C, --check', 'change nothing, say what would change', false)
    .option('-D, --diff', 'show what changes, before and after', false)
    .option('-t, --tags <tags>', 'only tasks with these tags; repeatable', collectWords, [])
    .option('--skip-tags <tags>', 'no tasks with these tags; repeatable', collectWords, [])
    .option('--start-at-task <name>', 'begin at the task of this name')
    .option('--step', 'ask before each task', false)
    .option('--force-handlers', 'run handlers of hosts on which a task has failed too', false)
    .option('-f, --forks <number>', 'hosts worked on at the same time', positive)
    .option('--no-prefetch', 'probe hosts one task at a time: same result, slower')
    .addOption(new Option('--no-ahead').hideHelp())
    .option('-v, --verbose', 'say more; up to -vvvv', (_value, level: number) => level + 1, 0)
    .option('--vault-id <id@source>', 'vault password: prompt, or a file or script; repeatable', collect, [])
    .option('--vault-password-file <file>', 'file or script with a vault password; repeatable', collect, [])
    .option('-J, --ask-vault-pass', 'ask for the vault password', false)
    .option('-u, --user <name>', 'log in as this user')
    .option('--private-key <file>', 'log in with this key')
    .option('-c, --connection <type>', 'how hosts are reached: ssh or local')
    .option('-T, --timeout <seconds>', 'how long a connection may take', positive)
    .option('--ssh-common-args <args>', 'arguments as for ssh, such as "-J jumphost"')
    .option('--ssh-extra-args <args>', 'more arguments as for ssh')
    .addOption(new Option('--sftp-extra-args <args>').hideHelp())
    .addOption(new Option('--scp-extra-args <args>').hideHelp())
    .option('-k, --ask-pass', 'ask for the login password', false)
    .option('--connection-password-file <file>', 'file or script with the login password')
    .option('-b, --become', 'become another user on the hosts', false)
    .option('--become-user <name>', 'the user to become (default: root)')
    .option('--become-method <method>', 'sudo or su (default: sudo)')
    .option('-K, --ask-become-pass', 'ask for the password for becoming', false)
    .option('--become-password-file <file>', 'file or script with the password for becoming')
    .option('-M, --module-path <path>', "folder of modules of one's own; may be repeated", folders)
    .addOption(new Option('--flush-cache').hideHelp())
    .option('--list-hosts', 'list the hosts that would be worked on', false)
    .option('--list-tasks', 'list the tasks that would be run', false)
    .option('--list-tags', 'list the tags there are', false)
    .option('--syntax-check', 'check everything that can be checked without a host', false)
    .option('--format <format>', 'default, or json: one document on stdout', format, 'default')
    .option('--profile', 'show at the end where the time went', false)
    .option(
      '--trace <file>',
      'write where the time went as a picture for chrome://tracing or ui.perfetto.dev',
    )
    .version(packageJson.version)
    .addHelpText('after', exitStatuses)
    .showHelpAfterError('run --help lists the arguments and flags')
    .configureOutput({ outputError: (text, write) => write(visibleLines(text)) })
    .exitOverride()
  try {
    command.parse(args.map(withoutAlias), { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw new CommandLineEnd(error.exitCode === 0 ? 0 : 1)
    throw error
  }
  const { extraVars, ahead, ...given } = command.opts<Given>()
  return {
    playbooks: command.args,
    selection: given,
    variables: extraVars,
    connection: given,
    vault: given,
    execution: { ...given, prefetch: given.prefetch && ahead },
    output: given,
    list: given,
  }
}

type Given = SelectionFlags &
  ConnectionFlags &
  VaultFlags &
  ExecutionFlags &
  OutputFlags &
  ListFlags & { readonly extraVars: readonly string[]; readonly ahead: boolean }

/** Ansible's other names for flags. */
const ALIASES: Readonly<Record<string, string>> = {
  '--ask-vault-password': '--ask-vault-pass',
  '--become-pass-file': '--become-password-file',
  '--conn-pass-file': '--connection-password-file',
  '--inventory-file': '--inventory',
  '--key-file': '--private-key',
  '--subset': '--limit',
  '--vault-pass-file': '--vault-password-file',
}

function withoutAlias(word: string): string {
  return word.replace(/^--[a-z-]+/, (flag) => (Object.hasOwn(ALIASES, flag) ? ALIASES[flag]! : flag))
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

/** Folders between colons, the nearest first. */
function folders(value: string, before: readonly string[] = []): string[] {
  const found = value.split(':').filter((folder) => folder !== '')
  return [...found.map((folder) => resolve(folder)), ...before]
}

function collectWords(value: string, before: readonly string[]): string[] {
  return [
    ...before,
    ...value
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
  ]
}

function positive(value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It takes a number above 0.')
}

function format(value: string): string {
  if (value === 'default' || value === 'json') return value
  throw new InvalidArgumentError('It is default or json.')
}
