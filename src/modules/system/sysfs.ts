import { bytesOf } from '../../host/bytes.ts'
import { type FileState, files, followed } from '../../host/file-state.ts'
import { writeFile } from '../../host/write.ts'
import { type Action, type Change, defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, inSteps, type PlannedChange, sh } from '../../sdk/plans.ts'
import { contentOf } from '../../shell/content.ts'
import { quote } from '../../shell/quote.ts'

const sysfsOptions = options({
  path: {
    type: 'str',
    required: true,
    aliases: ['name', 'key', 'attribute'],
    help: 'The file below /sys: class/net/eth0/queues/rx-0/rps_cpus, /sys/kernel/mm/ksm/run. A * stands for all that there are.',
  },
  value: { type: 'str', aliases: ['val'], help: 'What is to stand in it; needed unless state is absent.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'absent takes it out of the file of systemd-tmpfiles, and leaves what is there now alone.',
  },
  persistent: {
    type: 'bool',
    default: false,
    help: 'Also at every boot, by systemd-tmpfiles: for what is there when that runs, early.',
  },
  tmpfiles_file: {
    type: 'path',
    default: '/etc/tmpfiles.d/sysfs.conf',
    help: 'The file of tmpfiles.d that sets it at boot.',
  },
})

type Args = ArgsOf<typeof sysfsOptions>

/** One file below /sys that fits. */
interface Attribute {
  readonly path: string
  readonly value: string
}

interface State {
  readonly attributes: readonly Attribute[]
  readonly path: string
  readonly file: FileState | undefined
  /** The text of the file of tmpfiles.d. */
  readonly text: string
}

/** Keeps values of the files below /sys. */
export const sysfs = defineModule<typeof sysfsOptions, State>({
  name: 'sysfs',
  summary: 'Sets parameters of devices and of the kernel below /sys, now and at every boot.',
  options: sysfsOptions,
  validate: ({ path, value, state }, complete) => [
    ...(path === undefined ? [] : pathProblems(path)),
    ...(value !== undefined && /[\0\n]/.test(value) ? ['value: it is one line'] : []),
    ...(value?.trim() === '' ? ['value: it is empty, and nothing would be seen of that'] : []),
    ...(complete && state !== 'absent' && value === undefined
      ? ['sysfs needs "value", unless state is absent']
      : []),
  ],
  probe: (args) => [
    lookScript(args),
    ...(usesFile(args) ? [fileLook(args), bytesOf([args.tmpfiles_file])] : []),
  ],
  parse(output, args) {
    const attributes = readAttributes(output.text)
    if (!usesFile(args)) return { attributes, path: '', file: undefined, text: '' }
    const { path, file } = followed(args.tmpfiles_file, output.of(fileLook(args))[0])
    const [bytes] = output.of(bytesOf([args.tmpfiles_file]))
    return { attributes, path, file, text: file === undefined ? '' : bytes!.toString() }
  },
  plan,
  interpret(outcomes, { path, value }) {
    const last = outcomes.at(-1)
    if (last === undefined || last.code === 0) return {}
    const said = last.stderr.trim() || `exit status ${last.code}`
    return {
      failed: `${JSON.stringify(value ?? '')} was not set for ${wholePath(path)}: ${said}`,
      result: { rc: last.code, stderr: last.stderr },
    }
  },
})

function usesFile({ persistent, state }: Args): boolean {
  return persistent || state === 'absent'
}

function fileLook({ tmpfiles_file }: Args) {
  return files([tmpfiles_file], { follow: true })
}

function wholePath(path: string): string {
  return `/sys/${path.replace(/^\/sys\/+/, '').replace(/^\/+/, '')}`
}

function pathProblems(path: string): string[] {
  const parts = wholePath(path).slice('/sys/'.length).split('/')
  const isOdd = !/^[\w.:,@+*/-]+$/.test(path) || parts.some((part) => ['', '.', '..'].includes(part))
  if (isOdd || (path.startsWith('/') && !/^\/sys\//.test(path)))
    return [`path: ${JSON.stringify(path)} is not the path of a file below /sys`]
  return []
}

/** The path as a pattern of sh. */
function pattern(path: string): string {
  return wholePath(path)
    .split('*')
    .map((part) => (part === '' ? '' : quote(part)))
    .join('*')
}

/** Only what really lies below /sys: other file systems are mounted there, in which others may have links. */
const BELOW = 'r=$(readlink -f -- "$p") && case $r in /sys/*) ;; *) r= ;; esac'

function lookScript({ path }: Args): string {
  return `for p in ${pattern(path)}; do
  [ -f "$p" ] || continue
  ${BELOW}
  [ "$r" ] || { echo "$p leads out of /sys" >&2; exit 1; }
  v=$(cat -- "$r") || exit 1
  printf '%s\\0%s\\0' "$p" "$v"
done`
}

function readAttributes(text: string): Attribute[] {
  const fields = text.split('\0')
  return fields
    .slice(0, -1)
    .flatMap((path, index) => (index % 2 === 0 ? [{ path, value: normal(fields[index + 1]!) }] : []))
}

function normal(value: string): string {
  return value.trim().split(/\s+/).join(' ')
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const path = wholePath(args.path)
  const wanted = args.state === 'present' ? normal(args.value!) : undefined
  const found = state.attributes
  if (wanted !== undefined && found.length === 0 && !view.check)
    return failure(`there is no ${path}: is the device there, and the module that brings it loaded?`)
  const unseen = wanted !== undefined && found.length === 0 ? [{ path, value: undefined }] : []
  const live =
    wanted === undefined
      ? []
      : [...found, ...unseen].filter(({ value }) => value === undefined || !isSame(value, wanted))
  const result = { path, values: Object.fromEntries(found.map((one) => [one.path, chosen(one.value)])) }
  const steps = live.map(
    (one): PlannedChange => [
      { what: one.path, before: one.value === undefined ? null : chosen(one.value), after: wanted! },
      setting(one.path, args.value!),
    ],
  )
  return { ...inSteps([...steps, ...fileSteps(args, path, state)]), result }
}

function setting(path: string, value: string): Action {
  // cat says why the kernel refuses it; a shell's own printf does not.
  return sh(`set -f
p=${quote(path)}
${BELOW}
[ "$r" ] || { echo "$p leads out of /sys" >&2; exit 1; }
printf '%s\\n' ${quote(value.trim())} | LC_ALL=C cat >"$r"`)
}

function fileSteps(args: Args, path: string, state: State): PlannedChange[] {
  if (!usesFile(args)) return []
  const wanted = args.state === 'present' ? `w ${path} - - - - ${escaped(args.value!.trim())}` : undefined
  const lines = linesFor(state.text, path)
  const isRight = wanted === undefined ? lines.length === 0 : lines.length === 1 && lines[0] === wanted
  if (isRight) return []
  const after = edited(state.text, path, wanted)
  const change: Change = {
    what: `${path} in ${args.tmpfiles_file}`,
    before: lines.at(-1) ?? null,
    after: wanted ?? null,
    text: { before: state.text, after },
  }
  const { file } = state
  return [
    [
      change,
      writeFile({
        path: state.path,
        content: contentOf(after),
        owner: file?.uid ?? 0,
        group: file?.gid ?? 0,
        mode: file?.mode ?? 0o644,
        replaces: file ?? null,
        makesFolders: true,
        ...(file !== undefined && { madeOf: contentOf(state.text) }),
      }),
    ],
  ]
}

/** systemd-tmpfiles reads escapes of C and specifiers in an argument. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('%', '%%')
}

function isFor(line: string, path: string): boolean {
  const [type = '', itself] = line.trim().split(/\s+/)
  return /^w[+!-]*$/.test(type) && itself === path
}

function linesFor(text: string, path: string): string[] {
  return text.split('\n').filter((line) => isFor(line, path))
}

/** The file with one line for a path, where the first was, or with none. */
function edited(text: string, path: string, line: string | undefined): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const first = lines.findIndex((one) => isFor(one, path))
  const others = lines.filter((one) => !isFor(one, path))
  const at = first === -1 ? others.length : first
  return others
    .toSpliced(at, 0, ...(line === undefined ? [] : [line]))
    .map((one) => `${one}\n`)
    .join('')
}

/** Of a choice such as "always [madvise] never", what is chosen. */
function chosen(shown: string): string {
  return /(?:^| )\[([^\]]+)\](?: |$)/.exec(shown)?.[1] ?? shown
}

/** Whether the kernel shows a value so that was written otherwise. */
function isSame(shown: string, wanted: string): boolean {
  const is = chosen(shown)
  if (is === wanted) return true
  if (/^[YN]$/.test(is))
    return (
      (is === 'Y') === /^(y|yes|1|on|true)$/i.test(wanted) &&
      /^(y|yes|1|on|true|n|no|0|off|false)$/i.test(wanted)
    )
  // A mask has commas between its words, and zeros before them.
  if (/^[0-9a-f]+(,[0-9a-f]+)*$/i.test(is) && (is.includes(',') || /^0./.test(is)))
    return maskOf(is) === maskOf(wanted)
  const [one, other] = [numberOf(is), numberOf(wanted)]
  return one !== undefined && one === other
}

function maskOf(text: string): string {
  const [first = '', ...rest] = text.toLowerCase().replace(/^0x/, '').split(',')
  return [first, ...rest.map((word) => word.padStart(8, '0'))].join('').replace(/^0+(?=.)/, '')
}

function numberOf(text: string): bigint | undefined {
  return /^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : undefined
}
