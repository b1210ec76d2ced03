import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Format } from '../protocol/request.ts'
import { kindOf, REPORT_KINDS } from '../report/documents/kinds.ts'
import { readFormat } from '../report/formats.ts'
import { collect, collectWords, count, folders, positive } from './command-line.ts'

/** What is asked for on a command line that brings about a run, as given; Ansible's names and meanings. */
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
  readonly queue: QueueFlags
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
  readonly pipeline: boolean
  readonly forceHandlers: boolean
  readonly step: boolean
  readonly modulePath?: readonly string[]
}

interface OutputFlags {
  readonly verbose: number
  readonly format?: Format
  /** Files, each of the kind that its ending names. */
  readonly report: readonly string[]
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

/** Where slices of a run go to workers, and how they prove that they are ours. */
export interface QueueFlags {
  readonly queue?: string
  readonly queueKeyFile?: string
  readonly queueCa?: string
  /** Seconds. */
  readonly queueWait: number
  readonly queuePatience: number
  readonly sliceHosts: number
  readonly linearAcross: boolean
}

/** Flags that belong together, added to the commands that take them. */
export type FlagGroup = (command: Command) => unknown

/** The command with these flags, shown in this order. */
export function withFlags(command: Command, ...groups: readonly FlagGroup[]): Command {
  for (const add of groups) add(command)
  return command
}

export const inventoryFlags: FlagGroup = (command) =>
  command.option(
    '-i, --inventory <source>',
    'inventory file or folder, or "host," list; repeatable',
    collect,
    [],
  )

export const limitFlags: FlagGroup = (command) =>
  command.option('-l, --limit <pattern>', 'only these of the hosts')

export const variableFlags: FlagGroup = (command) =>
  command.option(
    '-e, --extra-vars <vars>',
    'variables as name=value, YAML/JSON or @file; repeatable',
    collect,
    [],
  )

export const checkFlags: FlagGroup = (command) =>
  command
    .option('-C, --check', 'change nothing, say what would change', false)
    .option('-D, --diff', 'show what changes, before and after', false)

export const tagFlags: FlagGroup = (command) =>
  command
    .option('-t, --tags <tags>', 'only tasks with these tags; repeatable', collectWords, [])
    .option('--skip-tags <tags>', 'no tasks with these tags; repeatable', collectWords, [])
    .option('--start-at-task <task>', 'begin at the task of this name')
    .option('--step', 'ask before each task', false)
    .option('--force-handlers', 'run handlers of hosts on which a task has failed too', false)

export const forkFlags: FlagGroup = (command) =>
  command
    .option('-f, --forks <number>', 'hosts worked on at the same time', positive)
    .option('--no-prefetch', 'probe hosts one task at a time: same result, slower')
    .option('--pipeline', 'under linear too, send changes of several tasks to a host together', false)
    .addOption(new Option('--no-ahead').hideHelp())

export const verbosityFlags: FlagGroup = (command) =>
  command.option('-v, --verbose', 'say more; up to -vvvv', (_value, level: number) => level + 1, 0)

export const vaultFlags: FlagGroup = (command) =>
  command
    .option('--vault-id <id@source>', 'vault password: prompt, or a file or script; repeatable', collect, [])
    .option('--vault-password-file <file>', 'file or script with a vault password; repeatable', collect, [])
    .option('-J, --ask-vault-pass', 'ask for the vault password', false)

export const connectionFlags: FlagGroup = (command) =>
  command
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

export const becomeFlags: FlagGroup = (command) =>
  command
    .option('-b, --become', 'become another user on the hosts', false)
    .option('--become-user <name>', 'the user to become (default: root)')
    .option('--become-method <method>', 'sudo or su (default: sudo)')
    .option('-K, --ask-become-pass', 'ask for the password for becoming', false)
    .option('--become-password-file <file>', 'file or script with the password for becoming')

export const moduleFlags: FlagGroup = (command) =>
  command
    .option('-M, --module-path <path>', "folder of modules of one's own; may be repeated", folders)
    .addOption(new Option('--flush-cache').hideHelp())

export const listHostsFlags: FlagGroup = (command) =>
  command.option('--list-hosts', 'list the hosts that would be worked on', false)

export const outputFlags: FlagGroup = (command) =>
  command
    .option(
      '--format <format>',
      'how it is shown: default, minimal, oneline, dense, json, jsonl; with commas tree, profile_tasks, timer',
      format,
    )
    .option(
      '--report <file>',
      'write a report too: .html, .xml (JUnit), .json, .jsonl, .md; repeatable',
      reports,
      [],
    )
    .option('--profile', 'show at the end where the time went', false)
    .option(
      '--trace <file>',
      'write where the time went as a picture for chrome://tracing or ui.perfetto.dev',
    )

/** The flags of all who have to do with a queue. */
export const queueFlags: FlagGroup = (command) =>
  command
    .option('--queue <url>', 'Redis through which workers are reached: redis://, rediss:// or unix://')
    .option('--queue-key-file <file>', 'the key that coordinator and workers share (or PLAYSSH_QUEUE_KEY)')
    .option('--queue-ca <file>', 'PEM file of the authority that has signed the certificate of Redis')

export const sliceFlags: FlagGroup = (command) =>
  command
    .option(
      '--slice-hosts <number>',
      'hosts that one worker is given at a time, at most (default: 200)',
      positive,
    )
    .option('--linear-across', 'no slice begins a task before all have ended the one before', false)
    .option(
      '--queue-wait <seconds>',
      'how long hosts wait for a worker that serves them (default: 10)',
      count,
    )
    .option(
      '--queue-patience <seconds>',
      'how long Redis may be away, or the only worker of a slice (default: 120)',
      positive,
    )

function format(value: string): Format {
  try {
    return readFormat(value)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

function reports(file: string, before: readonly string[]): string[] {
  if (kindOf(file) === undefined) {
    const endings = REPORT_KINDS.map((kind) => `.${kind}`)
    throw new InvalidArgumentError(
      `Its name ends in ${endings.slice(0, -1).join(', ')} or ${endings.at(-1)}.`,
    )
  }
  return [...before, file]
}

/** What the flags of a command ask for; those that it does not have ask for nothing. */
export function flagsOf(command: Command, playbooks: readonly string[]): Flags {
  const { extraVars, ahead, ...given } = { ...NOTHING, ...command.opts<Partial<Given>>() }
  return {
    playbooks,
    selection: given,
    variables: extraVars,
    connection: given,
    vault: given,
    execution: { ...given, prefetch: given.prefetch && ahead },
    output: given,
    list: given,
    queue: given,
  }
}

type Given = SelectionFlags &
  ConnectionFlags &
  VaultFlags &
  ExecutionFlags &
  OutputFlags &
  ListFlags &
  QueueFlags & { readonly extraVars: readonly string[]; readonly ahead: boolean }

const NOTHING: Given = {
  inventory: [],
  tags: [],
  skipTags: [],
  extraVars: [],
  askPass: false,
  become: false,
  askBecomePass: false,
  vaultId: [],
  vaultPasswordFile: [],
  askVaultPass: false,
  check: false,
  diff: false,
  prefetch: true,
  pipeline: false,
  ahead: true,
  forceHandlers: false,
  step: false,
  verbose: 0,
  report: [],
  profile: false,
  listHosts: false,
  listTasks: false,
  listTags: false,
  syntaxCheck: false,
  queueWait: 10,
  queuePatience: 120,
  sliceHosts: 200,
  linearAcross: false,
}
