import { looksAt } from '../../sdk/footprint.ts'
import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { inSteps } from '../../sdk/plans.ts'
import { splitWords } from '../../values/words.ts'
import {
  type DesiredInitService,
  type InitService,
  initSteps,
  parseInit,
  probeOpenrc,
  probeSysv,
} from './init.ts'
import { planSystemd, systemdOptions, unitNames } from './systemd.ts'
import { parseUnit, probeUnit, type Unit, unitProblems } from './units.ts'

const serviceOptions = options({
  ...systemdOptions,
  name: { type: 'str', help: 'The service; needed but for what concerns systemd itself.' },
  arguments: { type: 'str', help: 'More words for an init script.', default: '', aliases: ['args'] },
  pattern: { type: 'str', help: 'A text in the list of processes that says it runs, where no status does.' },
  runlevel: { type: 'str', help: 'In which runlevel of OpenRC to enable it.', default: 'default' },
  sleep: { type: 'int', help: 'Seconds between stopping and starting an init script for a restart.' },
  use: {
    type: 'str',
    help: 'What manages services; found out by itself with auto.',
    choices: ['auto', 'systemd', 'openrc', 'sysvinit', 'service'],
    default: 'auto',
  },
})

type ServiceArgs = ArgsOf<typeof serviceOptions>

type Service = { readonly unit: Unit } | { readonly init: InitService }

export const service = defineModule<typeof serviceOptions, Service>({
  name: 'service',
  summary: 'Starts, stops and enables services, whatever manages them.',
  options: serviceOptions,
  validate: problems,
  probe,
  parse({ text }) {
    const [kind, ...lines] = text.split('\n')
    return kind === 'systemd' ? { unit: parseUnit(lines) } : { init: parseInit([kind ?? '', ...lines]) }
  },
  plan(args, found, view) {
    if ('unit' in found) return planSystemd(args, found.unit, view)
    const { name, state, enabled } = args
    if (name === undefined) return { changes: [], failed: 'systemd does not run on this host' }
    if (state === undefined && enabled === undefined)
      return { changes: [], failed: 'nothing to do; give state or enabled' }
    return planInit({ ...args, name }, found.init, view)
  },
  footprint: looksAt(unitNames),
})

function problems(args: Partial<ServiceArgs>, complete: boolean): string[] {
  const { name, state, runlevel } = args
  return [
    ...(complete && name === undefined && isOfService(args) ? ['service needs "name": The service.'] : []),
    ...(name?.startsWith('-')
      ? [`service: "${name}" is not a name of a service: it begins with a dash`]
      : unitProblems('service', { name, state })),
    ...(runlevel === undefined || /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(runlevel)
      ? []
      : [`service: ${JSON.stringify(runlevel)} is not a name of a runlevel`]),
    ...wordProblems(args.arguments ?? ''),
  ]
}

/** Whether something is asked of a service, and not of systemd itself alone. */
function isOfService({
  state,
  enabled,
  masked,
  daemon_reload,
  daemon_reexec,
}: Partial<ServiceArgs>): boolean {
  const isAsked = [state, enabled, masked].some((value) => value !== undefined)
  return isAsked || !(daemon_reload || daemon_reexec)
}

function wordProblems(given: string): string[] {
  try {
    splitWords(given)
    return []
  } catch (error) {
    return [`service: arguments: ${(error as Error).message}`]
  }
}

function probe(args: ServiceArgs): string {
  const { name, scope } = args
  const systemd = `echo systemd\n${name === undefined ? '' : probeUnit(name, scope)}`
  const desired: DesiredInitService = { ...args, name: name ?? '' }
  switch (args.use) {
    case 'systemd':
      return systemd
    case 'openrc':
      return probeOpenrc(desired)
    case 'sysvinit':
    case 'service':
      return probeSysv(desired)
    case 'auto':
      return [
        `if [ -d /run/systemd/system ] && command -v systemctl >/dev/null; then\n${systemd}`,
        `elif command -v rc-service >/dev/null; then\n${probeOpenrc(desired)}`,
        `else\n${probeSysv(desired)}\nfi`,
      ].join('\n')
  }
}

function planInit(args: DesiredInitService, found: InitService, view: ModuleContext): Plan {
  const { name, state, enabled } = args
  if (found.script === undefined && !view.check) {
    return {
      changes: [],
      failed: `Could not find the requested service ${name} (no ${found.kind === 'openrc' ? 'service of OpenRC' : 'script in /etc/init.d'} of that name)`,
    }
  }
  const result = {
    name,
    ...(state !== undefined && { state: state === 'stopped' ? 'stopped' : 'started' }),
    ...(enabled !== undefined && { enabled }),
  }
  return { ...inSteps(initSteps(args, found)), result }
}
