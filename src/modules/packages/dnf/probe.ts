import { readSections, type Section, section } from '../../../host/sections.ts'
import { quote, quotePath, words } from '../../../shell/quote.ts'
import { toolFunctions } from './command.ts'
import { isFile, isPattern, isPlain, isVersioned, type RedHatArgs, specsOf, stateOf } from './options.ts'
import { type Row, readTable } from './table.ts'

/** What the program says that it would do for a verb. */
export interface Simulation {
  readonly verb: string
  /** The packages that it is to be called with. */
  readonly specs: readonly string[]
  readonly rows: readonly Row[]
  /** Why it would fail. */
  readonly complaint: string | undefined
}

export interface DnfState {
  readonly simulations: readonly Simulation[]
  /** Versions of what is installed, by "name.arch", as far as the simulations name it. */
  readonly installed: ReadonlyMap<string, string>
  /** Names of files of packages that have been fetched. */
  readonly fetched: ReadonlySet<string>
  /** Packages that update_only leaves away. */
  readonly left: readonly string[]
  /** What was asked for by list. */
  readonly listed: Section | undefined
}

const VERBS = ['remove', 'upgrade', 'install', 'autoremove'] as const

/** Between what a simulation prints: packages, what the program says, what is installed. */
const NEXT = '\x01'

/** Sh that finds what is missing with rpm, and asks dnf only if there is something. */
export function probeDnf(args: RedHatArgs): string {
  const head = [...toolFunctions(args), ...readable(args), queries(args)]
  if (args.list !== undefined) return [...head, listing(args.list)].join('\n')
  const specs = specsOf(args)
  return [
    ...head,
    ...partsOf(args, specs).flatMap(({ verb, collect, always }) => [
      'set --',
      ...collect,
      `${always ? '' : '[ $# -eq 0 ] || '}{ ${section(verb, `simulate ${verb} "$@"`)}; }`,
    ]),
    ...(args.update_only
      ? [
          'set --',
          ...specs.map((spec) => unless([there(spec)], spec)),
          section('left', `printf '%s\\n' "$@"`),
        ]
      : []),
    ...(args.download_only ? [section('fetched', fetchedFiles(args))] : []),
    ':',
  ].join('\n')
}

interface Part {
  readonly verb: (typeof VERBS)[number]
  /** Lines that add packages to "$@". */
  readonly collect: readonly string[]
  /** It is asked without packages, too. */
  readonly always?: true
}

function partsOf(args: RedHatArgs, specs: readonly string[]): Part[] {
  const state = stateOf(args)
  if (state === 'absent') {
    const remove: Part = { verb: 'remove', collect: specs.map(ifThere) }
    return args.autoremove ? [remove, { verb: 'autoremove', collect: [], always: true }] : [remove]
  }
  if (state === 'latest' && specs.join() === '*') return [{ verb: 'upgrade', collect: [], always: true }]
  const upgrade: Part = { verb: 'upgrade', collect: specs.filter((spec) => !isFile(spec)).map(ifThere) }
  if (args.update_only) return [upgrade]
  const install: Part = { verb: 'install', collect: specs.map((spec) => ifMissing(spec, args)) }
  const plain: Part = { ...upgrade, collect: specs.filter(isPlain).map(ifThere) }
  return state === 'latest' ? [plain, install] : [install]
}

/** Adds a package to "$@" unless rpm finds it, or it is an older version that is not to be installed. */
function ifMissing(spec: string, { allow_downgrade }: RedHatArgs): string {
  const known = isPlain(spec) ? [there(spec)] : []
  return unless(isVersioned(spec) && !allow_downgrade ? [...known, `older ${asWord(spec)}`] : known, spec)
}

function ifThere(spec: string): string {
  return isPlain(spec) || isPattern(spec) ? `${there(spec)} && ${adding(spec)}` : adding(spec)
}

function unless(conditions: readonly string[], spec: string): string {
  return [...conditions, adding(spec)].join(' || ')
}

function there(spec: string): string {
  return isPattern(spec) ? `[ -n "$(query -a -- ${quote(spec)})" ]` : `there ${quote(spec)}`
}

function adding(spec: string): string {
  return `set -- "$@" ${asWord(spec)}`
}

function asWord(spec: string): string {
  return isFile(spec) && !spec.includes('://') ? quotePath(spec) : quote(spec)
}

function readable({ conf_file }: RedHatArgs): string[] {
  if (conf_file === undefined) return []
  return [`[ -r ${quotePath(conf_file)} ] || { echo 'cannot read configuration file' >&2; exit 1; }`]
}

/** Functions that ask rpm, and the program for what it would do. */
function queries({ installroot, download_only }: RedHatArgs): string {
  const root = installroot === '/' ? '' : ` --root ${quotePath(installroot)}`
  return [
    `query() { rpm${root} -q "$@"; }`,
    'there() { query -- "$1" || query --whatprovides -- "$1"; } >/dev/null 2>&1',
    ...(download_only
      ? []
      : [
          `root() { [ "$(id -u)" = 0 ] || { echo 'This command has to be run under the root user.'; return 1; }; }`,
        ]),
    `simulate() {
  verb=$1
  shift
  printf '%s\\n' "$@"
  printf '\\001'
  ${download_only ? '' : 'root || return'}
  set -f
  out=$(run --assumeno $verb -- "$@" 2>&1)
  code=$?
  printf '%s\\n\\001' "$out"
  query --qf '\\t%{NAME}.%{ARCH} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n' -- $(printf '%s\\n' "$out" | sed -n 's/^ \\([^ ]\\{1,\\}\\).*/\\1/p')
  return $code
}`,
    // A file may be called otherwise than its package.
    `older() {
  run --assumeno install -- "$1" 2>&1 | awk -v "spec=\${1##*/}" '
    /^[A-Z]/ { down = /^Downgrading:/ }
    down && /^ [^ ]/ && (index(spec, $1) == 1 || spec ~ /\\.rpm$/) { found = 1 }
    END { exit !found }'
}`,
  ].join('\n')
}

/** Prints the names of files of packages that are there already. */
function fetchedFiles({ download_dir, installroot }: RedHatArgs): string {
  const caches = ['/var/cache/dnf', '/var/cache/libdnf5', '/var/cache/yum']
  const below = installroot === '/' ? '' : installroot.replace(/\/$/, '')
  const folders = download_dir === undefined ? caches.map((path) => below + path) : [download_dir]
  return `find ${folders.map(quotePath).join(' ')} -name '*.rpm' | sed 's,.*/,,'`
}

const FORMAT = ['name', 'epoch', 'version', 'release', 'arch'].map((name) => `%{${name}}`).join('|')

/** What Ansible's option list asks for; each line begins with where the package is. */
function listing(list: string): string {
  const installed = (spec: string) =>
    `query --qf '%{NAME}|%|EPOCH?{%{EPOCH}}:{0}||%{VERSION}|%{RELEASE}|%{ARCH}|@System|installed\\n' ${spec}`
  const available = (...what: string[]) =>
    `if [ $manager = dnf ]; then run -q repoquery ${words('--qf', `${FORMAT}|%{repoid}|available\\n`, ...what)}
else repoquery ${words('--qf', `${FORMAT}|%{repoid}|available`, ...(what.length === 0 ? ['-a'] : what))}; fi`
  switch (list) {
    case 'installed':
      return section('listed', installed('-a'))
    case 'updates':
    case 'upgrades':
      return section('listed', available('--upgrades'))
    case 'available':
      return section('listed', available())
    case 'repos':
    case 'repositories':
      return section('repositories', 'run -q repolist enabled')
    default:
      return section('listed', `${installed(`-a -- ${quote(list)}`)}; ${available('--', list)}`)
  }
}

export function parseDnf(bytes: Buffer): DnfState {
  const sections = readSections(bytes, [...VERBS, 'left', 'fetched', 'listed', 'repositories'])
  const linesOf = (name: string) => sections.get(name)?.printed.split('\n').filter(Boolean)
  const installed = new Map<string, string>()
  const simulations = VERBS.flatMap((verb): Simulation[] => {
    const found = sections.get(verb)
    if (found === undefined) return []
    const [specs = '', text = '', known = ''] = found.printed.split(NEXT)
    for (const [, name, version] of known.matchAll(/^\t(\S+) (\S+)$/gm)) installed.set(name!, version!)
    const rows = readTable(text)
    const isRight = found.code === 0 || /^(Operation aborted|Exiting on user command)/m.test(text)
    return [{ verb, specs: specs.split('\n').filter(Boolean), rows, complaint: isRight ? undefined : text }]
  })
  const listed = sections.get('listed') ?? sections.get('repositories')
  return { simulations, installed, fetched: new Set(linesOf('fetched')), left: linesOf('left') ?? [], listed }
}
