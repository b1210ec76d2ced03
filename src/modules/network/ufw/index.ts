import { bytesOf } from '../../../host/bytes.ts'
import {
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../../sdk/module.ts'
import { failure, inSteps, type PlannedChange, sh } from '../../../sdk/plans.ts'
import type { Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { words } from '../../../shell/quote.ts'
import { type Args, declared, problems } from './options.ts'
import { placeOf, type Rules, rehearsed, ruleWords, tuplesIn } from './rule.ts'

interface State {
  /** What `ufw status verbose` says; undefined on a host without ufw. */
  readonly status: string | undefined
  readonly rules: Rules
  /** What `ufw status numbered` says, where the place of a rule depends on it. */
  readonly numbered: string
  /** What a rehearsal of the rule came to. */
  readonly rehearsal: { readonly code: number; readonly text: string }
  /** Settings of /etc/default/ufw and /etc/ufw/ufw.conf. */
  readonly settings: ReadonlyMap<string, string>
}

const SETTINGS = ['/etc/default/ufw', '/etc/ufw/ufw.conf']
const FOLDERS = ['/lib/ufw', '/etc/ufw', '/var/lib/ufw']

/** Keeps the firewall of Ubuntu and Debian. Semantics: community.general.ufw. */
export const ufw = defineModule<typeof declared, State>({
  name: 'ufw',
  summary: 'Turns the firewall ufw on or off, and keeps its rules, defaults and logging.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

function ufwCommand(...rest: string[]): string {
  return `LC_ALL=C ufw ${words(...rest)}`
}

function probe(args: Args): Probe {
  const rulesOf = (name: string) =>
    `grep -hs '^### tuple' ${FOLDERS.map((folder) => `${folder}/${name}`).join(' ')} || :; printf '\\0'`
  return [
    bytesOf(SETTINGS),
    [
      "command -v ufw >/dev/null || { printf '\\0'; exit 0; }",
      `x=$(${ufwCommand('status', 'verbose')} 2>&1) || { printf '%s\\n' "$x" >&2; exit 1; }`,
      'printf \'%s\\0\' "$x"',
      rulesOf('user.rules'),
      rulesOf('user6.rules'),
      isPlaced(args) ? `${ufwCommand('status', 'numbered')} 2>/dev/null || :` : ':',
      "printf '\\0'",
      ...(args.rule === undefined
        ? ["printf '0\\0'"]
        : [
            `x=$(${ufwCommand('--dry-run', ...ruleWords(args, firmPlace(args)))} 2>&1)`,
            `printf '%s\\0%s' $? "$x"`,
          ]),
    ].join('\n'),
  ]
}

/** The place of a rule is counted from others. */
function isPlaced({ insert, insert_relative_to }: Args): boolean {
  return insert !== undefined && insert_relative_to !== 'zero'
}

function firmPlace(args: Args): number | undefined {
  return isPlaced(args) ? undefined : placeOf(args, '')
}

function parse(output: ProbeOutput): State {
  const texts = output.of(bytesOf(SETTINGS)).map((bytes) => bytes.toString())
  const own = new Output(output.bytes)
  const settings = new Map(
    texts.flatMap((text) =>
      [...text.matchAll(/^([A-Z_]+)="?([^"\n]*)"?\s*$/gm)].map(([, name, value]): [string, string] => [
        name!,
        value!,
      ]),
    ),
  )
  const status = own.field()
  if (status === '') {
    const rules = { ipv4: [], ipv6: [] }
    return { status: undefined, rules, numbered: '', rehearsal: { code: 0, text: '' }, settings }
  }
  return {
    status,
    rules: { ipv4: tuplesIn(own.field()), ipv6: tuplesIn(own.field()) },
    numbered: own.field(),
    rehearsal: { code: Number(own.field()), text: own.rest().toString() },
    settings,
  }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  if (state.status === undefined && !view.check)
    return { ...failure('Failed to find required executable "ufw"'), advice: 'install the package ufw' }
  const { code, text } = state.rehearsal
  // Under check an earlier task may be the one that brings the profile.
  const mayCome = view.check && text.includes('Could not find a profile')
  if (code !== 0 && !mayCome) return { ...failure(text.trim()), result: { commands: [] } }
  const steps = [
    ...stateSteps(args, state),
    ...defaultSteps(args, state),
    ...ruleSteps(args, state),
    ...loggingSteps(args, state),
  ]
  const commands = steps.map(({ command }) => `ufw ${command.join(' ')}`)
  const planned = steps.map(({ change, command }, index): PlannedChange => {
    const action = sh(ufwCommand(...command))
    // What is told is what it is like in the end.
    return index === steps.length - 1
      ? [change, action, sh(ufwCommand('status', 'verbose'))]
      : [change, action]
  })
  return { ...inSteps(planned), result: { commands, msg: state.status ?? '' } }
}

function interpret(outcomes: readonly Outcome[]): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined) return {}
  if (last.code !== 0) return { failed: last.stderr.trim() || last.stdout.trim(), result: { rc: last.code } }
  return { result: { msg: last.stdout.trimEnd() } }
}

interface Step {
  readonly change: PlannedChange[0]
  readonly command: readonly string[]
}

function stateSteps({ state }: Args, { status = '', settings }: State): Step[] {
  if (state === undefined) return []
  const isActive = status.includes(' active')
  const isAtBoot = settings.get('ENABLED')?.toLowerCase() === 'yes'
  const isRight = state === 'enabled' ? isActive && isAtBoot : state === 'disabled' && !isActive && !isAtBoot
  if (isRight) return []
  const verb = { enabled: 'enable', disabled: 'disable', reloaded: 'reload', reset: 'reset' }[state]
  const before = isActive
    ? isAtBoot
      ? 'enabled'
      : 'enabled until boot'
    : isAtBoot
      ? 'enabled at boot'
      : 'disabled'
  return [{ change: { what: 'firewall', before, after: state }, command: ['-f', verb] }]
}

const POLICIES: Readonly<Record<string, string>> = { ACCEPT: 'allow', DROP: 'deny', REJECT: 'reject' }
const POLICY_NAMES = { incoming: 'INPUT', outgoing: 'OUTPUT', routed: 'FORWARD' } as const

function defaultSteps(args: Args, { settings }: State): Step[] {
  const { default: policy, direction } = args
  if (policy === undefined) return []
  const which = direction === 'outgoing' || direction === 'routed' ? direction : 'incoming'
  const found = settings.get(`DEFAULT_${POLICY_NAMES[which]}_POLICY`) ?? ''
  const before = POLICIES[found.toUpperCase()] ?? null
  // A new beginning has the defaults of the installation, which nobody knows before.
  if (before === policy && args.state !== 'reset') return []
  return [
    { change: { what: `default ${which}`, before, after: policy }, command: ['default', policy, which] },
  ]
}

function ruleSteps(args: Args, { status, rules, rehearsal, numbered }: State): Step[] {
  if (args.rule === undefined) return []
  const command = ruleWords(args, placeOf(args, numbered))
  if (args.state === 'reset') {
    if (args.delete) return []
    return [{ change: { what: 'rule', before: null, after: command.join(' ') }, command }]
  }
  if (status === undefined || rehearsal.code !== 0)
    return [{ change: { what: 'rule', before: null, after: command.join(' ') }, command }]
  const after = rehearsed(rehearsal.text, rules)
  const [old, now] = [
    [...rules.ipv4, ...rules.ipv6],
    [...after.ipv4, ...after.ipv6],
  ]
  if (old.join('\n') === now.join('\n')) return []
  const shown = (some: readonly string[], others: readonly string[]) =>
    some.filter((one) => !others.includes(one)).join('\n') || null
  return [{ change: { what: 'rule', before: shown(old, now), after: shown(now, old) }, command }]
}

function loggingSteps({ logging, state }: Args, { settings }: State): Step[] {
  if (logging === undefined) return []
  const before = settings.get('LOGLEVEL')?.toLowerCase() ?? null
  const isRight = logging === 'on' ? before !== null && before !== 'off' : before === logging
  if (isRight && state !== 'reset') return []
  return [{ change: { what: 'logging', before, after: logging }, command: ['logging', logging] }]
}
