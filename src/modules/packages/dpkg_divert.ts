import { failureOf } from '../../host/edit.ts'
import { removeScript } from '../../host/safe-path.ts'
import { type Action, defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, sh, together } from '../../sdk/plans.ts'
import { Output } from '../../shell/output.ts'
import { quote, words } from '../../shell/quote.ts'
import { SAFE_PATH } from '../../shell/safe-path.ts'
import type { ValueMap } from '../../values/value.ts'

const declared = options({
  path: { type: 'path', required: true, help: 'The file, as packages name it.' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether what packages install there goes elsewhere.',
  },
  holder: {
    type: 'str',
    help: 'The package whose file stays in place; LOCAL, which is the default, for one of no package.',
  },
  divert: { type: 'path', help: 'Where other files go; the path with .distrib behind it if not given.' },
  rename: {
    type: 'bool',
    default: false,
    help: 'Whether the file that is there is moved too, aside or back.',
  },
  force: {
    type: 'bool',
    default: false,
    help: 'Whether, with rename, a file that is in the way is lost; otherwise it is a failure.',
  },
})

type Args = ArgsOf<typeof declared>

type Kind = 'none' | 'folder' | 'file'

interface State {
  readonly program: string
  /** dpkg-divert is told not to rename; older ones do not know that, and do not rename by themselves. */
  readonly knowsNoRename: boolean
  /** Undefined where there is no diversion. */
  readonly holder: string | undefined
  readonly divert: string
  /** What is at the path, and at the two places that files are diverted to: now, and as the task has it. */
  readonly kinds: readonly [path: Kind, now: Kind, wanted: Kind]
}

/** Has dpkg install files of packages elsewhere. Semantics: community.general.dpkg_divert. */
export const dpkg_divert = defineModule<typeof declared, State>({
  name: 'dpkg_divert',
  summary: 'Diverts a file of packages of Debian and its kin, so that another one stays in its place.',
  options: declared,
  validate: problems,
  probe,
  parse: ({ bytes }) => parse(new Output(bytes)),
  plan,
  interpret: (outcomes) =>
    failureOf(outcomes) ?? {
      result: { messages: outcomes.map(({ stdout }) => stdout.trimEnd()).filter(Boolean) },
    },
})

function problems({ path, divert, holder }: Partial<Args>): string[] {
  const found: string[] = []
  for (const [option, value] of Object.entries({ path, divert }))
    if (value !== undefined && !/^\/[^\n]*[^/\n]$/.test(value))
      found.push(`${option}: ${JSON.stringify(value)} is not the absolute path of a file`)
  if (holder !== undefined && !/^[A-Za-z0-9][A-Za-z0-9+.-]*$/.test(holder))
    found.push(`holder: ${JSON.stringify(holder)} is not a name of a package`)
  return found
}

function target({ path, divert }: Args): string {
  return divert ?? `${path}.distrib`
}

function probe(args: Args): string {
  const path = quote(args.path)
  return `d=$(command -v dpkg-divert) || { echo 'dpkg-divert is missing: this host has no packages of Debian' >&2; exit 1; }
v=$(LC_ALL=C "$d" --version | sed -n '1s/.* \\([0-9][0-9.]*\\).*/\\1/p')
dpkg --compare-versions "$v" ge 1.19.1 && v=1 || v=
h=$("$d" --listpackage ${path}) && t=$("$d" --truename ${path}) || exit
printf '%s\\0' "$d" "$v" "$h" "$t"
for f in ${path} "$t" ${quote(target(args))}; do
  if [ -d "$f" ] && [ ! -h "$f" ]; then printf 'folder\\0'
  elif [ -e "$f" ] || [ -h "$f" ]; then printf 'file\\0'
  else printf 'none\\0'; fi
done`
}

function parse(output: Output): State {
  const [program, version, holder, divert] = [output.field(), output.field(), output.field(), output.field()]
  const kind = (): Kind => {
    const word = output.field()
    if (word === 'none' || word === 'folder' || word === 'file') return word
    throw new Error(`the host answered ${JSON.stringify(word)} where the kind of a file was expected`)
  }
  return {
    program,
    knowsNoRename: version === '1',
    holder: holder || undefined,
    divert,
    kinds: [kind(), kind(), kind()],
  }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { path } = args
  const before = {
    path,
    state: state.holder === undefined ? 'absent' : 'present',
    divert: state.holder === undefined ? null : state.divert,
    holder: state.holder ?? null,
  }
  const isPresent = args.state === 'present'
  const holder = isPresent ? (args.holder ?? 'LOCAL') : null
  const after = { path, state: args.state, divert: isPresent ? target(args) : null, holder }
  const isSame = before.divert === after.divert && before.holder === after.holder
  const { actions, commands } = isSame
    ? { actions: [], commands: [command(args, state, args.rename)] }
    : doing(args, state)
  const diff: ValueMap = view.diff ? { before, after } : {}
  const result = { diversion: after, commands, messages: [], diff }
  const [first, ...others] = actions
  if (first === undefined) return { ...NOTHING, result }
  const failed = inTheWay(args, state)
  if (failed !== undefined) return { ...failure(failed), result: { diversion: before } }
  const told = (one: typeof before | typeof after) =>
    one.divert === null ? null : `${one.divert} for ${one.holder}`
  return { ...together([{ what: path, before: told(before), after: told(after) }], first, ...others), result }
}

function inTheWay(args: Args, { holder, kinds }: State): string | undefined {
  const [atPath, atDivert, atTarget] = kinds
  if (args.state === 'present' && atPath === 'folder')
    return `${args.path} is a folder, and dpkg diverts only files`
  const isChanged = (holder === undefined) === (args.state === 'present')
  const other = args.state === 'present' ? atTarget : atDivert
  if (!isChanged || !args.rename || args.force || atPath === 'none' || other === 'none') return undefined
  return "Set 'force' param to True to force renaming of files."
}

/** The words of a command line, as Ansible returns it. */
function command(args: Args, { program, knowsNoRename }: State, renames: boolean): string {
  const rename = renames ? ['--rename'] : knowsNoRename ? ['--no-rename'] : []
  if (args.state === 'absent') return words(program, ...rename, '--remove', args.path)
  const whose = args.holder && args.holder !== 'LOCAL' ? ['--package', args.holder] : ['--local']
  const where = args.divert === undefined ? [] : ['--divert', args.divert]
  return words(program, ...rename, ...whose, ...where, '--add', args.path)
}

function doing(args: Args, state: State): { actions: Action[]; commands: string[] } {
  const isThere = state.holder !== undefined
  const whole = command(args, state, args.rename)
  // dpkg-divert changes no diversion: the old one goes, and a new one comes.
  if (isThere && args.state === 'present') {
    const gone = command({ ...args, state: 'absent' }, state, false)
    const come = command(args, state, false)
    const moved = state.divert === target(args) ? [] : [sh(moveScript(state.divert, target(args)))]
    return { actions: [sh(gone), sh(come), ...moved], commands: [gone, come] }
  }
  const [atPath, atDivert, atTarget] = state.kinds
  const other = args.state === 'present' ? atTarget : atDivert
  const isLost = args.rename && args.force && atPath !== 'none' && other !== 'none'
  const lost = args.state === 'present' ? target(args) : args.path
  return { actions: [...(isLost ? [sh(removeScript(lost, 'file'))] : []), sh(whole)], commands: [whole] }
}

/** The file that was diverted goes along, if nothing is where it belongs; dpkg does without. */
function moveScript(from: string, to: string): string {
  return `(
${SAFE_PATH}
enter ${quote(to)}
exec 7<. || exit
f=$n
enter ${quote(from)}
if [ -e "./$n" ] && [ ! -e "/proc/self/fd/7/$f" ] && [ ! -h "/proc/self/fd/7/$f" ]; then mv -- "./$n" "/proc/self/fd/7/$f"; fi
) || :`
}
