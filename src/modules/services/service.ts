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
import {
  impossibleUnit,
  isKnown,
  parseUnit,
  probeUnit,
  type Unit,
  unitFaults,
  unitResult,
  unitSteps,
} from './units.ts'

const serviceOptions = options({
  name: { type: 'str', help: 'The service.', required: true },
  state: {
    type: 'str',
    help: 'Whether it runs; restarted and reloaded act each time, and start what does not run.',
    choices: ['started', 'stopped', 'restarted', 'reloaded'],
  },
  enabled: { type: 'bool', help: 'Whether it is started at boot.' },
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
  accepts: ['daemon_reload', 'daemon_reexec', 'force', 'masked', 'no_block', 'scope'],
  validate: ({ name, state, runlevel, arguments: given }) => [
    ...(name?.startsWith('-')
      ? [`service: "${name}" is not a name of a service: it begins with a dash`]
      : unitFaults('service', { name, state })),
    ...(runlevel === undefined || /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(runlevel)
      ? []
      : [`service: ${JSON.stringify(runlevel)} is not a name of a runlevel`]),
    ...wordFaults(given ?? ''),
  ],
  probe,
  parse({ text }) {
    const [kind, ...lines] = text.split('\n')
    return kind === 'systemd' ? { unit: parseUnit(lines) } : { init: parseInit([kind ?? '', ...lines]) }
  },
  plan(args, found, view) {
    if (args.state === undefined && args.enabled === undefined) {
      return { changes: [], failed: 'nothing to do; give state or enabled' }
    }
    if ('init' in found) return planInit(args, found.init, view)
    const failed = !isKnown(found.unit) && view.check ? undefined : impossibleUnit(args, found.unit)
    if (failed !== undefined) return { changes: [], failed }
    return { ...inSteps(unitSteps('systemctl', args, found.unit)), result: unitResult(args, found.unit) }
  },
})

function wordFaults(given: string): string[] {
  try {
    splitWords(given)
    return []
  } catch (error) {
    return [`service: arguments: ${(error as Error).message}`]
  }
}

function probe(args: ServiceArgs): string {
  const systemd = `echo systemd\n${probeUnit(args.name, 'system')}`
  const desired: DesiredInitService = args
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

function planInit(args: ServiceArgs, found: InitService, view: ModuleContext): Plan {
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
