import { quote, quotePath, words } from '../../../shell/quote.ts'
import { type Args, isAddress, moreOf, targetsOf } from './options.ts'

/** A package in a version. */
export interface Row {
  readonly name: string
  readonly version: string
}

/** What pacman says that it would do. */
interface Simulation {
  readonly rows: readonly Row[]
  /** Why it would fail. */
  readonly complaint: string | undefined
}

export type Verb = 'sync' | 'upgrade' | 'sysupgrade' | 'remove'

export interface PacmanState {
  /** Versions of what is installed. */
  readonly installed: ReadonlyMap<string, string>
  /** Names of what was installed for its own sake; known if a reason is given. */
  readonly explicit: ReadonlySet<string>
  /** The packages that are asked for: name, and how pacman is told. */
  readonly wanted: readonly (readonly [name: string, target: string])[]
  /** What pacman is to be told, of those that are not as they should be. */
  readonly due: readonly string[]
  readonly simulations: ReadonlyMap<Verb, Simulation>
}

/** Lines of sh that make `p` the program. */
export function pacmanFunction({ executable }: Args): string[] {
  const missing = `Failed to find required executable "${executable}" on this host: it has another package manager`
  return [
    'export LC_ALL=C',
    `exe=$(command -v ${quotePath(executable)}) || { echo ${quote(missing)} >&2; exit 1; }`,
    'p() { "$exe" "$@"; }',
  ]
}

/** The words of a change, but for what it is about. */
export function wordsOf(verb: Verb, args: Args): string[] {
  const extra = moreOf(args, 'extra_args')
  if (verb === 'sysupgrade')
    return ['--sync', '--sysupgrade', '--quiet', '--noconfirm', ...moreOf(args, 'upgrade_extra_args')]
  if (verb === 'remove')
    return [
      ...['--remove', '--noconfirm', '--noprogressbar', ...extra],
      ...(args.force ? ['--nodeps', '--nodeps'] : []),
    ]
  return ['--noconfirm', '--noprogressbar', '--needed', ...extra, `--${verb}`]
}

/** Asks pacman what is there, and what it would do; it takes no lock for that. */
export function probePacman(args: Args): string {
  const { names, files } = targetsOf(args)
  const head = [...pacmanFunction(args), ASK, INSTALLED]
  if (args.upgrade)
    return [...head, `simulate sysupgrade ${words(...wordsOf('sysupgrade', args))}`].join('\n')
  if (names.length + files.length === 0) return head.join('\n')
  const here = files.filter((file) => !isAddress(file)).map(quotePath)
  return [
    ...head,
    // Another status than 0 says that there are none.
    args.state === 'latest'
      ? `upgrades=$(p --query --upgrades 2>/dev/null | grep -v '\\[ignored\\]')`
      : 'upgrades=',
    ...(args.reason === undefined ? [] : ['tell explicit "$(p --query --explicit --quiet)"']),
    'due=',
    ...names.map((name) => `resolve ${quote(name)}`),
    ...(args.state === 'absent' ? removing(args, here) : installing(args, here)),
    'tell due "$due"',
  ].join('\n')
}

function installing(args: Args, here: readonly string[]): string[] {
  return [
    `[ -z "$due" ] || simulate sync ${words(...wordsOf('sync', args))} -- $due`,
    ...here.map((file) => `of_file ${file} && echo "wanted $one $one"`),
    ...(here.length === 0
      ? []
      : [`simulate upgrade ${words(...wordsOf('upgrade', args))} -- ${here.join(' ')}`]),
  ]
}

function removing(args: Args, here: readonly string[]): string[] {
  return [
    ...here.map((file) => `of_file ${file} && want "$one" "$one"`),
    // Those of the wanted that are there.
    'due=; for one in $all; do ! has "$one" "$installed" || due="$due $one"; done',
    `[ -z "$due" ] || simulate remove ${words(...wordsOf('remove', args))} -- $due`,
  ]
}

// Where nothing is installed, its status is that of an error.
const INSTALLED = `installed=$(p --query 2>&1)
case $installed in *error:*) printf '%s\\n' "$installed" >&2; exit 1 ;; esac
installed=$(printf '%s\\n' "$installed" | grep -v '^warning:')
tell installed "$installed"`

// Names hold nothing that sh would split or expand.
const ASK = `set -f
nl='
'
all= asked=
tell() { [ -z "$2" ] || printf '%s\\n' "$2" | sed "s/^/$1 /"; }
has() { case "$nl$2" in *"$nl$1 "*) ;; *) return 1 ;; esac; }
targets() { p "$@" 2>/dev/null | sed -n 's/^+ //p' | tail -n 1; }
of_file() { one=$(targets --upgrade --noconfirm --nodeps --nodeps --print-format '+ %n' -- "$1"); [ "$one" ]; }
want() {
  echo "wanted $1 $2"; all="$all $1"
  if ! has "$1" "$installed" || has "$1" "$upgrades"; then due="$due $2"; fi
}
resolve() {
  if has "$1" "$installed"; then want "$1" "$1"; return; fi
  # Who has no lists may be about to fetch them: what is missing then, pacman tells.
  if [ -z "$asked" ]; then
    asked=1; available=$(p --sync --list 2>/dev/null); groups=$(p --sync --groups --groups 2>/dev/null)
  fi
  members=$(printf '%s\\n' "$groups" | awk -v g="$1" '($1 "") == (g "") { print $2 }')
  if [ "$members" ]; then for m in $members; do want "$m" "$m"; done; return; fi
  case "$available$nl" in *" $1 "*) want "$1" "$1"; return ;; esac
  one=$(targets --sync --noconfirm --nodeps --nodeps --print-format '+ %n' -- "$1")
  if [ "$one" ]; then want "$one" "$1"; else due="$due $1"; fi
}
simulate() {
  verb=$1; shift
  said=$(p --print-format '+ %n %v' "$@" 2>&1)
  echo "simulated $verb $?"; tell said "$said"
}`

export function parsePacman(text: string): PacmanState {
  const lines = text.split('\n').map((line) => {
    const [tag = '', ...rest] = line.split(' ')
    return { tag, rest }
  })
  const of = (tag: string) => lines.filter((line) => line.tag === tag).map(({ rest }) => rest)
  return {
    installed: new Map(of('installed').map(([name, version]) => [name!, version!])),
    explicit: new Set(of('explicit').map(([name]) => name!)),
    wanted: of('wanted').map(([name, target]) => [name!, target!]),
    due: of('due').flatMap((rest) => rest.filter((one) => one !== '')),
    simulations: simulationsIn(lines),
  }
}

function simulationsIn(
  lines: readonly { readonly tag: string; readonly rest: readonly string[] }[],
): Map<Verb, Simulation> {
  const found = new Map<Verb, { code: string; said: string[] }>()
  let last: { code: string; said: string[] } | undefined
  for (const { tag, rest } of lines) {
    if (tag === 'simulated') {
      last = { code: rest[1]!, said: [] }
      found.set(rest[0] as Verb, last)
    } else if (tag === 'said') last?.said.push(rest.join(' '))
  }
  return new Map([...found].map(([verb, { code, said }]) => [verb, simulationOf(code, said)]))
}

function simulationOf(code: string, said: readonly string[]): Simulation {
  const rows = said.flatMap((line) => {
    const [, name, version] = /^\+ (\S+) (\S+)$/.exec(line) ?? []
    return name === undefined ? [] : [{ name, version: version! }]
  })
  return { rows, complaint: code === '0' ? undefined : complaintOf(said.join('\n')) }
}

/** Pacman's own lines about an error. */
export function complaintOf(text: string): string {
  const lines = text.trim().split('\n')
  const first = lines.findIndex((line) => /^error:/.test(line))
  const told = first === -1 ? lines : lines.slice(first).filter((line) => !/^Errors occurred/.test(line))
  return told
    .map((line) => line.replace(/^(error:|::) /, '').trim())
    .filter((line) => line !== '')
    .join('; ')
}
