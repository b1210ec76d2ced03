import type { ModuleContext, Plan } from '../../sdk/module.ts'
import { failure, inSteps, NOTHING, type PlannedChange } from '../../sdk/plans.ts'
import type { ValueMap } from '../../values/value.ts'

/** Whether SELinux runs and semanage is there, and what that listed. */
export interface Listed {
  readonly isEnabled: boolean
  readonly hasTool: boolean
  readonly lines: readonly string[]
}

/** Sh that runs `list`, commands of semanage, where there is one; `readListed` reads what it prints. */
export function listing(list: string): string {
  return `for e in /sys/fs/selinux /selinux; do [ ! -e "$e/enforce" ] || { echo enabled; break; }; done
if command -v semanage >/dev/null; then echo tool; LC_ALL=C; export LC_ALL; ${list}; fi`
}

export function readListed(text: string): Listed {
  const lines = text.split('\n')
  const isEnabled = lines[0] === 'enabled'
  const rest = isEnabled ? lines.slice(1) : lines
  const hasTool = rest[0] === 'tool'
  return { isEnabled, hasTool, lines: hasTool ? rest.slice(1) : [] }
}

/** The plan that these steps make, unless SELinux or its tool is not there. */
export function planListed(
  { isEnabled, hasTool }: Listed,
  { ignore_selinux_state }: { readonly ignore_selinux_state: boolean },
  steps: readonly PlannedChange[],
  result: ValueMap,
  view: ModuleContext,
): Plan {
  if (!isEnabled && !ignore_selinux_state) return { ...failure('SELinux is disabled on this host.'), result }
  return planSemanage(hasTool, steps, result, view)
}

/** The same where it does not matter whether SELinux runs. */
export function planSemanage(
  hasTool: boolean,
  steps: readonly PlannedChange[],
  result: ValueMap,
  view: ModuleContext,
): Plan {
  // Under check an earlier task may be the one that brings it.
  if (!hasTool && !view.check)
    return {
      ...failure('Failed to find required executable "semanage"'),
      result,
      advice: 'install the package policycoreutils-python-utils (policycoreutils-python on old systems)',
    }
  return { ...(steps.length === 0 ? NOTHING : inSteps(steps)), result }
}

/** What is wrong with a name of SELinux's, as no or one sentence. */
export function selinuxNameProblems(option: string, name: string | undefined): string[] {
  if (name === undefined || /^[A-Za-z0-9_][A-Za-z0-9_.:,-]*$/.test(name)) return []
  return [`${option}: ${JSON.stringify(name)} is not a name of SELinux's`]
}
