import { dirname } from 'node:path/posix'
import { literally } from '../../host/accounts.ts'
import { writeFile } from '../../host/write.ts'
import { looksAt } from '../../sdk/footprint.ts'
import { defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { inSteps, type PlannedChange, sh } from '../../sdk/plans.ts'
import { contentOf } from '../../shell/content.ts'
import { quote } from '../../shell/quote.ts'

const modprobeOptions = options({
  name: { type: 'str', help: 'The kernel module.', required: true },
  state: { type: 'str', help: 'Whether it is loaded.', choices: ['present', 'absent'], default: 'present' },
  params: { type: 'str', help: 'Parameters to load it with, such as "numdummies=2".', default: '' },
  persistent: {
    type: 'str',
    help: 'Whether it is loaded at boot too, with its params; "disabled" leaves that alone.',
    choices: ['present', 'absent', 'disabled'],
    default: 'disabled',
  },
})

type ModprobeArgs = ArgsOf<typeof modprobeOptions>

interface State {
  readonly kernel: string
  readonly presence: 'loaded' | 'builtin' | 'available' | 'missing'
  /** The configuration files that mention the module, by path. */
  readonly files: ReadonlyMap<string, readonly string[]>
}

export const modprobe = defineModule<typeof modprobeOptions, State>({
  name: 'modprobe',
  summary: 'Loads a kernel module or takes it out, now and at boot.',
  options: modprobeOptions,
  validate: ({ name, params }) => [
    ...(name === undefined || /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(name)
      ? []
      : [`modprobe: ${JSON.stringify(name)} is not a name of a kernel module`]),
    ...(params?.includes('\n') ? ['modprobe: params must be one line'] : []),
    // modprobe would take the one for an option, and modprobe.d the others for a comment and a longer line.
    ...(/(^|\s)[-#]|\\$/.test(params ?? '')
      ? ['modprobe: a parameter does not begin with - or #, and params do not end in a backslash']
      : []),
  ],
  probe,
  parse: ({ text }) => parse(text),
  // What is loaded at boot may stand in any file of a folder.
  footprint: looksAt(({ persistent }) => (persistent === 'disabled' ? ['kernel modules'] : undefined)),
  plan(args, state) {
    const failed = impossible(args, state)
    if (failed !== undefined) return { changes: [], failed }
    const { name, params } = args
    const result = { name, params, state: args.state }
    return { ...inSteps([...loadSteps(args, state), ...fileSteps(args, state)]), result }
  },
})

const LOAD = '/etc/modules-load.d'
const PARAMS = '/etc/modprobe.d'

function probe({ name, persistent }: ModprobeArgs): string {
  const file = name.replace(/[-_]/g, '_')
  const pattern = quote(`/${literally(name).replace(/[-_]/g, '[-_]')}\\.ko`)
  const files = [
    `for f in ${LOAD}/*.conf ${PARAMS}/*.conf; do`,
    `  if [ -f "$f" ] && grep -q ${quote(name.replace(/[-_]/g, '[-_]'))} "$f"; then`,
    `    printf 'file %s\\n' "$f"; sed 's/^/=/' "$f"`,
    '  fi',
    'done',
  ]
  return [
    'read -r kernel </proc/sys/kernel/osrelease',
    'echo "$kernel"',
    'd=/lib/modules/$kernel',
    `if [ -e /sys/module/${file}/initstate ]; then echo loaded`,
    `elif [ -d /sys/module/${file} ]; then echo builtin`,
    `elif grep -q ${pattern} "$d/modules.builtin" 2>/dev/null; then echo builtin`,
    `elif grep -q ${pattern} "$d/modules.dep" 2>/dev/null; then echo available`,
    // An alias: only modprobe itself knows those; busybox's has no dry run and says so.
    `elif modprobe -n -q ${quote(name)} 2>/dev/null; then echo available`,
    'else echo missing; fi',
    ...(persistent === 'disabled' ? [] : files),
    ':',
  ].join('\n')
}

function parse(text: string): State {
  const [kernel = '', presence, ...rest] = text.split('\n')
  const files = new Map<string, string[]>()
  let lines: string[] = []
  for (const line of rest) {
    if (line.startsWith('file ')) {
      lines = []
      files.set(line.slice(5), lines)
    } else if (line.startsWith('=')) lines.push(line.slice(1))
  }
  return { kernel, presence: presence as State['presence'], files }
}

function impossible({ name, state }: ModprobeArgs, { presence, kernel }: State): string | undefined {
  if (state === 'present' && presence === 'missing') {
    return `module ${name} is not in this kernel (${kernel}); install the kernel that has it, or, in a container, load it on the machine beneath`
  }
  if (state === 'absent' && presence === 'builtin') {
    return `module ${name} is built into this kernel (${kernel}) and cannot be taken out`
  }
  return undefined
}

function loadSteps(args: ModprobeArgs, { presence }: State): PlannedChange[] {
  const loaded = presence === 'loaded' || presence === 'builtin'
  if (loaded === (args.state === 'present')) return []
  const [before, after] = loaded ? ['loaded', 'not loaded'] : ['not loaded', 'loaded']
  return [[{ what: args.name, before, after }, sh(loading(args))]]
}

function loading({ name, state, params }: ModprobeArgs): string {
  if (state === 'absent') return `modprobe -r ${quote(name)}`
  // Words of params are parameters of their own.
  return ['modprobe', quote(name), ...params.split(/\s+/).filter(Boolean).map(quote)].join(' ')
}

function fileSteps(args: ModprobeArgs, state: State): PlannedChange[] {
  if (args.persistent === 'disabled') return []
  const wanted = args.persistent === 'present' ? wantedFiles(args, state) : cleanedFiles(args, state)
  return [...wanted].map(([path, lines]) => {
    const old = state.files.get(path)
    const before = old === undefined ? null : 'another content'
    const text = { before: old === undefined ? '' : textOf(old), after: textOf(lines) }
    return [
      { what: path, before, after: 'content', text },
      sh(`mkdir -p ${dirname(path)}`),
      writeFile({ path, content: contentOf(text.after), owner: 0, group: 0, mode: 0o644 }),
    ]
  })
}

function textOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}

const same = (name: string) => name.replaceAll('-', '_')

function names(name: string) {
  return (line: string) => same(line.replace(/[#;].*/, '').trim()) === same(name)
}

function sets(name: string) {
  return (line: string) => {
    const [word, module] = line.trim().split(/\s+/)
    return word === 'options' && module !== undefined && same(module) === same(name)
  }
}

/** The files to be written so that the module is loaded at boot with its params: paths and their lines. */
function wantedFiles({ name, params }: ModprobeArgs, { files }: State): Map<string, string[]> {
  const wanted = new Map<string, string[]>()
  const of = (folder: string) => [...files].filter(([path]) => path.startsWith(`${folder}/`))
  if (!of(LOAD).some(([, lines]) => lines.some(names(name)))) {
    const path = `${LOAD}/${name}.conf`
    wanted.set(path, withLine(files.get(path), name))
  }
  if (params.trim() === '') return wanted
  const line = `options ${name} ${params.trim()}`
  const found = of(PARAMS).flatMap(([, lines]) => lines.filter(sets(name)))
  if (found.length === 1 && same(found[0]!).split(/\s+/).join(' ') === same(line).split(/\s+/).join(' '))
    return wanted
  for (const [path, lines] of of(PARAMS)) {
    if (lines.some(sets(name))) wanted.set(path, commented(lines, sets(name)))
  }
  const path = `${PARAMS}/${name}.conf`
  wanted.set(path, withLine(wanted.get(path) ?? files.get(path), line))
  return wanted
}

/** The files in which the module must be commented out so that it is not loaded at boot. */
function cleanedFiles({ name }: ModprobeArgs, { files }: State): Map<string, string[]> {
  const cleaned = new Map<string, string[]>()
  for (const [path, lines] of files) {
    const mentions = path.startsWith(`${LOAD}/`) ? names(name) : sets(name)
    if (lines.some(mentions)) cleaned.set(path, commented(lines, mentions))
  }
  return cleaned
}

/** With a line more, in the place of those that commenting it out has left. */
function withLine(lines: readonly string[] = [], line: string): string[] {
  return [...lines.filter((one) => one !== `# ${line}`), line]
}

function commented(lines: readonly string[], which: (line: string) => boolean): string[] {
  return lines.map((line) => (which(line) ? `# ${line}` : line))
}
