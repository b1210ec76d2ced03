import { describeAfter, planAttributes } from '../../../host/attributes.ts'
import { describe, type Existing } from '../../../host/file-state.ts'
import { about, type PlacementState } from '../../../host/placement.ts'
import { attributesScripts, type Setting } from '../../../host/safe-path.ts'
import type { Change, Plan } from '../../../sdk/module.ts'
import { sh } from '../../../sdk/plans.ts'
import type { FileArgs } from './options.ts'
import { planTimes, type Times } from './timestamps.ts'

export interface SettingsState extends PlacementState {
  readonly times: Times
}

/** Owner, group, permissions and times of something that is there. */
export function planSettings(args: FileArgs, state: SettingsState, target: Existing): Plan {
  const setting = settingOf(args, state, target)
  const result = { path: target.path, ...describe(target.file), ...describeAfter(setting.set, args) }
  return { ...together([setting], target.path), result }
}

interface TimedSetting extends Setting {
  readonly changes: Change[]
  readonly times: Plan
}

export function settingOf(args: FileArgs, { ids, times }: SettingsState, target: Existing): TimedSetting {
  return { ...target, ...planAttributes(args, ids, target.file), times: planTimes(target, times) }
}

/** Files of one folder are set by one script. `dest` is what the task is about. */
export function together(settings: readonly TimedSetting[], dest: string): Plan {
  const changes = settings.map(({ path, changes, times }) =>
    about({ dest }, path, { changes: [...changes, ...times.changes] }),
  )
  const times = settings.flatMap((setting) => setting.times.actions ?? [])
  return {
    changes: changes.flatMap((part) => part.changes),
    actions: [...attributesScripts(settings).map(sh), ...times],
  }
}
