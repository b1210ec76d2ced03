import type { RunRequest } from '../protocol/request.ts'
import { readExtraVars } from './extra-vars.ts'
import type { Flags } from './options.ts'
import { readSettings } from './settings.ts'

const FORKS = 100
const TIMEOUT_SECONDS = 10
/** MiB. */
const MAX_OUTPUT = 64

/** What flags and settings ask for together; a flag beats a setting. Raises ProblemError. */
export async function readRequest(
  flags: Flags,
  ask: (prompt: string, isPrivate: boolean) => Promise<string | undefined>,
): Promise<RunRequest> {
  const settings = readSettings(flags.playbooks[0])
  const { extraVars } = flags
  const password = flags.askPass ? await ask('SSH password: ', true) : undefined
  const becomePassword = flags.askBecomePass
    ? await ask('Password for becoming another user: ', true)
    : undefined
  return {
    playbooks: flags.playbooks,
    inventory: flags.inventory.length > 0 ? flags.inventory : settings.inventory,
    limit: flags.limit,
    extraVars: readExtraVars(extraVars),
    check: flags.check,
    diff: flags.diff,
    tags: flags.tags.filter((tag) => tag !== 'all'),
    skipTags: flags.skipTags,
    startAtTask: flags.startAtTask,
    forks: flags.forks ?? settings.forks ?? FORKS,
    verbosity: flags.verbose,
    ahead: flags.ahead,
    profile: flags.profile || flags.trace !== undefined,
    rolesPath: settings.rolesPath,
    warnings: settings.warnings,
    gatherFacts: settings.gathersFacts ?? true,
    maxOutput: (settings.maxOutput ?? MAX_OUTPUT) * 1024 * 1024,
    connection: {
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
    },
  }
}
