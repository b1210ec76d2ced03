import {
  type Change,
  defineModule,
  type ModuleContext,
  type Outcome,
  type Plan,
} from '../../../sdk/module.ts'
import { failure, inSteps, NOTHING, sh, together } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { words } from '../../../shell/quote.ts'
import { addition, modification, removal } from './commands.ts'
import { type Difference, differences } from './compare.ts'
import { type Args, declared, TYPES, type Type } from './options.ts'
import { problems } from './problems.ts'
import { isSecret, type Settings, secretsOf, settingsOf, TUNNELS } from './settings.ts'

interface State {
  /** What there is of NetworkManager. */
  readonly manager: 'running' | 'stopped' | 'missing'
  /** What nmcli says against looking at the connection. */
  readonly refusal: string | undefined
  /** Properties of the connection; undefined where there is none. */
  readonly present: Settings | undefined
  /** Properties of wifi that nmcli knows; none where nobody asked. */
  readonly known: readonly string[]
}

/** Keeps connections of NetworkManager. Semantics: community.general.nmcli. */
export const nmcli = defineModule<typeof declared, State>({
  name: 'nmcli',
  summary: 'Keeps connections of NetworkManager.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

/** The exit statuses of nmcli for "NetworkManager does not run" and "there is none of this name". */
const [NOT_RUNNING, UNKNOWN] = [8, 10]

/** What makes nmcli's editor tell all properties of wifi; nothing of it is saved. */
const TELL = [
  'set 802-11-wireless-security.psk unknown',
  'print 802-11-wireless',
  'print 802-11-wireless-security',
  'quit',
  'yes',
]

// Without --escape every value stands there as it is; secrets are only asked for where one is to be compared.
function probe(args: Args): string {
  const { conn_name, wifi, wifi_sec, gsm, wireguard, vpn } = args
  const hasSecrets = [wifi_sec, gsm, wireguard, vpn].some((map) => map !== undefined)
  const options = ['-t', '-m', 'multiline', '-e', 'no', ...(hasSecrets ? ['-s'] : [])]
  const secrets = secretsOf(args).map(([property]) => property)
  const show = `x=$(nmcli ${words(...options, 'connection', 'show', 'id', conn_name)} 2>&1 </dev/null)`
  return `LC_ALL=C PATH=$PATH:/usr/sbin:/sbin; export LC_ALL
command -v nmcli >/dev/null || { printf 'missing\\0\\0\\0'; exit 0; }
${secrets.length > 0 ? untilShown(show, secrets) : `${show}; c=$?`}
y=
${wifi === undefined && wifi_sec === undefined ? '' : `y=$(printf '%s\\n' ${words(...TELL)} | nmcli connection edit type wifi 2>/dev/null | sed -n 's/^\\(802-11-[a-z-]*[.][a-z0-9-]*\\):.*/\\1/p')`}
printf '%s\\0%s\\0%s\\0' $c "$x" "$y"`
}

/**
 * nmcli leaves out secrets that are there where NetworkManager says that the connection changed before they are printed,
 * as it does for each question about them. So none is believed to be missing at once.
 */
function untilShown(show: string, secrets: readonly string[]): string {
  const hidden = words(`^(${secrets.join('|')}):$`)
  return `for _ in 1 2 3; do
  ${show}; c=$?
  printf '%s\\n' "$x" | grep -Eq -e ${hidden} || break
done`
}

function parse(output: ProbeOutput): State {
  const own = new Output(output.bytes)
  const [code, text] = [own.field(), own.field()]
  const known = own.field().split('\n')
  const state = { manager: 'running', refusal: undefined, present: undefined, known } as const
  if (code === 'missing') return { ...state, manager: 'missing' }
  // Without a bus of the system nmcli cannot even ask.
  if (Number(code) === NOT_RUNNING || text.includes('Could not create NMClient object'))
    return { ...state, manager: 'stopped' }
  if (Number(code) === UNKNOWN) return state
  if (Number(code) !== 0) return { ...state, refusal: text.trim() || `nmcli ended with ${code}` }
  return { ...state, present: propertiesIn(text) }
}

/** Of several connections of one name the first is meant, as nmcli means it. */
function propertiesIn(text: string): Settings {
  const properties = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^([a-z0-9][\w-]*\.[\w-]+):(.*)$/i.exec(line) ?? []
    if (name !== undefined && !properties.has(name)) properties.set(name, value)
  }
  if (!properties.has('connection.uuid'))
    throw new Error(`nmcli describes no connection: ${JSON.stringify(text.slice(0, 200))}`)
  return properties
}

function plan(given: Args, { manager, refusal, present, known }: State, view: ModuleContext): Plan {
  const { conn_name, state } = given
  const result = { conn_name, state }
  if (refusal !== undefined) return { ...failure(refusal), result: { name: conn_name } }
  if (manager !== 'running' && !view.check) return { ...unavailable(manager), result: { name: conn_name } }
  if (state === 'absent') {
    if (present === undefined) return { ...NOTHING, result }
    const change = { what: `connection ${conn_name}`, before: 'present', after: null }
    return { ...inSteps([[change, sh(removal(conn_name))]]), result }
  }
  const { args, told } = supported(given, known)
  if (told !== undefined && !args.ignore_unsupported_suboptions)
    return { ...failure(told), result: { name: conn_name } }
  const planned = present === undefined ? added(args) : modified(args, present)
  return { ...planned, ...(told !== undefined && { warnings: [told] }) }
}

/** The arguments without properties of wifi that the host does not know, and a sentence about those. */
function supported(args: Args, known: readonly string[]): { args: Args; told: string | undefined } {
  const settings = { wifi: '802-11-wireless', wifi_sec: '802-11-wireless-security' } as const
  const isKnown = (option: keyof typeof settings, name: string) =>
    known.includes(`${settings[option]}.${name}`)
  const options = (['wifi', 'wifi_sec'] as const).filter((option) => args[option] !== undefined)
  // Nothing is known of a host whose nmcli is yet to come.
  if (known.every((name) => name === '')) return { args, told: undefined }
  const kept = options.map((option) => [
    option,
    Object.fromEntries(Object.entries(args[option]!).filter(([name]) => isKnown(option, name))),
  ])
  const unknown = options.flatMap((option) =>
    Object.keys(args[option]!).flatMap((name) => (isKnown(option, name) ? [] : [`"${option}.${name}"`])),
  )
  const told = unknown.length === 0 ? undefined : `Invalid or unsupported option(s): ${unknown.join(', ')}`
  return { args: { ...args, ...Object.fromEntries(kept) }, told }
}

function unavailable(manager: 'stopped' | 'missing'): Plan {
  return manager === 'missing'
    ? {
        ...failure('Failed to find required executable "nmcli"'),
        advice: 'install the package network-manager, or NetworkManager',
      }
    : { ...failure('NetworkManager is not running'), advice: 'start NetworkManager in an earlier task' }
}

function added(args: Args): Plan {
  const { conn_name, state, type } = args
  if (type === undefined) return { ...failure('a new connection needs "type"'), result: { name: conn_name } }
  const settings = settingsOf(
    { ...args, ifname: args.ifname ?? (type === 'vpn' ? undefined : conn_name) },
    type,
  )
  const change = { what: `connection ${conn_name}`, before: null, after: type }
  const changes = [change, ...changesOf(differences(filled(settings), new Map()))]
  const Connection = `Connection ${conn_name} of Type ${type} is being added`
  return {
    ...together(changes, ...addition(conn_name, type, filled(settings), comesUp(args, type))),
    result: { conn_name, state, Connection },
  }
}

/** What a new connection does not have anyway. */
function filled(settings: Settings): Settings {
  return new Map([...settings].filter(([, value]) => value !== ''))
}

/** Such connections are brought up at once, as in Ansible. */
function comesUp({ mtu, dns4, dns6 }: Args, type: Type): boolean {
  const hasServers = dns4 !== undefined || dns6 !== undefined
  if (type === 'team') return hasServers
  return (
    ['bond', 'dummy', 'ethernet', 'infiniband', 'wifi'].includes(type) && (mtu !== undefined || hasServers)
  )
}

function modified(args: Args, present: Settings): Plan {
  const { conn_name, state } = args
  const is = typeOf(present)
  if (args.type !== undefined && is !== undefined && args.type !== is && !args.type.endsWith('-slave'))
    return {
      ...failure(
        `connection ${conn_name} is there with type ${is}, and cannot become one of type ${args.type}`,
      ),
      result: { name: conn_name },
      advice: 'take it away with "state: absent" in an earlier task',
    }
  const type = args.type ?? is
  if (type === undefined) return { ...failure('"type" is needed'), result: { name: conn_name } }
  const found = differences(settingsOf(args, type), present)
  if (found.length === 0)
    return {
      ...NOTHING,
      result: { conn_name, state, Exists: 'Connections already exist and no changes made' },
    }
  return {
    ...together(changesOf(found), ...modification(conn_name, found)),
    result: { conn_name, state, Exists: 'Connections do exist so we are modifying them' },
  }
}

/** The type of a connection by Ansible's name; undefined for one that Ansible has no name for. */
function typeOf(present: Settings): Type | undefined {
  const slave = present.get('connection.slave-type') ?? ''
  const kind = present.get('connection.type') ?? ''
  const tunnel = TUNNELS.find((name, index) =>
    [name, String([2, 1, 3][index])].includes(present.get('ip-tunnel.mode') ?? ''),
  )
  const names: Record<string, string | undefined> = {
    '802-3-ethernet': slave === '' ? 'ethernet' : `${slave}-slave`,
    '802-11-wireless': 'wifi',
    'ip-tunnel': tunnel,
  }
  const name = Object.hasOwn(names, kind) ? names[kind] : kind
  return TYPES.find((type) => type === name)
}

function changesOf(found: readonly Difference[]): Change[] {
  return found.map(({ property, before, after }) => {
    const shown = (value: string | undefined) => (value ? (isSecret(property) ? '(hidden)' : value) : null)
    return { what: property, before: shown(before), after: shown(after) }
  })
}

function interpret(outcomes: readonly Outcome[], args: Args) {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return {}
  const said = withoutSecrets(last.stderr.trim() || `exit status ${last.code}`, args)
  return { failed: said, result: { name: args.conn_name, rc: last.code, stderr: said } }
}

/** What nmcli says of a value that it refuses may hold the value. */
function withoutSecrets(said: string, args: Args): string {
  return secretsOf(args).reduce((text, [, value]) => text.replaceAll(value, '(hidden)'), said)
}
