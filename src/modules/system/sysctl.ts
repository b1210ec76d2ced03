import { bytesOf } from '../../host/bytes.ts'
import { type FileState, files, followed } from '../../host/file-state.ts'
import { fileFootprint } from '../../host/footprints.ts'
import { askedOf, keptId, leftBy } from '../../host/left-file.ts'
import { writeFile } from '../../host/write.ts'
import type { Footprint, Found } from '../../sdk/footprint.ts'
import { type Action, defineModule, type ModuleResult, type Outcome, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { inSteps, type PlannedChange, sh } from '../../sdk/plans.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { contentOf } from '../../shell/content.ts'
import { quote, words } from '../../shell/quote.ts'

const sysctlOptions = options({
  name: {
    type: 'str',
    required: true,
    aliases: ['key'],
    help: 'The kernel parameter, as sysctl(8) writes it: net.ipv4.ip_forward, net/ipv4/conf/eth0.1/rp_filter.',
  },
  value: {
    type: 'str',
    aliases: ['val'],
    help: 'The value it is to have; yes, on and true are 1, no, off and false are 0.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether the file sets it; absent leaves the live value alone.',
  },
  sysctl_file: {
    type: 'path',
    default: '/etc/sysctl.conf',
    help: 'The file that sets it at boot; "" for none: what is set holds until then.',
  },
  sysctl_set: { type: 'bool', default: false, help: 'Set the live value even when reload is false.' },
  reload: { type: 'bool', default: true, help: 'Set the live value too, and not only the file.' },
  ignoreerrors: {
    type: 'bool',
    default: false,
    help: 'A parameter that the kernel does not know is no failure.',
  },
})

type SysctlArgs = ArgsOf<typeof sysctlOptions>

interface State {
  /** undefined when the kernel has no such parameter. */
  readonly live: string | undefined
  /** The file's text; undefined when there is none. */
  readonly text: string | undefined
  /** Where it is, behind links. */
  readonly path: string
  readonly file: FileState | undefined
}

export const sysctl = defineModule<typeof sysctlOptions, State>({
  name: 'sysctl',
  summary: 'Sets kernel parameters, now and at every boot.',
  options: sysctlOptions,
  validate({ name, value, state }, complete) {
    const problems = name === undefined ? [] : nameProblems(name)
    if (complete && state !== 'absent' && value === undefined)
      problems.push('sysctl needs "value", unless state is absent')
    return problems
  },
  probe: (args) =>
    args.sysctl_file === ''
      ? [liveProbe(args)]
      : [liveProbe(args), fileLook(args), bytesOf([args.sysctl_file])],
  parse(output, args) {
    const [found] = output.of(liveProbe(args))
    const live = found === undefined ? undefined : normal(found)
    if (args.sysctl_file === '') return { live, path: '', file: undefined, text: undefined }
    const [itself] = output.of(fileLook(args))
    const [bytes] = output.of(bytesOf([args.sysctl_file]))
    const { path, file } = followed(args.sysctl_file, itself)
    return {
      live,
      path,
      file,
      text: file === undefined ? undefined : bytes!.toString(),
    }
  },
  plan(args, found) {
    const { name, state, sysctl_file: file } = args
    const { live, text } = found
    const steps: PlannedChange[] = []
    const wanted = state === 'present' ? numbered(args) : undefined
    const setsLive = wanted !== undefined && (args.reload || args.sysctl_set)
    if (setsLive && live === undefined && !args.ignoreerrors) return { changes: [], failed: unknown(name) }
    // The kernel comes first: what it refuses must not be in the file either.
    if (setsLive && live !== undefined && !isSame(live, wanted))
      steps.push([{ what: `sysctl ${name}`, before: live, after: wanted }, setting(name, wanted)])
    const values = valuesIn(text ?? '', name)
    const isRight = wanted === undefined ? values.length === 0 : values.length === 1 && values[0] === wanted
    if (!isRight && file !== '') {
      const before = values.at(-1) ?? null
      const sides = { before: text ?? '', after: edited(text ?? '', name, wanted) }
      const change = { what: `${name} in ${file}`, before, after: wanted ?? null, text: sides }
      steps.push([change, writing(sides.after, found)])
    }
    return inSteps(steps)
  },
  footprint: {
    paths: ({ sysctl_file }) => (sysctl_file === '' ? [] : [sysctl_file]),
    of: footprint,
  },
  interpret: conclude,
})

/** Parameters of one interface with which the kernel changes nothing else: ip-sysctl.rst of its documentation. */
const OF_ONE_INTERFACE =
  /^net\/ipv4\/conf\/(?!all\/|default\/)[^/]+\/(accept_local|accept_redirects|accept_source_route|arp_\w+|bootp_relay|disable_policy|disable_xfrm|drop_gratuitous_arp|drop_unicast_in_l2_multicast|log_martians|medium_id|proxy_arp|proxy_arp_pvlan|rp_filter|secure_redirects|send_redirects|shared_media|src_valid_mark|tag)$/

function footprint(args: SysctlArgs, { live, path, file }: State, plan: Plan): Footprint | undefined {
  const { name, sysctl_file, state } = args
  const parameter = pathOf(name)
  const device = /^net\/\w+\/(?:conf|neigh)\/([^/]+)\//.exec(parameter)?.[1]
  const names = [`sysctls/${parameter}`, ...(device === undefined ? [] : [`links/${device}`])]
  const isAlone = OF_ONE_INTERFACE.test(parameter) || state === 'absent' || live === undefined
  const own = { names: isAlone ? [`sysctls/${parameter}`] : [] }
  if (plan.changes.length > 0 && !isAlone) return { reads: { names }, writes: 'anything' }
  if (sysctl_file === '') return { reads: { names }, writes: plan.changes.length > 0 ? own : {} }
  if (path !== sysctl_file) return undefined
  const ofFile = fileFootprint({ path, file }, plan)
  if (ofFile === undefined || ofFile.writes === 'anything') return ofFile
  return {
    reads: { ...ofFile.reads, names: [...names, ...(ofFile.reads.names ?? [])] },
    writes: plan.changes.length > 0 ? { ...ofFile.writes, ...own } : {},
    leaves: leavesOf(path, file, plan),
    takes: askedOf(path),
  }
}

function leavesOf(path: string, file: FileState | undefined, { actions = [] }: Plan): Found[] {
  const write = actions.find((action) => action.do === 'send')
  if (write === undefined) return []
  const { uid, gid, mode } = file ?? { uid: 0, gid: 0, mode: 0o644 }
  return leftBy({ path, file, uid, gid, mode, bytes: write.content.bytes() })
}

/** Sets the live value. */
function setting(name: string, value: string): Action {
  // cat says why the kernel refuses it; a shell's own printf does not.
  return sh(`printf '%s\\n' ${quote(value)} | LC_ALL=C cat >${quote(FOLDER + pathOf(name))}`)
}

/** Puts a text in the place of the file's. */
function writing(content: string, { text, path, file }: State): Action {
  return writeFile({
    path,
    content: contentOf(content),
    owner: file === undefined ? 0 : keptId(file.uid),
    group: file === undefined ? 0 : keptId(file.gid),
    mode: file?.mode ?? 0o644,
    replaces: file ?? null,
    ...(text !== undefined && { madeOf: contentOf(text) }),
  })
}

function conclude(
  outcomes: readonly Outcome[],
  args: SysctlArgs,
  _: State,
  { changes, actions }: Plan,
): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return {}
  const said = last.stderr.trim() || `exit status ${last.code}`
  const result = { rc: last.code, stderr: last.stderr }
  const at = outcomes.length - 1
  if (actions![at]!.do === 'send')
    return { failed: `${changes[at]!.what} cannot be written: ${said}`, result }
  return {
    failed: `the kernel does not take ${JSON.stringify(numbered(args))} for ${args.name}: ${said}`,
    result,
  }
}

/** What is wrong with the name of a parameter, which must not lead out of /proc/sys; as no or one sentence. */
function nameProblems(name: string): string[] {
  const parts = pathOf(name).split('/')
  if (!/^[^\s=#;\0-][^\s=\0]*$/.test(name) || parts.some((part) => ['', '.', '..'].includes(part)))
    return [`${JSON.stringify(name)} is not a name of a kernel parameter`]
  // No folder of an interface has folders in it.
  const [net, family, kind, ...rest] = name.split('.')
  if (net !== 'net' || !['conf', 'neigh'].includes(kind ?? '') || rest.length < 3 || name.includes('/'))
    return []
  const slashes = [net, family, kind, rest.slice(0, -1).join('.'), rest.at(-1)].join('/')
  return [`${name}: every dot separates here, also those in the name of an interface; write ${slashes}`]
}

function unknown(name: string): string {
  const device = /^net\/\w+\/(?:conf|neigh)\/([^/]+)\//.exec(pathOf(name))?.[1]
  const reason =
    device === undefined
      ? 'a module that is not loaded may bring it'
      : `is there an interface ${device}, and is the last part right?`
  return `the kernel has no parameter ${name}; ${reason}`
}

const FOLDER = '/proc/sys/'

function fileLook({ sysctl_file }: { sysctl_file: string }) {
  return files([sysctl_file], { follow: true })
}

/** A batched probe of the value that the kernel has; undefined when it knows no such parameter. */
function liveProbe({ name }: { name: string }): BatchedProbe<string | undefined> {
  return {
    kind: 'sysctl',
    items: [pathOf(name)],
    // One grep prints all of them, each line with its path before it.
    script: (paths) => `set -- ${words(...paths.map((path) => FOLDER + path))}
for p; do if [ -e "$p" ]; then printf 1; else printf 0; fi; done
grep -s '' /dev/null "$@" || :`,
    read(output, paths) {
      const isThere = output.take(paths.length).toString()
      const lines = output.rest().toString().split('\n')
      return paths.map((path, index) => {
        const own = lines
          .filter((line) => line.startsWith(`${FOLDER}${path}:`))
          .map((line) => line.slice(FOLDER.length + path.length + 1))
        return isThere[index] === '1' ? own.join('\n') : undefined
      })
    },
  }
}

/** A parameter's path below /proc/sys: the first of `.` and `/` separates, the other is part of a name (sysctl(8)). */
export function pathOf(name: string): string {
  const dot = name.indexOf('.')
  const slash = name.indexOf('/')
  if (dot === -1 || (slash !== -1 && slash < dot)) return name
  // A file may hold hundreds, and most have no part with a dot of its own.
  if (slash === -1) return name.replaceAll('.', '/')
  return name.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.'))
}

// As Ansible reads them.
const WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['yes', 'y', 'on', 'true', 't'].map((word) => [word, '1'])),
  ...Object.fromEntries(['no', 'n', 'off', 'false', 'f'].map((word) => [word, '0'])),
}

function numbered({ value = '' }: { value?: string | undefined }): string {
  const text = normal(value)
  return Object.hasOwn(WORDS, text.toLowerCase()) ? WORDS[text.toLowerCase()]! : text
}

/** Whether the kernel shows a value so that was written otherwise: it reads numbers as C does, and shows decimal ones. */
function isSame(shown: string, written: string): boolean {
  const decimal = (part: string) => {
    const [, sign = '', digits] = /^(-?)(0x[0-9a-f]+|\d+)$/i.exec(part) ?? []
    if (digits === undefined) return part
    return sign + BigInt(/^0[0-7]/.test(digits) ? `0o${digits}` : digits)
  }
  return shown === written || shown === written.split(' ').map(decimal).join(' ')
}

/** White space between the parts of a value means nothing. */
function normal(value: string): string {
  return value.trim().split(/\s+/).join(' ')
}

const SETTING = /^\s*-?\s*([^#;=\s][^=]*?)\s*=\s*(.*)$/

function valuesIn(text: string, name: string): string[] {
  const path = pathOf(name)
  return text.split('\n').flatMap((line) => {
    const match = SETTING.exec(line)
    return match !== null && pathOf(match[1]!) === path ? [normal(match[2]!)] : []
  })
}

/** The file with the parameter set once, where it was first set, or not at all. */
function edited(text: string, name: string, value: string | undefined): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const path = pathOf(name)
  const isSetting = (line: string) => {
    const match = SETTING.exec(line)
    return match !== null && pathOf(match[1]!) === path
  }
  const first = lines.findIndex(isSetting)
  const others = lines.filter((line, index) => index === first || !isSetting(line))
  if (value === undefined) return joined(others.filter((line) => !isSetting(line)))
  if (first === -1) return joined([...others, `${name}=${value}`])
  return joined(others.map((line, index) => (index === first ? `${name}=${value}` : line)))
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
