import { type Problem, ProblemError } from '../../values/problem.ts'
import { readAnsibleCfg } from './ansible-cfg.ts'
import { readPlaysshYml } from './playssh-yml.ts'
import { SETTINGS, type Setting, type SettingName, type SettingValues } from './table.ts'
import type { Found } from './types.ts'

/** What holds where no flag says anything else. */
export interface Settings extends SettingValues {
  /** What somebody should know of how they were found, and what only somebody who asks for more. */
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
}

/**
 * The settings for a run from the current folder: the environment's (ANSIBLE_...) over those of playssh.yml, over those
 * of ansible.cfg, over what holds otherwise. Raises ProblemError when one is wrong.
 */
export function readSettings(playbook: string | undefined): Settings {
  const warnings: string[] = []
  const problems: Problem[] = []
  const ours = readPlaysshYml(playbook, warnings, problems)
  const cfg = readAnsibleCfg()
  const values = Object.entries(SETTINGS).map(([name, setting]: [string, Setting<unknown>]) => {
    const key = name as SettingName
    const found = inEnvironment(setting) ?? ours.get(key) ?? cfg.settings.get(key) ?? otherwise(setting)
    return [name, found && read(setting, found, problems)]
  })
  if (problems.length > 0) throw new ProblemError(problems)
  return { ...Object.fromEntries(values), warnings: [...warnings, ...cfg.warnings], notes: cfg.notes }
}

function inEnvironment({ env }: Setting<unknown>): Found | undefined {
  const name = env.find((one) => process.env[one])
  return name === undefined ? undefined : { written: process.env[name]!, from: name, folder: process.cwd() }
}

function otherwise({ otherwise: written }: Setting<unknown>): Found | undefined {
  return written === undefined ? undefined : { written, from: 'default', folder: process.cwd() }
}

function read(setting: Setting<unknown>, found: Found, problems: Problem[]): unknown {
  const { written, from, folder, place } = found
  try {
    return setting.type.read(written, folder)
  } catch (error) {
    const { message } = error as Error
    problems.push(
      place === undefined ? { message: `${from} is "${written}": ${message}` } : { message, place },
    )
    return undefined
  }
}
