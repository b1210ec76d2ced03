import { literally } from '../../../host/accounts.ts'
import { type BatchedProbe, scriptProbe } from '../../../sdk/probe.ts'
import { quote, quotePath, words } from '../../../shell/quote.ts'
import { type AptArgs, isAmbiguous, isPattern, parseSpec, type Spec, wantsLists } from './options.ts'

/** What apt would do, from its own simulation (apt-get -s). */
export interface Simulation {
  readonly code: number
  readonly text: string
}

export interface AptState {
  /** Seconds since the package lists were fetched; undefined if that was not asked for. */
  readonly age: number | undefined
  /** Lines of dpkg's list: status, name, architecture, version. */
  readonly known: readonly { status: string; name: string; architecture: string; version: string }[]
  /** What must be handed to apt-get so that all is as wished. */
  readonly todo: readonly string[]
  /** By the verb that was simulated: "install", "remove", "upgrade", ... */
  readonly simulations: ReadonlyMap<string, Simulation>
  /** There are fetched files. */
  readonly fetched: boolean
  /** The names asked for whose packages apt takes for needed by others only, and may be taken away. */
  readonly automatic: readonly string[]
}

/** The words of apt-get's command line that do not depend on what is to be done. */
export function aptOptionWords(args: AptArgs): string[] {
  const found = ['-y', '-q', '-o', `DPkg::Lock::Timeout=${args.lock_timeout}`]
  for (const option of args.dpkg_options.split(',').filter(Boolean))
    found.push('-o', `Dpkg::Options::=--${option.trim()}`)
  if (args.default_release !== undefined) found.push('-t', args.default_release)
  if (args.install_recommends !== undefined) {
    found.push('-o', `APT::Install-Recommends=${args.install_recommends ? 'yes' : 'no'}`)
  }
  if (args.only_upgrade) found.push('--only-upgrade')
  if (args.autoremove) found.push('--auto-remove')
  if (args.fail_on_autoremove) found.push('--no-remove')
  if (args.allow_unauthenticated || args.force) found.push('--allow-unauthenticated')
  if (args.allow_downgrade || args.force) found.push('--allow-downgrades')
  if (args.allow_change_held_packages || args.force) found.push('--allow-change-held-packages')
  if (args.force) found.push('--allow-remove-essential')
  if (args.purge) found.push('--purge')
  if (args.state === 'fixed') found.push('--fix-broken')
  return found
}

/** The verb of apt-get for the packages of a state. */
export function verbOf(state: AptArgs['state']): string {
  return state === 'absent' ? 'remove' : state === 'build-dep' ? 'build-dep' : 'install'
}

/** The words of apt-get that upgrade everything; safe and yes remove nothing. */
export function upgradeWords(upgrade: AptArgs['upgrade']): string[] {
  return upgrade === 'full' || upgrade === 'dist' ? ['dist-upgrade'] : ['upgrade', '--with-new-pkgs']
}

/** A batched probe whose script finds what dpkg knows of the packages of `args` in `$known`, asked once for many. */
export function packagesProbe(args: AptArgs, script: string): BatchedProbe<string> {
  const names = dpkgNames(args)
  // What a pattern matches is the task's own business.
  const kind = names.some(isPattern) ? `packages ${names.join(' ')}` : 'packages'
  return scriptProbe(kind, script, names.join(' '), (needs) =>
    known([...new Set(needs.flatMap((some) => some.split(' ')))]),
  )
}

/** What the scripts have in common: dpkg's list of all these packages, and functions. */
function known(names: readonly string[]): string {
  const some = names.filter((name) => name !== '')
  if (some.length === 0) return SIMULATE
  return [SIMULATE, PACKAGED, MATCH, isPlain(some) ? listed(some) : `known=$(${asked(some)})`].join('\n')
}

function isPlain(names: readonly string[]): boolean {
  return names.every((name) => !isPattern(name) && !name.includes(':'))
}

function asked(names: readonly string[]): string {
  return `dpkg-query -W -f='\${db:Status-Status}|\${Package}|\${Architecture}|\${Version}|\\n' -- ${words(...names)} 2>/dev/null`
}

/**
 * The same from dpkg's file: dpkg-query reads, checks and sorts all of it first, which takes several times as long as
 * grep. Of each package the file has these fields in this order, among the first 14 lines. While dpkg is at work they
 * may be in files of updates.
 */
function listed(names: readonly string[]): string {
  const heads = names.map((name) => `-e ${quote(`Package: ${name}`)}`).join(' ')
  return `known= n= status=\${DPKG_ADMINDIR:-/var/lib/dpkg}/status
set -- "\${status%/*}"/updates/*
if [ -e "$1" ] || [ ! -r "$status" ]; then known=$(${asked(names)})
else
  IFS='
'
  set -f
  for line in $(grep -F -x -A 13 ${heads} "$status") 'Package: '; do
    case $line in
      'Package: '*) [ -z "$n" ] || known="$known$s|$n|$a|$v|$IFS"; n=\${line#*: } s= a= v= ;;
      'Status: '*) s=\${line##* } ;;
      'Architecture: '*) a=\${line#*: } ;;
      'Version: '*) v=\${line#*: } ;;
    esac
  done
  unset IFS
  set +f
fi`
}

function dpkgNames({ name, state }: AptArgs): string[] {
  if (state === 'build-dep' || state === 'fixed') return []
  const specs = (name ?? []).map((text) => parseSpec(text)!)
  return [
    ...new Set(specs.map(({ name, architecture }) => (architecture ? `${name}:${architecture}` : name))),
  ]
}

/** The script of `packagesProbe` for apt. */
export function probeApt(args: AptArgs): string {
  const simulate = (name: string, ...what: string[]) =>
    `simulate ${name} ${words(...aptOptionWords(args))} ${what.join(' ')}`
  const specs = (args.name ?? []).map((text) => parseSpec(text)!)
  const lines = [
    'command -v apt-get >/dev/null || { echo "apt-get is missing: this host has no apt" >&2; exit 1; }',
    ...(wantsLists(args) ? [LISTS_AGE] : []),
  ]
  if (specs.length > 0) lines.push(...probePackages(args, specs, simulate))
  if (args.state === 'fixed' && specs.length === 0) lines.push(simulate('install', 'install'))
  if (args.deb !== undefined) lines.push(...probeDeb(args.deb, simulate))
  if (args.upgrade !== 'no') lines.push(simulate('upgrade', ...upgradeWords(args.upgrade)))
  if (args.autoremove && args.upgrade === 'no') lines.push(simulate('autoremove', 'autoremove'))
  if (args.autoclean) lines.push(simulate('autoclean', 'autoclean'))
  if (args.clean)
    lines.push(
      'for f in /var/cache/apt/archives/*.deb; do [ ! -e "$f" ] || { echo "fetched "; break; }; done',
    )
  return [...lines, ':'].join('\n')
}

// Even what it only simulates, apt logs.
const SIMULATE = `simulate() {
  v=$1; shift
  out=$(DEBIAN_FRONTEND=noninteractive apt-get -s -o Dir::Log::Planner=/dev/null -o Dir::Log::Solver=/dev/null "$@" 2>&1)
  printf 'simulated %s %s\\n' "$v" $?
  printf '%s\\n' "$out" | sed 's/^/=/'
}`

/**
 * sh of a function that fails, in the words of apt-get, unless there is a package of each name. One that ends in "+"
 * must have a version too: otherwise apt-get takes the "+" for its own.
 */
export const PACKAGED = `packaged() {
  for n; do
    case $n in *+) all=false ;; *) all=true ;; esac
    apt-cache -o APT::Cache::AllNames=$all pkgnames "$n" | grep -F -x -q -e "$n" && continue
    echo "E: Unable to locate package $n"
    return 100
  done
}`

const LISTS_AGE = `stamp=0
for f in /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists; do
  if [ -e "$f" ]; then stamp=$(stat -c %Y "$f"); break; fi
done
echo "age $(($(date +%s) - stamp))"`

type Simulate = (name: string, ...what: string[]) => string

/** apt is asked only when something is missing, or is to be the latest. */
function probePackages(args: AptArgs, specs: readonly Spec[], simulate: Simulate): string[] {
  const { state } = args
  const verb = verbOf(state)
  const act = `set -f; ${simulate(verb, verb, '$todo')}; set +f`
  if (state === 'build-dep' || state === 'fixed') {
    return [`todo=${quote(specs.map(asWord).join(' '))}; echo "todo $todo"`, act]
  }
  return [
    `tell ${words(...specs.map(({ name }) => name))}`,
    ...(state === 'absent' ? [] : [TELL_AUTOMATIC]),
    'todo=',
    ...(state === 'absent'
      ? specs.map((spec) => gone(spec, args.purge))
      : specs.flatMap((spec) => wanted(spec, args))),
    'echo "todo $todo"',
    `if [ -n "$todo" ]; then ${state === 'absent' ? act : whenPackaged(specs, act)}; fi`,
  ]
}

/** Names that are neither installed nor packages must not reach apt-get if it would read more into them. */
function whenPackaged(specs: readonly Spec[], act: string): string {
  const names = specs.map(({ name }) => name).filter(isAmbiguous)
  if (names.length === 0) return act
  return [
    'unsure=',
    `for n in ${words(...names)}; do`,
    `  case "$todo " in *" $n"[:=\\ ]*) matching "$n" '*' '*' '${INSTALLED}' : || unsure="$unsure $n" ;; esac`,
    'done',
    `if said=$(packaged $unsure); then ${act}`,
    `else printf 'simulated install 100\\n=%s\\n' "$said"; fi`,
  ].join('\n')
}

/** A package in a form in which apt-get takes a "+" at its end for a part of the version. */
function asWord({ text, version }: Spec): string {
  return version?.endsWith('+') ? `${text.slice(0, -1)}[+]` : text
}

// Patterns of dpkg's states (dpkg(1)): installed and triggers-*; all but not-installed; and all but config-files too.
const INSTALLED = '[it]*'
const ANY = '[!n]*'
const NOT_REMOVED = '[!nc]*'

// matching NAME ARCHITECTURE VERSION STATUS COMMAND: runs COMMAND with each known package that matches the patterns.
const MATCH = `matching() {
  code=1
  IFS='
'
  set -f
  for entry in $known; do
    case $entry in *"|"$1"|"*) ;; *) continue ;; esac
    IFS='|' read -r s n a v _ <<EOF
$entry
EOF
    case $s in $4) ;; *) continue ;; esac
    case $n in $1) ;; *) continue ;; esac
    case $a in $2) ;; *) continue ;; esac
    case $v in $3) code=0; $5 "$n:$a" ;; esac
  done
  unset IFS
  set +f
  return $code
}
tell() {
  IFS='
'
  set -f
  told=
  for name; do
    for entry in $known; do
      case $entry in *"|"$name"|"*) ;; *) continue ;; esac
      printf 'known %s\\n' "$entry"
      case $entry in ${INSTALLED}) entry=\${entry#*"|"}; told="$told\${IFS}Package: \${entry%%"|"*}" ;; esac
    done
  done
  unset IFS
  set +f
}
add() { todo="$todo \${1%:all}"; }
provided() {
  dpkg-query -W -f='\${db:Status-Status}|\${Provides},\\n' | grep -q "^installed|\\(.*[, ]\\)*$2[ ,(]" || return
  # A package that there is itself is meant, whatever else provides it.
  ! apt-cache pkgnames "$1" | grep -q -F -x -e "$1"
}`

// Of each package apt's file has these three fields in this order.
const TELL_AUTOMATIC = `states=/var/lib/apt/extended_states
if [ -n "$told" ] && [ -r $states ]; then
  grep -F -x -A 2 -e "\${told#?}" $states | sed 's/^/mark /'
fi`

function patterns({ architecture, comparison, version }: Spec): string {
  return words(architecture ?? '*', comparison === '=' ? (version ?? '*') : '*')
}

function gone(spec: Spec, purge: boolean): string {
  return `matching ${quote(spec.name)} ${patterns(spec)} ${quote(purge ? ANY : NOT_REMOVED)} add`
}

function wanted(spec: Spec, args: AptArgs): string[] {
  const { name, architecture, comparison } = spec
  const word = quote(asWord(spec))
  const latest = args.state === 'latest'
  const there = `matching ${quote(name)} ${patterns(spec)} ${quote(INSTALLED)} :`
  if (isPattern(name)) {
    const prefix = /^[^*?[]*/.exec(name)![0]
    return [
      `for n in $(apt-cache pkgnames ${quote(prefix)}); do`,
      `  case $n in ${name}) ;; *) continue ;; esac`,
      latest ? '  add "$n"' : `  matching "$n" ${patterns(spec)} ${quote(INSTALLED)} : || add "$n"`,
      'done',
    ]
  }
  const bare = architecture === undefined ? name : `${name}:${architecture}`
  // Which version is newer only dpkg can say; apt-get takes the name and finds the newest.
  if (comparison === '>=') {
    const newer = `dpkg --compare-versions "$(dpkg-query -W -f='\${Version}' ${quote(bare)} 2>/dev/null)" ge ${quote(spec.version ?? '')}`
    return [`${latest ? '' : `{ ${there} && ${newer}; } || `}add ${quote(bare)}`]
  }
  const otherwise = args.only_upgrade
    ? `! matching ${quote(name)} ${words(architecture ?? '*', '*', INSTALLED)} : || add ${word}`
    : comparison === '='
      ? `add ${word}`
      : `provided ${words(name, literally(name))} || add ${word}`
  return [`if ${there}; then ${latest ? `add ${word}` : ':'}; else ${otherwise}; fi`]
}

function probeDeb(path: string, simulate: Simulate): string[] {
  const file = quotePath(path)
  return [
    `deb=${file}; case $deb in /*) ;; *) deb=$PWD/$deb ;; esac`,
    '[ -f "$deb" ] || { echo "there is no package file $deb on this host" >&2; exit 1; }',
    `new=$(dpkg-deb -f "$deb" Package Architecture Version) || exit 1`,
    `name=$(printf '%s\\n' "$new" | sed -n 's/^Package: //p')`,
    `version=$(printf '%s\\n' "$new" | sed -n 's/^Version: //p')`,
    `if [ "$(dpkg-query -W -f='\${db:Status-Status} \${Version}' -- "$name" 2>/dev/null)" != "installed $version" ]; then`,
    '  echo "todo $deb"',
    `  ${simulate('install', 'install', '"$deb"')}`,
    'fi',
  ]
}

export function parseApt(text: string): AptState {
  const known: { status: string; name: string; architecture: string; version: string }[] = []
  const simulations = new Map<string, { code: number; text: string }>()
  const todo: string[] = []
  let age: number | undefined
  let fetched = false
  const automatic: string[] = []
  let marked = ''
  let simulation = { code: 0, text: '' }
  for (const line of text.split('\n')) {
    const [word = '', ...rest] = line.split(' ')
    if (line.startsWith('=')) simulation.text += `${line.slice(1)}\n`
    else if (word === 'age') age = Number(rest[0])
    else if (word === 'fetched') fetched = true
    else if (word === 'mark' && rest[0] === 'Package:') marked = rest[1]!
    else if (line === 'mark Auto-Installed: 1') automatic.push(marked)
    else if (word === 'todo') todo.push(...rest.filter(Boolean))
    else if (word === 'known' && rest[0] !== '') {
      const [status = '', name = '', architecture = '', version = ''] = rest.join(' ').split('|')
      known.push({ status, name, architecture, version })
    } else if (word === 'simulated') {
      simulation = { code: Number(rest[1]), text: '' }
      simulations.set(rest[0] ?? '', simulation)
    }
  }
  return { age, known, todo, simulations, fetched, automatic }
}
