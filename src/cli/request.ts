import type {
  ConnectionDefaults,
  Execution,
  FactCaching,
  RunRequest,
  VariableText,
} from '../protocol/request.ts'
import { ProblemError } from '../values/problem.ts'
import { Source } from '../values/source.ts'
import type { Value } from '../values/value.ts'
import { readWritten } from '../yaml/files.ts'
import { aboutRun } from './about.ts'
import type { ConnectionFlags, Flags } from './flags.ts'
import { keepTreesBy } from './kept-trees.ts'
import { readKeyring, vaultSources } from './keyring.ts'
import { passwordIn } from './passwords.ts'
import { colorOf, displayOf, formatOf } from './settings/displayed.ts'
import { historyFolder } from './settings/history.ts'
import { readSettings, type Settings } from './settings/settings.ts'

type Ask = (prompt: string, isPrivate: boolean) => Promise<string | undefined>

/** What flags and settings ask for together; a flag beats a setting. Raises ProblemError. */
export async function readRequest(flags: Flags, ask: Ask): Promise<RunRequest> {
  const { playbooks, selection, output } = flags
  const settings = readSettings(playbooks[0])
  keepTreesBy(settings)
  const { inventory, limit, tags, skipTags, startAtTask } = selection
  const verbosity = output.verbose + settings.verbosity
  const warnings = [...settings.warnings, ...(verbosity > 0 ? settings.notes : [])]
  if (!/^(ansible\.builtin\.)?(memory|jsonfile)$/.test(settings.fact_caching))
    warnings.push(`fact_caching is "${settings.fact_caching}", which is not here: facts hold for the run`)
  const execution = executionOf(flags, settings)
  const chosen = [...settings.run_tags, ...tags]
  return {
    playbooks,
    folder: process.cwd(),
    selection: {
      inventory: inventory.length > 0 ? inventory : (settings.inventory ?? []),
      ignored: [
        ...settings.inventory_ignore_extensions.map(
          (end) => `${end.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`,
        ),
        ...settings.inventory_ignore_patterns,
      ],
      limit: limit === undefined ? undefined : await limitOf(limit, settings, warnings),
      tags: chosen.every((tag) => tag === 'all') ? [] : chosen,
      skipTags: [...settings.skip_tags, ...skipTags],
      startAtTask,
    },
    variables: flags.variables.map(readVariables),
    vault: await readKeyring(vaultSources(flags.vault, settings), settings, ask, warnings),
    connection: await connectionDefaults(flags.connection, settings, ask),
    execution,
    output: {
      verbosity,
      about: verbosity > 0 ? aboutRun(settings.files, execution) : [],
      profile: output.profile || output.trace !== undefined,
      format: output.format ?? formatOf(settings, warnings),
      display: displayOf(settings),
      color: colorOf(settings),
      log: settings.log_path,
      history: historyFolder(settings),
    },
    warnings,
  }
}

/** The limit, in which `@failed` names the hosts of the last run from this folder that failed or were not reached. */
async function limitOf(limit: string, settings: Settings, warnings: string[]): Promise<string> {
  const parts = limit.split(',')
  if (!parts.includes('@failed')) return limit
  const folder = historyFolder(settings)
  const said: string[] = []
  const hosts = folder && (await failedIn(folder, (sentence) => said.push(sentence)))
  warnings.push(...said)
  if (!hosts) {
    const hint = said.length > 0 ? said.join('; ') : 'a file of this name is written as @./failed'
    throw new ProblemError({ message: '--limit @failed: no run from this folder is kept', hint })
  }
  if (hosts.length === 0)
    throw new ProblemError({ message: '--limit @failed: nothing failed in the last run' })
  return parts.flatMap((part) => (part === '@failed' ? hosts : [part])).join(',')
}

async function failedIn(folder: string, warn: (sentence: string) => void): Promise<string[] | undefined> {
  const { askHistory } = await import('../history/history.ts')
  const { failedHosts } = await import('../history/shown.ts')
  return askHistory(folder, warn, (past) => failedHosts(past, process.cwd()))
}

function executionOf({ execution, list }: Flags, settings: Settings): Execution {
  return {
    onlyReads: Boolean(list.listHosts || list.listTasks || list.listTags || list.syntaxCheck),
    check: execution.check,
    diff: execution.diff || settings.diff === true,
    forks: execution.forks ?? settings.forks,
    prefetch: execution.prefetch,
    pipeline: execution.pipeline,
    step: execution.step,
    rolesPath: settings.roles_path,
    templateLanguage: settings.template_language,
    gatherFacts: settings.gathering !== 'explicit',
    gathersOnce: settings.gathering === 'smart',
    facts: factCaching(settings),
    collectionsPath: settings.collections_path,
    library: [...(execution.modulePath ?? []), ...settings.library],
    moduleUtils: settings.module_utils,
    ansibleManaged: settings.ansible_managed,
    mergesMaps: settings.hash_behaviour === 'merge',
    doubleKeys: settings.duplicate_dict_key,
    keywords: keywordsOf(execution.forceHandlers, settings),
    maxOutput: settings.max_output * 1024 * 1024,
    asyncFolder: settings.async_dir,
    pollInterval: settings.poll_interval,
  }
}

function factCaching(settings: Settings): FactCaching | undefined {
  const {
    fact_caching,
    fact_caching_connection: folder,
    fact_caching_prefix,
    fact_caching_timeout,
  } = settings
  if (!/^(ansible\.builtin\.)?jsonfile$/.test(fact_caching)) return undefined
  if (folder === undefined) {
    const hint = 'set fact_caching_connection to the folder in which facts are kept'
    throw new ProblemError({ message: 'fact_caching is jsonfile, and no folder is given for it', hint })
  }
  return { folder, prefix: fact_caching_prefix, seconds: fact_caching_timeout }
}

/** What plays have that do not say. */
function keywordsOf(forceHandlers: boolean, settings: Settings): Readonly<Record<string, Value>> {
  const { gather_subset, strategy, any_errors_fatal, no_log, task_timeout } = settings
  const said = {
    gather_subset,
    strategy: strategy === 'linear' ? undefined : strategy,
    force_handlers: forceHandlers || settings.force_handlers || undefined,
    any_errors_fatal,
    no_log,
    timeout: task_timeout,
  }
  const entries = Object.entries(said).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Record<string, Value>
}

async function connectionDefaults(
  flags: ConnectionFlags,
  settings: Settings,
  ask: Ask,
): Promise<ConnectionDefaults> {
  const file = flags.connectionPasswordFile ?? settings.connection_password_file
  const password = await passwordOf(file, flags.askPass || settings.ask_pass, 'SSH password: ', ask)
  const asksBecome = flags.askBecomePass || settings.become_ask_pass
  const becomePassword = await passwordOf(
    flags.becomePasswordFile ?? settings.become_password_file,
    asksBecome,
    'Password for becoming another user: ',
    ask,
  )
  return {
    user: flags.user ?? settings.remote_user,
    port: settings.remote_port,
    privateKeyFile: flags.privateKey ?? settings.private_key_file,
    password,
    timeout: flags.timeout ?? settings.timeout,
    connection: flags.connection ?? settings.connection,
    sshArgs: settings.ssh_args,
    sshCommonArgs: flags.sshCommonArgs ?? settings.ssh_common_args,
    sshExtraArgs: flags.sshExtraArgs ?? settings.ssh_extra_args,
    hostKeyChecking: settings.host_key_checking,
    persist: settings.persist ?? PERSIST,
    become: flags.become || settings.become === true,
    becomeUser: flags.becomeUser ?? settings.become_user,
    becomeMethod: flags.becomeMethod ?? settings.become_method,
    becomeExe: settings.become_exe,
    becomeFlags: settings.become_flags,
    becomePassword: becomePassword ?? (asksBecome ? password : undefined),
  }
}

/** As with Ansible's ControlPersist. */
const PERSIST = 60

/** A password that a file gives, or else somebody who is asked. */
async function passwordOf(
  file: string | undefined,
  asks: boolean | undefined,
  question: string,
  ask: Ask,
): Promise<string | undefined> {
  if (file !== undefined) return (await passwordIn(file)).toString()
  return asks ? ask(question, true) : undefined
}

/** Variables of -e as a text: what @FILE names is read here, and decrypted where what is wrong can be reported. */
function readVariables(given: string): VariableText {
  if (!given.startsWith('@')) return { text: given }
  const source = readWritten(given.slice(1))
  if (!(source instanceof Source)) throw new ProblemError(source)
  return { text: source.text, file: source.path }
}
