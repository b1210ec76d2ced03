import {
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, inSteps, type PlannedChange, sh } from '../../sdk/plans.ts'
import { quote, words } from '../../shell/quote.ts'
import { splitWords } from '../../values/words.ts'
import { type DesiredInitService, type InitService, initSteps, parseInit, probeSysv } from './init.ts'

const declared = options({
  name: {
    type: 'str',
    required: true,
    aliases: ['service'],
    help: 'The service: its script in /etc/init.d.',
  },
  state: {
    type: 'str',
    choices: ['started', 'stopped', 'restarted', 'reloaded'],
    help: 'Whether it runs; restarted stops and starts it each time, reloaded has it read its settings.',
  },
  enabled: { type: 'bool', help: 'Whether it is started at boot.' },
  sleep: { type: 'int', default: 1, help: 'Seconds between stopping and starting for a restart.' },
  pattern: { type: 'str', help: 'A text in the list of processes that says it runs, where no status does.' },
  runlevels: { type: 'strings', help: 'The runlevels that enabled is about, such as 3 and 5.' },
  arguments: { type: 'str', default: '', aliases: ['args'], help: 'More words for the script.' },
  daemonize: {
    type: 'bool',
    default: false,
    help: 'Taken for the sake of playbooks: no script is waited for that keeps its output open.',
  },
})

type Args = ArgsOf<typeof declared>

interface State {
  readonly service: InitService
  /** The runlevels in which it is started. */
  readonly levels: readonly string[]
}

/** Keeps a service that a script in /etc/init.d starts. Semantics: ansible.builtin.sysvinit. */
export const sysvinit = defineModule<typeof declared, State>({
  name: 'sysvinit',
  summary: 'Starts, stops and enables services that have a script in /etc/init.d.',
  options: declared,
  validate: problems,
  probe: (args) =>
    [
      probeSysv(desired(args)),
      ...(args.runlevels ?? []).map((level) => levelScript(args.name, level)),
      ':',
    ].join('\n'),
  parse({ text }) {
    const lines = text.split('\n')
    const levels = lines
      .filter((line) => line.startsWith('level '))
      .map((line) => line.slice('level '.length))
    return { service: parseInit(lines), levels }
  },
  plan,
  interpret,
})

function problems(
  { name, state, enabled, runlevels = [], arguments: given = '' }: Partial<Args>,
  complete: boolean,
): string[] {
  const found = runlevels
    .filter((level) => !/^[0-6S]$/.test(level))
    .map((level) => `runlevels: ${JSON.stringify(level)} is not a runlevel`)
  if (name !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/.test(name))
    found.push(`name: ${JSON.stringify(name)} is not a name of a service`)
  try {
    splitWords(given)
  } catch (error) {
    found.push(`arguments: ${(error as Error).message}`)
  }
  if (complete && state === undefined && enabled === undefined)
    found.push('one of the following is required: state, enabled')
  return found
}

function desired({ name, state, pattern, sleep, arguments: given }: Args): DesiredInitService {
  return { name, state, pattern, sleep, arguments: given, runlevel: 'default' }
}

function levelScript(name: string, level: string): string {
  const link = `rc${level}.d/S[0-9][0-9]${quote(name)}`
  return `for f in /etc/${link} /etc/rc.d/${link} /etc/init.d/${link}; do
  [ ! -e "$f" ] && [ ! -h "$f" ] || { echo level ${level}; break; }
done`
}

function plan(args: Args, { service, levels }: State, view: ModuleContext): Plan {
  const { name, state, enabled, runlevels } = args
  // Under check an earlier task may be the one that installs it.
  if (service.script === undefined && !view.check)
    return failure(`Could not find the requested service ${name}: host`)
  const ofLevels = runlevels !== undefined && runlevels.length > 0
  const levelled = ofLevels && enabled !== undefined ? levelSteps(name, enabled, runlevels, levels) : []
  const others = initSteps({ ...desired(args), enabled: ofLevels ? undefined : enabled }, service)
  const steps = [...levelled, ...others]
  const changes = (what: string) => steps.some(([change]) => change.what === what)
  const told = {
    enabled: { changed: changes('enabled'), ...(ofLevels && { runlevels }) },
    ...(state !== undefined && { [state]: { changed: changes('state') } }),
  }
  return { ...inSteps(steps), result: { name, status: told } }
}

function levelSteps(
  name: string,
  enabled: boolean,
  wanted: readonly string[],
  found: readonly string[],
): PlannedChange[] {
  const other = wanted.filter((level) => found.includes(level) !== enabled)
  if (other.length === 0) return []
  const word = quote(name)
  const links = enabled
    ? `for n in ${words(...other)}; do mkdir -p /etc/rc$n.d && rm -f /etc/rc$n.d/K[0-9][0-9]${word} && ln -s ../init.d/${word} /etc/rc$n.d/S20${word} || exit; done`
    : `for n in ${words(...other)}; do rm -f /etc/rc$n.d/S[0-9][0-9]${word} || exit; done`
  // It enables nothing that it knows nothing of yet.
  const enable = `update-rc.d ${word} enable ${words(...other)} 2>/dev/null || { update-rc.d ${word} defaults-disabled && update-rc.d ${word} enable ${words(...other)}; }`
  const script = `if command -v update-rc.d >/dev/null; then ${enabled ? enable : `update-rc.d ${word} disable ${words(...other)}`}
elif command -v chkconfig >/dev/null; then chkconfig --level ${other.join('')} ${word} ${enabled ? 'on' : 'off'}
else ${links}; fi`
  const before = wanted.filter((level) => found.includes(level)).join(' ') || null
  const change = { what: 'enabled', before, after: enabled ? wanted.join(' ') : null }
  return [[change, sh(script)]]
}

const VERBS: Readonly<Record<string, string>> = {
  started: 'start',
  stopped: 'stop',
  restarted: 'restart',
  reloaded: 'reload',
}

function interpret(
  outcomes: readonly Outcome[],
  { name, state }: Args,
  _: State,
  { changes }: Plan,
): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return {}
  const { code: rc, stdout, stderr } = last
  const isState = changes[outcomes.length - 1]!.what === 'state'
  const what = isState ? VERBS[state!]! : 'enable'
  const said = stderr.trim() === '' ? '' : `: ${stderr.trim()}`
  return { failed: `Failed to ${what} service: ${name}${said}`, result: { rc, stdout, stderr } }
}
