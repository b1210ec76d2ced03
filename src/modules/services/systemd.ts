import { looksAt } from '../../sdk/footprint.ts'
import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { inSteps, type PlannedChange, sh } from '../../sdk/plans.ts'
import {
  impossibleUnit,
  isKnown,
  parseUnit,
  probeUnit,
  systemctl,
  type Unit,
  unitProblems,
  unitResult,
  unitSteps,
} from './units.ts'

export const systemdOptions = options({
  name: {
    type: 'str',
    help: 'The unit; without a suffix, the service of that name.',
    aliases: ['service', 'unit'],
  },
  state: {
    type: 'str',
    help: 'Whether it runs; restarted and reloaded act each time, and start what does not run.',
    choices: ['started', 'stopped', 'restarted', 'reloaded'],
  },
  enabled: { type: 'bool', help: 'Whether it is started at boot.' },
  masked: { type: 'bool', help: 'Whether nothing can start it.' },
  daemon_reload: {
    type: 'bool',
    help: 'Whether systemd reads its unit files again first: with a name, if that unit needs it; else each time.',
    default: false,
    aliases: ['daemon-reload'],
  },
  daemon_reexec: {
    type: 'bool',
    help: 'Whether systemd starts itself anew first, each time.',
    default: false,
    aliases: ['daemon-reexec'],
  },
  scope: {
    type: 'str',
    help: "Whose systemd: the machine's, the user's, or that of all users.",
    choices: ['system', 'user', 'global'],
    default: 'system',
  },
  no_block: { type: 'bool', help: 'Whether not to wait until it has started or stopped.', default: false },
  force: { type: 'bool', help: 'Whether links in the way are replaced.', default: false },
})

export type SystemdArgs = ArgsOf<typeof systemdOptions>

export const systemd = defineModule<typeof systemdOptions, Unit>({
  name: 'systemd',
  summary: 'Starts, stops, enables and masks units of systemd.',
  options: systemdOptions,
  validate: problems,
  probe({ name, scope }) {
    const missing = '{ echo "systemctl is missing: this host is not run by systemd" >&2; exit 1; }'
    const ask = name === undefined ? ':' : probeUnit(name, scope)
    return `command -v systemctl >/dev/null || ${missing}\n${ask}`
  },
  parse: ({ text }) => parseUnit(text.split('\n')),
  plan: planSystemd,
  footprint: looksAt(unitNames),
})

/** Units may lie in a home, and what is to be read anew is wherever links to units lead. */
export function unitNames({ scope, daemon_reload }: Pick<SystemdArgs, 'scope' | 'daemon_reload'>) {
  return scope === 'user' || daemon_reload ? undefined : ['units']
}

/** What systemd is told, for this module and for `service`. */
export function planSystemd(args: SystemdArgs, unit: Unit, view: ModuleContext): Plan {
  const { name } = args
  const steps = managerSteps(args, unit)
  if (name === undefined) return { ...inSteps(steps), result: { name: null } }
  // What an earlier task would have brought is not there under check; and reading anew may find it.
  const unknown = !isKnown(unit) && ((view.rehearsal ?? view.check) || args.daemon_reload)
  const desired = { ...args, name }
  const failed = unknown ? undefined : impossibleUnit(desired, unit)
  if (failed !== undefined) return { changes: [], failed }
  const flags = `${args.no_block ? ' --no-block' : ''}${args.force ? ' --force' : ''}`
  const command = `${systemctl(args.scope)}${flags}`
  const plan = inSteps([...steps, ...unitSteps(command, desired, unit)])
  const warnings = unit.inChroot && args.state !== undefined ? [IN_CHROOT] : []
  return { ...plan, result: unitResult(desired, unit), warnings }
}

const IN_CHROOT =
  'Target is a chroot or systemd is offline. This can lead to false positives or prevent the init system tools from working.'

function problems({ name, state, enabled, masked }: Partial<SystemdArgs>, complete: boolean): string[] {
  const ofUnit = [state, enabled, masked].some((value) => value !== undefined)
  const found = unitProblems('systemd', { name, state })
  if (complete && ofUnit && name === undefined) found.push('systemd: state, enabled and masked need a name')
  return found
}

function managerSteps(
  { name, daemon_reload, daemon_reexec, scope }: SystemdArgs,
  unit: Unit,
): PlannedChange[] {
  const stale = name === undefined || !isKnown(unit) || unit.properties.get('NeedDaemonReload') === 'yes'
  const verbs = [
    ...(daemon_reload && stale ? ['daemon-reload'] : []),
    ...(daemon_reexec ? ['daemon-reexec'] : []),
  ]
  return verbs.map((verb) => [{ what: verb, before: null, after: 'done' }, sh(`${systemctl(scope)} ${verb}`)])
}
