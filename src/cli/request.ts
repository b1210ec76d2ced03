import type { ConnectionDefaults, RunRequest, VariableText } from '../protocol/request.ts'
import { ProblemError } from '../values/problem.ts'
import { Source } from '../values/source.ts'
import { readSource } from '../yaml/files.ts'
import type { ConnectionFlags, Flags } from './options.ts'
import { readSettings, type Settings } from './settings.ts'

const FORKS = 100
const TIMEOUT_SECONDS = 10
/** MiB. */
const MAX_OUTPUT = 64

type Ask = (prompt: string, isPrivate: boolean) => Promise<string | undefined>

/** What flags and settings ask for together; a flag beats a setting. Raises ProblemError. */
export async function readRequest(flags: Flags, ask: Ask): Promise<RunRequest> {
  const { playbooks, selection, execution, output } = flags
  const settings = readSettings(playbooks[0])
  const { inventory, limit, tags, skipTags, startAtTask } = selection
  return {
    playbooks,
    folder: process.cwd(),
    selection: {
      inventory: inventory.length > 0 ? inventory : settings.inventory,
      limit,
      tags: tags.filter((tag) => tag !== 'all'),
      skipTags,
      startAtTask,
    },
    variables: flags.variables.map(readVariables),
    connection: await connectionDefaults(flags.connection, settings, ask),
    execution: {
      check: execution.check,
      diff: execution.diff,
      forks: execution.forks ?? settings.forks ?? FORKS,
      prefetch: execution.prefetch,
      rolesPath: settings.rolesPath,
      gatherFacts: settings.gathersFacts ?? true,
      maxOutput: (settings.maxOutput ?? MAX_OUTPUT) * 1024 * 1024,
    },
    output: { verbosity: output.verbose, profile: output.profile || output.trace !== undefined },
    warnings: settings.warnings,
  }
}

async function connectionDefaults(
  flags: ConnectionFlags,
  settings: Settings,
  ask: Ask,
): Promise<ConnectionDefaults> {
  const password = flags.askPass ? await ask('SSH password: ', true) : undefined
  const becomePassword = flags.askBecomePass
    ? await ask('Password for becoming another user: ', true)
    : undefined
  return {
    user: flags.user ?? settings.remoteUser,
    privateKeyFile: flags.privateKey ?? settings.privateKeyFile,
    password,
    timeout: flags.timeout ?? settings.timeout ?? TIMEOUT_SECONDS,
    connection: flags.connection,
    sshCommonArgs: flags.sshCommonArgs ?? settings.sshCommonArgs,
    hostKeyChecking: settings.hostKeyChecking,
    become: flags.become,
    becomeUser: flags.becomeUser ?? 'root',
    becomeMethod: flags.becomeMethod ?? 'sudo',
    becomePassword: becomePassword ?? (flags.askBecomePass ? password : undefined),
  }
}

/** Variables of -e as a text: what @FILE names is read here. */
function readVariables(given: string): VariableText {
  if (!given.startsWith('@')) return { text: given }
  const source = readSource(given.slice(1))
  if (!(source instanceof Source)) throw new ProblemError(source)
  return { text: source.text, file: source.path }
}
