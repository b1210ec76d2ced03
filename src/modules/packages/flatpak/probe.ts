import { fetchScript, readFetched } from '../../../host/download.ts'
import { answered, readSections, type Section, section } from '../../../host/sections.ts'
import { quote } from '../../../shell/quote.ts'
import { complaintOf, flatpakProbe } from '../flatpaks.ts'
import { type Args, namesOf } from './options.ts'
import {
  type Described,
  describedIn,
  fits,
  isUrl,
  patternOf,
  type Wanted,
  wantedAt,
  wantedIn,
} from './refs.ts'

export interface Installed {
  /** In full: `KIND/ID/ARCH/BRANCH`. */
  readonly ref: string
  /** The first 12 digits. */
  readonly commit: string
  /** `ID/ARCH/BRANCH` of the runtime that an app needs. */
  readonly runtime: string
  readonly origin: string
}

/** What is named, as the host and the remote know it. */
export interface Target {
  readonly name: string
  /** Undefined for a .flatpakref that could not be fetched or read. */
  readonly wanted: Wanted | undefined
  readonly installed: readonly Installed[]
  /** What the remote has; undefined if it was not asked, or has none. */
  readonly offered: { readonly ref: string; readonly commit: string } | undefined
  /** What its .flatpakref says; undefined if it was not fetched. */
  readonly described: Described | undefined
  readonly complaint: string
}

export interface FlatpakState {
  readonly hasFlatpak: boolean
  readonly targets: readonly Target[]
  readonly installed: readonly Installed[]
  /** Whether they are enabled, by names. */
  readonly remotes: ReadonlyMap<string, boolean>
  /** The commits that remotes have of what is installed otherwise, by full refs. */
  readonly updates: ReadonlyMap<string, string>
  /** Why a remote did not say; "" if all did. */
  readonly silence: string
  readonly masks: readonly string[]
}

export function probeFlatpak(args: Args): string {
  return flatpakProbe(
    args,
    answered('installed', INSTALLED),
    answered('remotes', REMOTES),
    ...namesOf(args).map((name, index) => asked(args, name, index)),
    ...(args.state === 'latest'
      ? [section('updates', updatesScript(args)), section('masks', 'ask mask')]
      : []),
  )
}

// What is listed is kept in $l, and the names of enabled remotes in $e.
const COLUMNS = '--columns=ref,active,runtime,origin'
const INSTALLED = `a=$(ask list --app --all ${COLUMNS}) && b=$(ask list --runtime --all ${COLUMNS}) &&
l=$(printf '%s\\n' "$a" | sed -n 's,^.,app/&,p'; printf '%s\\n' "$b" | sed -n 's,^.,runtime/&,p') &&
printf '%s' "$l"`
const REMOTES = `r=$(ask remotes --show-disabled --columns=name,options) &&
e=$(printf '%s\\n' "$r" | grep -v '\t.*disabled' | cut -f 1) || e=; printf '%s' "$r"`

/** Sh that asks for what is missing: its remote, or the server of its .flatpakref. */
function asked(args: Args, name: string, index: number): string {
  if (isUrl(name)) return fetching(name, index)
  if (args.state === 'absent') return ''
  const missing = `printf '%s\\n' "$l" | grep -q ${quote(patternOf(wantedIn(name)!))}`
  if (args.from_url !== undefined) return `${missing} || { ${fetching(args.from_url, index)}; }`
  const info = `ask remote-info --show-ref --show-commit ${quote(args.remote)} ${quote(name)} 2>&1`
  return `${missing} || ! ${isEnabled(quote(args.remote))} || { ${section(`offered${index}`, info)}; }`
}

function fetching(url: string, index: number): string {
  return section(`fetched${index}`, fetchScript({ url, validate_certs: true }))
}

function isEnabled(remote: string): string {
  return `printf '%s\\n' "$e" | grep -qxF -e ${remote}`
}

/** Sh that asks the remotes from which what is named has come, and what it needs. */
function updatesScript(args: Args): string {
  const names = namesOf(args)
  // What is at an address is known when it is read.
  const patterns = names.some(isUrl) ? ['.'] : names.map((name) => patternOf(wantedIn(name)!))
  const matching = patterns.map((one) => `-e ${quote(one)}`).join(' ')
  const needed = `t=$(printf '%s\\n' "$m" | cut -f 3 | sed -n 's,\\.,\\\\.,g;s,^..*,^runtime/&\t,p')
[ -z "$t" ] || n=$(printf '%s\\n' "$l" | grep -e "$t")`
  return `exec 2>&1; m=$(printf '%s\\n' "$l" | grep ${matching}); n=
${args.no_dependencies ? '' : needed}
printf '%s\\n%s\\n' "$m" "$n" | cut -f 4 | sort -u | while read -r o; do
${isEnabled('"$o"')} || continue
ask remote-ls --updates --all --columns=ref,commit "$o" || exit
done`
}

export function parseFlatpak(bytes: Buffer, args: Args): FlatpakState {
  const names = namesOf(args)
  const sections = readSections(bytes, [
    ...['flatpak', 'installed', 'remotes', 'updates', 'masks'],
    ...names.flatMap((_, index) => [`fetched${index}`, `offered${index}`]),
  ])
  const lines = (name: string) => (sections.get(name)?.printed ?? '').split('\n').filter(Boolean)
  const installed = lines('installed').map(installedIn)
  return {
    hasFlatpak: sections.get('flatpak')?.code === 0,
    targets: names.map((name, index) =>
      targetOf(args, name, installed, sections.get(`fetched${index}`), sections.get(`offered${index}`)),
    ),
    installed,
    remotes: new Map(lines('remotes').map(remoteIn)),
    updates: new Map(lines('updates').filter(isOfRef).map(updateIn)),
    silence: sections.get('updates')?.code ? complaintOf(sections.get('updates')!.printed) : '',
    masks: lines('masks').map((line) => line.trim()),
  }
}

const REF = /^(app|runtime)(\/[^/]+){3}$/

function installedIn(line: string): Installed {
  const [ref = '', commit = '', runtime = '', origin = ''] = line.split('\t')
  if (!REF.test(ref) || commit === '')
    throw new Error(`flatpak on the host listed "${line}", which is nothing installed`)
  return { ref, commit, runtime, origin }
}

function remoteIn(line: string): [string, boolean] {
  const [name = '', noted = ''] = line.split('\t')
  return [name, !noted.split(',').includes('disabled')]
}

/** Flatpak may speak beside what it lists. */
function isOfRef(line: string): boolean {
  return /^(app|runtime)\//.test(line)
}

function updateIn(line: string): [string, string] {
  const [ref = '', commit = ''] = line.split('\t')
  if (!REF.test(ref) || commit === '')
    throw new Error(`flatpak on the host listed "${line}", which is no update`)
  return [ref, commit]
}

function targetOf(
  { state }: Args,
  name: string,
  all: readonly Installed[],
  fetched: Section | undefined,
  offered: Section | undefined,
): Target {
  const file = fetched === undefined ? undefined : fileIn(fetched)
  // What is to go may be gone from its server, too.
  const custom = state === 'absent' && isUrl(name) ? wantedAt(name) : undefined
  const wanted = wantedIn(name) ?? file?.described ?? custom
  const answer = /^((?:app|runtime)\/\S+) ([0-9a-f]{12})[0-9a-f]*$/m.exec(offered?.printed ?? '')
  return {
    name,
    wanted,
    installed: wanted === undefined ? [] : all.filter(({ ref }) => fits(ref, wanted)),
    offered: offered?.code === 0 && answer ? { ref: answer[1]!, commit: answer[2]! } : undefined,
    described: file?.described,
    complaint: file?.complaint ?? complaintOf(offered?.printed ?? ''),
  }
}

function fileIn({ printed }: Section): { described: Described | undefined; complaint: string } {
  const fetched = readFetched(printed)
  if ('complaint' in fetched) return { described: undefined, complaint: fetched.complaint }
  return {
    described: describedIn(fetched.bytes.toString('utf8')),
    complaint: 'it is no .flatpakref that names an id',
  }
}
