import { bytesOf } from '../../host/bytes.ts'
import { type FileState, files } from '../../host/file-state.ts'
import { madeAt } from '../../host/safe-path.ts'
import { copyFile, writeFile } from '../../host/write.ts'
import { type Action, defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, inSteps, type PlannedChange, sh } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { contentOf } from '../../shell/content.ts'
import { quote } from '../../shell/quote.ts'
import type { ValueMap } from '../../values/value.ts'

const declared = options({
  name: { type: 'str', help: 'The time zone, such as "Europe/Berlin"; not changed if it is not given.' },
  hwclock: {
    type: 'str',
    aliases: ['rtc'],
    choices: ['local', 'UTC'],
    help: 'Whether the hardware clock has local time or UTC; not changed if it is not given.',
  },
})

type Args = ArgsOf<typeof declared>

interface State {
  /** What sets it: systemd, or files as a distribution has them. */
  readonly kind: keyof typeof FILES | 'systemd'
  /** What is wanted is a file of time zones. */
  readonly isKnown: boolean
  /** The host has time zones at all. */
  readonly hasZones: boolean
  readonly name: string
  readonly hwclock: string
  readonly files: ReadonlyMap<string, ConfFile>
}

interface ConfFile {
  readonly state: FileState | undefined
  readonly text: string
}

const ZONES = '/usr/share/zoneinfo'

const FILES = {
  debian: { name: '/etc/timezone', hwclock: '/etc/default/rcS', key: '' },
  alpine: { name: '/etc/timezone', hwclock: '/etc/conf.d/hwclock', key: '' },
  gentoo: { name: '/etc/timezone', hwclock: '/etc/conf.d/hwclock', key: '' },
  suse: { name: '/etc/sysconfig/clock', hwclock: '/etc/sysconfig/clock', key: 'TIMEZONE' },
  redhat: { name: '/etc/sysconfig/clock', hwclock: '/etc/sysconfig/clock', key: 'ZONE' },
} as const

const ADJTIME = '/etc/adjtime'
const PATHS = [...new Set(Object.values(FILES).flatMap(({ name, hwclock }) => [name, hwclock])), ADJTIME]

/** Sets the time zone, and what the hardware clock has. Semantics: community.general.timezone. */
export const timezone = defineModule<typeof declared, State>({
  name: 'timezone',
  summary: 'Sets the time zone of a host, and whether its hardware clock has local time.',
  options: declared,
  validate({ name, hwclock }, complete) {
    if (name !== undefined && !/^(?!.*(\/\/|\/$|\.\.))[A-Za-z0-9][A-Za-z0-9_+/-]*$/.test(name))
      return [`name: ${JSON.stringify(name)} is not a name of a time zone`]
    if (complete && name === undefined && hwclock === undefined)
      return ['one of the following is required: hwclock, name']
    return []
  },
  probe: ({ name = 'UTC' }) => [files(PATHS), bytesOf(PATHS), script(`${ZONES}/${name}`)],
  parse,
  plan,
})

function script(zone: string): string {
  return `z=${quote(zone)}
if [ -f "$z" ]; then echo known; elif [ -d ${ZONES} ]; then echo unknown; else echo none; fi
if x=$(LC_ALL=C timedatectl status 2>/dev/null) && [ -n "$x" ]; then printf 'systemd\\n%s\\n' "$x"; exit 0; fi
if command -v dpkg-reconfigure >/dev/null; then echo debian
elif [ -e /etc/alpine-release ]; then echo alpine
elif [ -e /etc/gentoo-release ]; then echo gentoo
elif grep -qs '^TIMEZONE *=' /etc/sysconfig/clock; then echo suse
elif grep -qs '^ZONE *=' /etc/sysconfig/clock; then echo redhat
elif grep -qsi '^ID.*suse' /etc/os-release; then echo suse
else echo redhat; fi
if [ -h /etc/localtime ]; then
  if [ -e /etc/localtime ]; then readlink /etc/localtime; else echo; fi
elif cmp -s /etc/localtime "$z"; then echo same
else echo; fi`
}

function parse(output: ProbeOutput, args: Args): State {
  const states = output.of(files(PATHS))
  const texts = output.of(bytesOf(PATHS))
  const conf = new Map(
    PATHS.map((path, index) => [path, { state: states[index], text: texts[index]!.toString('latin1') }]),
  )
  const [known, kind = '', ...lines] = output.text.split('\n')
  const ground = { isKnown: known === 'known', hasZones: known !== 'none', files: conf }
  if (kind === 'systemd') {
    const status = lines.join('\n')
    const name = /^\s*Time ?zone\s*:\s*(\S+)/m.exec(status)?.[1]
    const local = /^\s*RTC in local TZ\s*:\s*(\S+)/m.exec(status)?.[1]
    if (name === undefined || local === undefined)
      throw new Error('timedatectl of the host says neither "Time zone" nor "RTC in local TZ"')
    return { ...ground, kind, name, hwclock: local === 'yes' ? 'local' : 'UTC' }
  }
  if (!isKind(kind)) throw new Error(`the host answered "${kind}" where its kind was expected`)
  const text = (path: string) => conf.get(path)!.text
  return {
    ...ground,
    kind,
    name: zoneOf(text(FILES[kind].name), kind, lines[0] ?? '', args.name),
    hwclock: clockOf(text(FILES[kind].hwclock), text(ADJTIME), args.hwclock),
  }
}

function isKind(kind: string): kind is keyof typeof FILES {
  return Object.hasOwn(FILES, kind)
}

const UNKNOWN = 'n/a'

/** The zone that a file names; or, if it is the wanted one, the one that /etc/localtime is. */
function zoneOf(
  text: string,
  kind: keyof typeof FILES,
  localtime: string,
  wanted: string | undefined,
): string {
  const written = zoneLine(kind).exec(text)?.[1] ?? UNKNOWN
  if (written !== wanted || localtime === 'same') return written
  return /\/(?:usr\/share|etc)\/zoneinfo\/(.*)$/.exec(localtime)?.[1] ?? UNKNOWN
}

function zoneLine(kind: keyof typeof FILES): RegExp {
  const { key } = FILES[kind]
  return key === '' ? /^(\S+)/m : new RegExp(`^${key}\\s*=\\s*"?([^"\\s]+)"?`, 'm')
}

function clockOf(text: string, adjtime: string, wanted: string | undefined): string {
  const said = CLOCK_LINE.exec(text)?.[1]
  const written = said === undefined ? UNKNOWN : /^["']?(yes|true|on|1|y)["']?$/i.test(said) ? 'UTC' : 'local'
  if (written !== wanted) return written
  return /^LOCAL$/m.test(adjtime) ? 'local' : 'UTC'
}

const CLOCK_LINE = /^UTC\s*=\s*(\S+)/m

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { name, hwclock } = args
  // Under check the zones may be those of a package that an earlier task installs.
  if (name !== undefined && !state.isKnown && (state.hasZones || !view.check)) {
    const advice = state.hasZones ? undefined : 'install the package tzdata'
    return { ...failure(`given timezone "${name}" is not available`), advice }
  }
  const steps: PlannedChange[] = []
  if (name !== undefined && name !== state.name) {
    const [first, ...others] = zoneActions(name, state)
    steps.push([{ what: 'timezone', before: state.name, after: name }, first, ...others])
  }
  if (hwclock !== undefined && hwclock !== state.hwclock) {
    const [first, ...others] = clockActions(hwclock, state)
    steps.push([{ what: 'hwclock', before: state.hwclock, after: hwclock }, first, ...others])
  }
  const asked = (side: Partial<Pick<State, 'name' | 'hwclock'>>): ValueMap => ({
    ...(name !== undefined && { name: side.name! }),
    ...(hwclock !== undefined && { hwclock: side.hwclock! }),
  })
  return { ...inSteps(steps), result: { diff: { before: asked(state), after: asked(args) } } }
}

function zoneActions(name: string, state: State): [Action, ...Action[]] {
  const { kind } = state
  if (kind === 'systemd') return [sh(`timedatectl set-timezone ${quote(name)}`)]
  const { name: path, key } = FILES[kind]
  const line = key === '' ? name : `${key}="${name}"`
  const zone = `${ZONES}/${name}`
  const write = withLine(path, zoneLine(kind), line, state)
  const localtime = '/etc/localtime'
  if (kind === 'alpine') return [write, sh(`setup-timezone -z ${quote(name)}`)]
  if (kind === 'debian') {
    const link = sh(madeAt(localtime, `ln -sfn -- ${quote(zone)} "./$n"`, {}))
    return [write, link, sh('dpkg-reconfigure --frontend noninteractive tzdata 2>&1')]
  }
  return [write, copyFile({ path: localtime, from: zone, owner: 0, group: 0, mode: 0o644 })]
}

function clockActions(hwclock: 'local' | 'UTC', state: State): [Action, ...Action[]] {
  const isLocal = hwclock === 'local'
  if (state.kind === 'systemd') return [sh(`timedatectl set-local-rtc ${isLocal ? 'yes' : 'no'}`)]
  const line = `UTC=${isLocal ? 'no' : 'yes'}`
  return [
    withLine(FILES[state.kind].hwclock, CLOCK_LINE, line, state),
    sh(`hwclock --systohc ${isLocal ? '--localtime' : '--utc'}`),
  ]
}

/** Writes a file with a line in the place of the first that matches, and without the others. */
function withLine(path: string, pattern: RegExp, line: string, { files }: State): Action {
  const { state, text } = files.get(path)!
  const lines = text.split('\n')
  const first = lines.findIndex((one) => pattern.test(one))
  const others = lines.filter((one) => !pattern.test(one)).toSpliced(Math.max(first, 0), 0, line)
  return writeFile({
    path,
    content: contentOf(Buffer.from(others.join('\n'), 'latin1')),
    owner: state?.uid ?? 0,
    group: state?.gid ?? 0,
    mode: state?.type === 'file' ? state.mode : 0o644,
    makesFolders: state === undefined,
  })
}
