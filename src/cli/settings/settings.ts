import { type Problem, ProblemError } from '../../values/problem.ts'
import { readAnsibleCfg } from './ansible-cfg.ts'
import { readPlaysshYml } from './playssh-yml.ts'
import type { Setting } from './setting.ts'
import { SETTINGS, type SettingName, type SettingValues } from './table.ts'
import type { Found } from './types.ts'

/** What holds where no flag says anything else. */
export interface Settings extends SettingValues {
  /** What somebody should know of how they were found, and what only somebody who asks for more. */
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
  /** The files that were read, as they are shown. */
  readonly files: readonly string[]
}

/** A setting with what holds, and all places that say something of it, the strongest first. */
export interface KnownSetting {
  readonly name: SettingName
  readonly setting: Setting<unknown>
  readonly value: unknown
  readonly found: readonly Found[]
}

/**
 * The settings for a run from the current folder: the environment's (ANSIBLE_...) over those of playssh.yml, over those
 * of ansible.cfg, over what holds otherwise. Raises ProblemError when one is wrong.
 */
export function readSettings(playbook: string | undefined): Settings {
  const { known, ...told } = knownSettings(playbook)
  return { ...(Object.fromEntries(known.map(({ name, value }) => [name, value])) as SettingValues), ...told }
}

/** The same with where each comes from. */
export function knownSettings(playbook: string | undefined) {
  const warnings: string[] = []
  const problems: Problem[] = []
  const ours = readPlaysshYml(playbook, warnings, problems)
  const cfg = readAnsibleCfg()
  const known = Object.entries(SETTINGS).map(([key, setting]: [string, Setting<unknown>]): KnownSetting => {
    const name = key as SettingName
    const places = [
      inEnvironment(setting),
      ours.settings.get(name),
      cfg.settings.get(name),
      otherwise(setting),
    ]
    const found = places.filter((place) => place !== undefined)
    return { name, setting, found, value: found[0] && read(setting, found[0], problems) }
  })
  if (problems.length > 0) throw new ProblemError(problems)
  const files = [ours.path, cfg.path].filter((path) => path !== undefined)
  return { known, warnings: [...warnings, ...cfg.warnings], notes: cfg.notes, files }
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
